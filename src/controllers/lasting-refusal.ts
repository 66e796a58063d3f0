import type { RefusalReason } from '../actuators/port.ts';
import type { PlanState, TargetState } from './plan-state.ts';

/**
 * Refusals that end by themselves, or that have a way of their own: callers get nothing of the candidate through what is not there,
 * an update by somebody else is waited for, and without a safe backend nobody may be sent to the safe version, by flags neither.
 */
const passing: ReadonlySet<RefusalReason> = new Set([
  ...(['TargetMissing', 'CandidateAbsent', 'NotRead', 'Released', 'NewerEpoch'] as const),
  ...(['RolloutInProgress', 'AlreadyPromoted', 'SameRevision', 'SafeBackendNotReady', 'BackendMissing'] as const),
]);

/** Refusals of copies alone: a limit could still be had. */
const ofMirrors: ReadonlySet<RefusalReason> = new Set(['MirrorUnsupported', 'MirrorPercentUnsupported', 'MirrorTaken']);

function refusing({ targets }: PlanState, isMeant: (reason: RefusalReason) => boolean): readonly string[] {
  return [...targets].flatMap(([name, { refusal }]) => (refusal !== null && isMeant(refusal.reason) ? [name] : []));
}

/** Whether what only keeps callers from the candidate need not wait for this target. */
export function isLasting({ refusal }: TargetState): boolean {
  return refusal !== null && !passing.has(refusal.reason);
}

/** Targets that refuse what the plan asks now until somebody mends the plan, the object or a right. */
export function unservedTargets(plan: PlanState): readonly string[] {
  return refusing(plan, (reason) => !passing.has(reason));
}

export function targetsWithoutMirror(plan: PlanState): readonly string[] {
  return refusing(plan, (reason) => ofMirrors.has(reason));
}
