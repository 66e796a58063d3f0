import type { Actuator, Surroundings, TargetKind } from '../actuators/port.ts';
import { byObject, refuseEverywhere, rehearse } from '../actuators/rehearsal.ts';
import type { TrialFailure, TryPatch } from '../actuators/rehearsal.ts';
import type { DrillStep } from '../core/drill/outcome.ts';
import { targetKindOf } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import { actedOn } from '../core/plan/stage.ts';
import type { WriteFailure } from '../kube/api-failure.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { referenceOf } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { keptOf } from './cluster.ts';
import type { Cluster, TargetView } from './cluster.ts';
import { whyMissing } from './missing-target.ts';
import type { PlanState } from './plan-state.ts';

export interface DryDrillContext {
  readonly cluster: Pick<Cluster, 'targets'>;
  readonly actuators: ReadonlyMap<TargetKind, Actuator>;
  readonly surroundings: Surroundings;
  readonly epoch: number;
  readonly nowMs: EpochMs;
}

/** Somebody may write between reading and trying; who writes all the time is told of. */
const attempts = 3;

/** Tries every stage of the plan as it is now on every target; nothing is kept. The failure passes by itself: try again. */
export async function drillDry(plan: PlanState, context: DryDrillContext): Promise<Result<readonly DrillStep[], string>> {
  const steps: DrillStep[] = [];
  for (const targets of byObject(actedOn(plan.current))) {
    const tried = await drillObject(plan, targets, context);
    if (!tried.ok) return tried;
    steps.push(...tried.value);
  }
  // Kinds that are read namespace by namespace are read from when a plan names them.
  const unread = steps.find(({ reason }) => reason === 'NotRead');
  return unread === undefined ? success(steps) : failure(unread.message);
}

async function drillObject(
  plan: PlanState,
  targets: readonly [Target, ...Target[]],
  context: DryDrillContext,
): Promise<Result<readonly DrillStep[], string>> {
  const { cluster, actuators, surroundings, epoch, nowMs } = context;
  const { namespace } = plan.current.plan;
  const [first] = targets;
  const view = cluster.targets.get(targetKindOf(first));
  const actuator = actuators.get(targetKindOf(first));
  let live = view?.store.get(`${namespace}/${first.object}`);
  if (view === undefined || actuator === undefined || live === undefined) return success(missingSteps(plan, targets, context));
  for (let attempt = 1; ; attempt++) {
    const tried = await rehearse({ actuator, live, snapshot: plan.current, targets, epoch, nowMs, surroundings }, tryOn(view));
    if (tried.ok) return tried;
    if (tried.failure.reason !== 'Conflict') return failure(tried.failure.message);
    if (attempt === attempts) return success(contestedSteps(plan, targets));
    const read = await view.client.get(referenceOf(live));
    if (!read.ok) return read.failure.kind === 'NotFound' ? success(missingSteps(plan, targets, context)) : failure(read.failure.message);
    live = read.value;
  }
}

function tryOn({ client, resource }: TargetView): TryPatch {
  return async (live, operations) => {
    const object = live as UntypedObject;
    const answered = await client.tryPatch(referenceOf(object), operations);
    return answered.ok ? success(keptOf(answered.value, resource.unread ?? [])) : failure(trialFailure(object, answered.failure));
  };
}

function trialFailure({ kind, metadata }: UntypedObject, cause: WriteFailure): TrialFailure {
  const message = `The API server would refuse the patch of ${kind} ${metadata.name}: ${cause.message}`;
  const isAnswer = cause.kind === 'Denied' || cause.kind === 'Invalid';
  return { reason: cause.kind, message, isAnswer };
}

function missingSteps(plan: PlanState, targets: readonly Target[], { cluster }: DryDrillContext): readonly DrillStep[] {
  return refuseEverywhere(plan.current, targets, (target) => whyMissing(cluster, target, plan.current.plan.namespace));
}

function contestedSteps(plan: PlanState, targets: readonly Target[]): readonly DrillStep[] {
  return refuseEverywhere(plan.current, targets, ({ kind, object }) => ({
    reason: 'Conflict',
    message: `${kind} ${object} changed ${attempts} times while a patch of it was tried: stop the other writer.`,
  }));
}
