import type { Served } from '../core/model/observation.ts';
import { servedIn } from '../core/plan/stage.ts';
import { snapshotInForce } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';

/** Answers whose readings some plan needs now: each goes by what its own stage leaves to measure. */
export function neededBy(plans: readonly PlanState[]): readonly Served[] {
  const needed = new Set(plans.map(servedTo));
  return needed.size === 0 ? ['Live'] : [...needed];
}

/** Where no stage leaves anything to measure, live answers are asked for all the same: with the answer the plans get their turn. */
export function servedTo(plan: PlanState): Served {
  const stage = plan.memory.phase === 'Engaged' ? plan.memory.stage : null;
  return servedIn(snapshotInForce(plan), stage) ?? 'Live';
}
