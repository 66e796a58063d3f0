import { targetKindOf } from '../core/model/target.ts';
import { isDeepStrictEqual } from 'node:util';
import { toInstant } from '../api/instant.ts';
import { planMemoryToStatus } from '../api/plan-memory.ts';
import type { MitigationPlanConditionType } from '../api/conditions.ts';
import type { MitigationPlanStatus, TargetStatus } from '../api/mitigation-plan-status.ts';
import { explainNote } from '../core/explain.ts';
import type { PlanNote } from '../core/plan/input.ts';
import { actedOn } from '../core/plan/stage.ts';
import { tightenIndicator } from '../core/tighten-indicator.ts';
import type { ConditionNow } from '../kube/conditions.ts';
import type { EpochMs } from '../shared/clock.ts';
import { absentSinceMs } from './absence.ts';
import { drilledCondition, lastDrillStatus } from './drill-condition.ts';
import type { PlanProblem } from './plan-problems.ts';
import { isContested, nameOf, prospect } from './contest.ts';
import { stallOf } from './plan-stall.ts';
import {
  desiredEntry,
  fullyReleased,
  isCovered,
  sameEntry,
  snapshotInForce,
  statesInForce,
  targetState,
  verifiedAtMs,
} from './plan-state.ts';
import type { PlanState } from './plan-state.ts';
import { isAtRest } from './unheld.ts';
import { incidentOf } from './record.ts';
import type { RiskState } from './risk-state.ts';
import { explainHeldPlan } from './signed-plans.ts';
import { editedSources, isSafeVersion } from './source-in-force.ts';

const maxTextLength = 1024;

export interface PlanStatusFacts {
  readonly problems: readonly PlanProblem[];
  /** Null when it is missing. */
  readonly risk: RiskState | null;
  readonly nowMs: EpochMs;
  /** Ways to the candidate that none of the plan's constraints reaches. */
  readonly uncapped: readonly string[];
  /** UID of a target object; null when it is missing. */
  readonly observed: (kind: string, object: string) => { readonly uid: string } | null;
}

type PlanCondition = ConditionNow & { readonly type: MitigationPlanConditionType };

function condition(type: MitigationPlanConditionType, holds: boolean, [reason, message]: readonly [string, string]): PlanCondition {
  return { type, status: holds ? 'True' : 'False', reason, message };
}

function noteCondition(plan: PlanState, type: MitigationPlanConditionType, kinds: readonly PlanNote['kind'][]): PlanCondition {
  const note = plan.notes.find(({ kind }) => kinds.includes(kind));
  return note === undefined
    ? condition(type, false, ['No', ''])
    : condition(type, true, [note.kind, explainNote(snapshotInForce(plan), note, toInstant)]);
}

function engagedCondition(plan: PlanState): PlanCondition {
  const { memory } = plan;
  const snapshot = snapshotInForce(plan);
  if (memory.phase === 'Engaged') {
    const stage = snapshot.stages[memory.stage]?.name ?? String(memory.stage);
    const verb = snapshot.mode === 'Observe' ? 'would hold' : 'holds';
    return condition('Engaged', true, [
      snapshot.mode === 'Observe' ? 'Observing' : 'Engaged',
      `Stage ${stage} ${verb} because of ${memory.triggeredBy.join(', ')}.`,
    ]);
  }
  const shared = plan.notes.find(({ kind }) => kind === 'SharedCause');
  return condition('Engaged', false, shared === undefined ? [memory.phase, ''] : ['SharedCause', explainNote(snapshot, shared, toInstant)]);
}

/** A release that a target has not taken yet is not in effect. */
function releasedCondition(plan: PlanState): PlanCondition {
  if (fullyReleased(plan)) return condition('Effective', true, ['NothingToHold', '']);
  const held = statesInForce(plan).filter(([, { applied, sending }]) => applied !== 'None' || sending !== null);
  const told = `Released, but ${held.map(([name]) => name).join(', ')} is not given back yet; it is tried again.`;
  const refused = held.flatMap(([, { refusal }]) => (refusal?.reason === 'Denied' || refusal?.reason === 'Invalid' ? [refusal] : []))[0];
  return condition('Effective', false, refused === undefined ? ['Waiting', told] : [refused.reason, `${told} ${refused.message}`]);
}

function effectiveCondition(plan: PlanState): PlanCondition {
  const desired = desiredEntry(plan);
  const refused = statesInForce(plan).flatMap(([name, { refusal }]) => (refusal === null || isCovered(plan, name) ? [] : [refusal]))[0];
  if (refused !== undefined && desired !== 'None') return condition('Effective', false, [refused.reason, refused.message]);
  if (desired === 'None') return releasedCondition(plan);
  const left = (snapshotInForce(plan).stages[desired.stage]?.actions ?? []).find(({ target }) => isYielded(plan, target));
  if (left !== undefined) return condition('Effective', false, ['Yielded', yieldMessage(plan, left.target)]);
  const waiting = actedOn(snapshotInForce(plan)).flatMap(({ name }) =>
    isCovered(plan, name) ? [] : [{ name, ...targetState(plan, name) }],
  );
  const late = waiting.find(({ applied }) => !sameEntry(applied, desired)) ?? waiting.find((state) => state.verifiedAtMs === null);
  if (late === undefined)
    return verifiedAtMs(plan) === null
      ? condition('Effective', false, ['Waiting', 'No target shows the stage yet.'])
      : condition('Effective', true, ['Verified', 'Every target shows the stage and its controllers accepted it.']);
  const isBrought = sameEntry(late.applied, desired);
  const message = isBrought ? late.message : '';
  return condition(
    'Effective',
    false,
    isBrought && late.verification === 'Failed'
      ? ['NotTaken', `Target ${late.name} carries the stage, but it is not in effect. ${message}`.trim()]
      : ['Waiting', `Target ${late.name} does not show the stage yet. ${message}`.trim()],
  );
}

/** Limits of the risk were loosened, an indicator taken out or read from something else, since the engagement began. */
function isRiskPending({ engaged }: PlanState, risk: RiskState | null): boolean {
  if (engaged !== null && editedSources(engaged, risk).length > 0) return true;
  return (engaged?.indicators ?? []).some((frozen) => {
    const written = risk?.indicators.get(frozen.name)?.indicator;
    return written === undefined || !isDeepStrictEqual(tightenIndicator(frozen, written), written);
  });
}

/** Edits nothing of which can be used meanwhile: without a person's word the constraint stays. */
function withoutEvidence({ engaged, sources }: PlanState, risk: RiskState | null): string {
  if (engaged === null || risk === null) return '';
  if (isSafeVersion(engaged, risk)) {
    return ` Version ${risk.identity.version} is the one callers are sent to, so its readings take no constraint off the candidate: write the candidate's version, or release by a RiskDecision.`;
  }
  const lost = editedSources(engaged, risk).filter((name) => !sources.has(name));
  return lost.length === 0
    ? ''
    : ` What ${lost.join(', ')} was read from is not known any more, so nothing moves: write its signal and model as they were, or release by a RiskDecision.`;
}

function pendingCondition(plan: PlanState, risk: RiskState | null): PlanCondition {
  const edited = plan.engaged !== null && plan.engaged.plan.digest !== plan.current.plan.digest;
  const held = withoutEvidence(plan, risk);
  const pending = edited || held !== '' || isRiskPending(plan, risk);
  const unsigned = explainHeldPlan(plan);
  if (!pending && unsigned !== null) return condition('SpecPending', true, ['NotSigned', unsigned.slice(0, 4096)]);
  return condition(
    'SpecPending',
    pending,
    pending
      ? [
          'EngagementGoesOn',
          `${edited ? 'The plan' : `ModelRisk ${snapshotInForce(plan).risk.name}`} was edited during an engagement. What tightens it applies at once; all else waits until it is over.${held}${unsigned === null ? '' : ` ${unsigned}`}`.slice(
            0,
            4096,
          ),
        ]
      : ['No', ''],
  );
}

/**
 * `Ready` beside what denies it: stalled (only people get it further) or reconciling (it gets there by itself), never both, and never
 * with `Ready=True`, so that a tool that knows one of them and a tool that knows the others say the same.
 */
function readiness(plan: PlanState, { problems, nowMs }: PlanStatusFacts, effective: PlanCondition): readonly PlanCondition[] {
  const stall = stallOf(plan, problems, nowMs);
  const [problem = stall ?? undefined] = problems;
  const isOnItsWay = stall === null && effective.status === 'False';
  const no = ['No', ''] as const;
  const unready =
    problem !== undefined ? ([problem.reason, joined(problems, problem)] as const) : (['Reconciling', effective.message] as const);
  const isReady = problem === undefined && !isOnItsWay;
  return [
    condition('Ready', isReady, isReady ? ['Reconciled', ''] : unready),
    condition('Stalled', stall !== null, stall === null ? no : [stall.reason, stall.message]),
    condition('Reconciling', isOnItsWay, isOnItsWay ? [effective.reason, effective.message] : no),
  ];
}

function joined(problems: readonly PlanProblem[], first: PlanProblem): string {
  return (problems.length === 0 ? [first] : problems).map(({ message }) => message).join(' ');
}

function isYielded(plan: PlanState, target: string): boolean {
  return targetState(plan, target).yielded !== null;
}

/** The same through every try, so that a try that fails writes no status. */
function yieldMessage(plan: PlanState, target: string): string {
  const { rival, yielded } = targetState(plan, target);
  const { onContest } = snapshotInForce(plan);
  const since = yielded === null ? '' : ` since ${toInstant(yielded.sinceMs)}`;
  const again = onContest.kind === 'Yield' ? ` It is tried again every ${onContest.retryAfterSeconds} s.` : '';
  return `Target ${target} is left to ${nameOf(rival)}${since}: the candidate gets what that writer wants there.${again} Stop that writer, or write onContest: {action: Reassert}.`;
}

/** Nobody undoes what is not to be held, however short ago somebody did. */
function contestedCondition(plan: PlanState, nowMs: EpochMs): PlanCondition {
  const contended = isAtRest(plan) ? [] : snapshotInForce(plan).targets.filter(({ name }) => isContested(plan, name, nowMs));
  const [first] = contended;
  if (first === undefined) return condition('Contested', false, ['No', '']);
  const left = contended.find(({ name }) => isYielded(plan, name));
  if (left !== undefined) return condition('Contested', true, ['Yielded', yieldMessage(plan, left.name)]);
  const message = `${nameOf(targetState(plan, first.name).rival)} keeps changing target ${first.name}. Stop that writer; ${prospect(snapshotInForce(plan).onContest)}`;
  return condition('Contested', true, ['ForeignEdits', message]);
}

/** Nothing of the plan is wrong, and yet its limits are not all there is to say of what callers get. */
function uncappedCondition({ uncapped }: PlanStatusFacts): PlanCondition {
  const message = uncapped.join(' ').slice(0, maxTextLength);
  return condition('UncappedPath', uncapped.length > 0, uncapped.length === 0 ? ['No', ''] : ['CandidateBeside', message]);
}

function conditionsOf(plan: PlanState, facts: PlanStatusFacts): readonly PlanCondition[] {
  const { risk, nowMs } = facts;
  const effective = effectiveCondition(plan);
  const latched = plan.memory.phase === 'Engaged' && plan.memory.latched;
  return [
    ...readiness(plan, facts, effective),
    engagedCondition(plan),
    effective,
    noteCondition(plan, 'AwaitingApproval', ['AwaitingApproval']),
    noteCondition(plan, 'AwaitingEvidence', ['AwaitingEvidence']),
    pendingCondition(plan, risk),
    contestedCondition(plan, nowMs),
    uncappedCondition(facts),
    condition(
      'Latched',
      latched,
      latched ? ['TooManyEngagements', 'Engaged too often; the constraint stays until a RiskDecision with action Release.'] : ['No', ''],
    ),
    noteCondition(plan, 'Held', ['Held']),
    ...drilledCondition(plan.drill, nowMs),
  ];
}

function phaseOf({ memory }: PlanState): NonNullable<MitigationPlanStatus['phase']> {
  if (memory.phase !== 'Engaged') return memory.phase;
  if (memory.latched) return 'Latched';
  return memory.direction === 'Down' ? 'SteppingDown' : 'Engaged';
}

function targetStatuses(plan: PlanState, facts: PlanStatusFacts): readonly TargetStatus[] {
  return snapshotInForce(plan).targets.map((target) => {
    const state = targetState(plan, target.name);
    const seen = facts.observed(targetKindOf(target), target.object);
    const constrained = state.actedIn !== null;
    const sinceMs = absentSinceMs(plan, state);
    const isLeft = constrained && isYielded(plan, target.name);
    const message = state.refusal?.message ?? (isLeft ? `Left to ${nameOf(state.rival)}.` : constrained ? state.message : '');
    return {
      name: target.name,
      ref: { kind: targetKindOf(target), name: target.object, ...(seen === null ? {} : { uid: seen.uid }) },
      ...(state.generation === null ? {} : { generation: state.generation }),
      ...(constrained && state.intent !== '' ? { intent: state.intent.slice(0, maxTextLength) } : {}),
      ...(constrained ? { effective: state.effective.slice(0, maxTextLength) } : {}),
      verified: constrained && !isLeft ? (state.verification ?? 'Waiting') : 'Unconstrained',
      ...(sinceMs === null ? {} : { absentSince: toInstant(sinceMs) }),
      ...(message === '' ? {} : { message: message.slice(0, maxTextLength) }),
    };
  });
}

function remediationStatuses({ remediations }: PlanState): MitigationPlanStatus['remediations'] {
  return [...remediations].map(([name, { startedAt, finishedAt, message, ...run }]) => ({
    ...{ name, ...run },
    ...(startedAt === null ? {} : { startedAt }),
    ...(finishedAt === null ? {} : { finishedAt }),
    ...(message === '' ? {} : { message }),
  }));
}

/** The status as it should read now; conditions without their times. Changes only when something to say changed. */
export function planStatus(
  plan: PlanState,
  facts: PlanStatusFacts,
): {
  readonly status: Omit<MitigationPlanStatus, 'conditions' | 'remediations'> & Partial<Pick<MitigationPlanStatus, 'remediations'>>;
  readonly conditions: readonly ConditionNow[];
} {
  const { memory } = plan;
  const snapshot = snapshotInForce(plan);
  const stage = memory.phase === 'Engaged' ? snapshot.stages[memory.stage] : undefined;
  return {
    status: {
      observedGeneration: plan.current.plan.generation,
      phase: phaseOf(plan),
      ...(memory.phase === 'Engaged' && stage !== undefined
        ? { stage: { index: memory.stage, name: stage.name, since: toInstant(memory.stageSinceMs) } }
        : {}),
      digest: plan.current.plan.digest,
      memory: planMemoryToStatus(memory, snapshot),
      targets: targetStatuses(plan, facts),
      ...(plan.remediations.size === 0 ? {} : { remediations: remediationStatuses(plan) }),
      ...(memory.phase === 'Idle' && memory.lastEngagement === 0 ? {} : { incidentRef: { name: incidentOf(plan) } }),
      ...lastDrillStatus(plan.drill),
    },
    conditions: conditionsOf(plan, facts),
  };
}
