import type { RejectedClaim } from '../actuators/port.ts';
import { fromInstant } from '../api/instant.ts';
import type { MitigationPlanStatus, PersistedPlanMemory } from '../api/mitigation-plan-status.ts';
import type { EpochMs } from '../shared/clock.ts';
import { isOutOfReach, statesInForce, targetState } from './plan-state.ts';
import type { PlanState, TargetState } from './plan-state.ts';

/** Objects of one release arrive in any order, and what a rival deletes it makes anew: an absence of a minute is neither. */
const onItsWayMs = 60_000;

/** What a target answered to what is asked of it now; how long it was out of reach counts on as long as it is, whatever the words. */
export function noteRefusal(state: TargetState, refusal: RejectedClaim | null, nowMs: EpochMs): void {
  state.refusal = refusal;
  state.absentSinceMs = isOutOfReach(state) ? (state.absentSinceMs ?? nowMs) : null;
}

/** Targets that were out of reach for that long and carried nothing in this engagement: a name may be wrong. */
export function absentTargets(plan: PlanState, nowMs: EpochMs): readonly string[] {
  const { memory } = plan;
  if (memory.phase !== 'Engaged') return [];
  return statesInForce(plan).flatMap(([name, { absentSinceMs, laidOn }]) => {
    const isLong = absentSinceMs !== null && nowMs - absentSinceMs >= onItsWayMs;
    return isLong && laidOn?.engagement !== memory.engagement ? [name] : [];
  });
}

/** Since when the target counts as absent, for the next process: what carried something in this engagement does not. */
export function absentSinceMs({ memory }: PlanState, { absentSinceMs: sinceMs, laidOn }: TargetState): EpochMs | null {
  return memory.phase === 'Engaged' && laidOn?.engagement === memory.engagement ? null : sinceMs;
}

/**
 * A process that ends makes nobody wait longer: what was absent before it and still is was so all along. What carried something in the
 * engagement did so whoever looks: by whether it is gone now its stage must not be passed.
 */
export function recallAbsence(
  plan: PlanState,
  { targets, memory }: Pick<MitigationPlanStatus, 'targets' | 'memory'>,
  nowMs: EpochMs,
): void {
  for (const told of targets) {
    const { name, absentSince } = told;
    if (absentSince !== undefined) targetState(plan, name).absentSinceMs = Math.min(fromInstant(absentSince), nowMs);
    else if (memory?.phase === 'Engaged' && carried(told, memory))
      targetState(plan, name).laidOn = { uid: null, engagement: memory.engagement };
  }
}

type Told = MitigationPlanStatus['targets'][number];

/** It is told as constrained, or as missing and not absent, under a stage that was seen in force. */
function carried({ verified, ref }: Told, { verifiedTime }: Extract<PersistedPlanMemory, { readonly phase: 'Engaged' }>): boolean {
  if (verified !== undefined && verified !== 'Unconstrained') return true;
  return verifiedTime !== undefined && ref.uid === undefined;
}
