import { isDeepStrictEqual } from 'node:util';
import { restoreFinalizer } from '../api/mitigation-plan.ts';
import type { MitigationPlan } from '../api/mitigation-plan.ts';
import { planTermLines, toSuppliedStatus } from '../api/term-lines.ts';
import { mergeConditions } from '../kube/conditions.ts';
import type { Condition } from '../kube/conditions.ts';
import { finalizerPatch } from '../kube/finalizer.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { referenceOf } from '../kube/kube-object.ts';
import { writeStatus } from '../kube/status-writer.ts';
import type { StatusValue } from '../kube/status-writer.ts';
import type { Priority, WorkOutcome } from '../kube/work-queue.ts';
import type { Logger } from '../shared/logger.ts';
import { contestedUntilMs } from './contest.ts';
import { createMarks, isDone } from './marks.ts';
import { createOwnWrites } from './own-writes.ts';
import { problemsOf } from './plan-problems.ts';
import type { ProblemContext } from './plan-problems.ts';
import { awaitsRoomUntilMs, isUnheard, snapshotInForce } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';
import { planStatus } from './plan-status.ts';
import type { Programme } from './programme.ts';
import { riskKeyOf } from './programme.ts';
import { receiverProblems } from './receiver-problems.ts';
import { endDeleted } from './target-settlement.ts';
import { signedStatusOf } from './signed-plans.ts';
import { uncappedPathsOf } from './uncapped.ts';
import { ladderProblems } from './tier-problems.ts';
import type { Cluster } from './cluster.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';

export interface MitigationPlanControllerOptions extends Omit<ProblemContext, 'nowMs' | 'cluster'> {
  readonly cluster: Pick<Cluster, 'own' | 'targets' | 'remediations'>;
  readonly programme: Programme;
  readonly clock: Clock;
  readonly log: Logger;
  /** The status on the server says what memory says. */
  readonly onStatusWritten: (plan: PlanState) => void;
}

/** Needed before the first engagement: without it a deleted plan could leave its constraint behind. */
function wantsFinalizer(plan: PlanState, stayMs: number): boolean {
  if (plan.deleting) return !isDone(plan) || stayMs > 0;
  return plan.current.mode !== 'Observe' || plan.engaged !== null;
}

/** While a target is contested, what each edit of it changes in the status is told together, this often. */
const contestedPaceMs = 10_000;

/** What is never told late: all but what the targets show, and the words about it. */
function urgentIn({ targets: _, conditions, ...rest }: StatusValue): object {
  const holding = Array.isArray(conditions) ? (conditions as unknown as readonly Condition[]) : [];
  return { ...rest, conditions: holding.map(({ type, status, reason }) => `${type}/${status}/${reason}`) };
}

function isUrgent(status: StatusValue, object: UntypedObject): boolean {
  const { status: before } = object as { readonly status?: StatusValue };
  return before === undefined || !isDeepStrictEqual(urgentIn(status), urgentIn(before));
}

/** How long its status says Contested yet: writers that gave up wake nobody. */
function contestedForMs(plan: PlanState, nowMs: EpochMs): number {
  return Math.max(0, ...snapshotInForce(plan).targets.map(({ name }) => contestedUntilMs(plan, name) - nowMs));
}

function statusNow(plan: PlanState, object: UntypedObject, options: MitigationPlanControllerOptions): StatusValue {
  const { cluster, programme, clock } = options;
  const nowMs = clock.nowMs();
  const risk = programme.risks.get(riskKeyOf(plan)) ?? null;
  const policy = programme.policies.get(risk?.risk.spec.policyRef.name ?? '');
  const terms = programme.termsOf(plan.key);
  const problems = [
    ...problemsOf(plan, risk, { ...options, nowMs }),
    ...(risk === null ? [] : ladderProblems(plan, terms)),
    ...receiverProblems(object, policy),
  ];
  const { status, conditions } = planStatus(plan, {
    problems,
    risk,
    nowMs,
    uncapped: uncappedPathsOf(plan, options),
    observed: (kind, name) => {
      const live = cluster.targets.get(kind)?.store.get(`${plan.current.plan.namespace}/${name}`);
      return live === undefined ? null : { uid: live.metadata.uid };
    },
  });
  const generation = plan.current.plan.generation;
  return {
    ...status,
    ...signedStatusOf(plan, statusOf(object), programme.risks),
    ...(terms === null ? {} : toSuppliedStatus(planTermLines(terms), terms.tier)),
    conditions: mergeConditions(previousConditions(object), conditions, { nowMs, generation }),
  };
}

function statusOf(object: UntypedObject): Partial<MitigationPlan['status']> {
  return (object as { readonly status?: Partial<MitigationPlan['status']> }).status ?? {};
}

/**
 * Decisions whose effect stands once the status says what the memory says. A release stands when the targets are given back:
 * until then a restart finds the constraint in force and needs the decision again.
 */
function standingDecisions({ memory, engaged, carriedOut, used }: PlanState): readonly string[] {
  return memory.phase === 'Idle' && engaged !== null ? used : carriedOut;
}

/** Tells what holds of a plan and keeps its finalizer while it may hold something. Never on the way of a constraint. */
export function createMitigationPlanController(
  options: MitigationPlanControllerOptions,
): (key: string, priority: Priority) => Promise<WorkOutcome> {
  const { cluster, programme, clock, log } = options;
  const ownWrites = createOwnWrites();
  const marks = createMarks(options);
  const toldMs = new Map<string, EpochMs>();
  const { store, client } = cluster.own.plans;

  return async (key) => {
    const plan = programme.plans.get(key);
    const object = ownWrites.freshest(store.get(key));
    if (plan === undefined || object === undefined) {
      toldMs.delete(key);
      return { kind: 'Done' };
    }
    const stayMs = plan.deleting && isDone(plan) ? marks.stayMs(plan) : 0;
    const wanted = wantsFinalizer(plan, stayMs);
    const operations = finalizerPatch(object, { finalizer: restoreFinalizer, wanted });
    if (operations.length > 0) {
      const patched = await client.patch(referenceOf(object), operations);
      if (!patched.ok) {
        log.warn(
          { namespace: object.metadata.namespace, plan: object.metadata.name, failure: patched.failure },
          'the finalizer of a plan could not be changed; it is tried again',
        );
        return patched.failure.kind === 'NotFound' ? { kind: 'Done' } : { kind: 'Retry' };
      }
      ownWrites.remember(patched.value);
      return { kind: 'Again', afterMs: 0, priority: 'Status' };
    }
    if (plan.untold || isUnheard(plan) || (plan.deleting && !wanted)) return { kind: 'Done' };
    if (plan.deleting && isDone(plan)) endDeleted(plan);
    const standing = standingDecisions(plan);
    const status = statusNow(plan, object, options);
    const waitMs = (toldMs.get(key) ?? 0) + contestedPaceMs - clock.nowMs();
    if (waitMs > 0 && contestedForMs(plan, clock.nowMs()) > 0 && !isUrgent(status, object))
      return { kind: 'Again', afterMs: waitMs, priority: 'Status' };
    const written = await writeStatus(client, object, status);
    if (!written.ok) {
      log.debug(
        { namespace: object.metadata.namespace, plan: object.metadata.name, failure: written.failure },
        'the status of a plan could not be written; it is tried again',
      );
      return written.failure.kind === 'NotFound' ? { kind: 'Done' } : { kind: 'Retry' };
    }
    if (written.value.kind === 'Written') {
      ownWrites.remember(written.value.object);
      toldMs.set(key, clock.nowMs());
    }
    plan.used = standing;
    options.onStatusWritten(plan);
    const nowMs = clock.nowMs();
    const dues = [contestedForMs(plan, nowMs), awaitsRoomUntilMs(plan) - nowMs, stayMs];
    const leftMs = dues.filter((left) => left > 0 && Number.isFinite(left));
    return leftMs.length === 0 ? { kind: 'Done' } : { kind: 'Again', afterMs: Math.min(...leftMs), priority: 'Status' };
  };
}

export function previousConditions(object: UntypedObject): readonly Condition[] {
  const { status } = object as { readonly status?: { readonly conditions?: readonly Condition[] } };
  return status?.conditions ?? [];
}
