import { targetKindOf } from '../core/model/target.ts';
import { actedOn, stageExposure } from '../core/plan/stage.ts';
import { desiredEntry, snapshotInForce } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';

/**
 * Most of the candidate's answers that callers get while the plans of its risk hold what they hold, 0 to 1. Plans on one object bound
 * it together; a way to the candidate that none of them bounds stays open.
 */
export function liveShareUnder(plans: readonly PlanState[]): number {
  const percentOf = new Map<string, number>();
  for (const plan of plans) {
    const snapshot = snapshotInForce(plan);
    const entry = desiredEntry(plan);
    const targets = actedOn(snapshot);
    const stage = entry === 'None' ? null : (snapshot.stages[entry.stage] ?? null);
    for (const { target, livePercent } of stageExposure(stage, targets)) {
      const named = targets.find(({ name }) => name === target);
      const object = named === undefined ? target : `${targetKindOf(named)}/${named.object}`;
      percentOf.set(object, Math.min(percentOf.get(object) ?? 100, livePercent));
    }
  }
  return percentOf.size === 0 ? 1 : Math.max(...percentOf.values()) / 100;
}
