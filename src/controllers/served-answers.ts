import type { Served } from '../core/model/observation.ts';
import { settledAtMs } from '../core/plan/settling.ts';
import { servedNow } from '../core/plan/stage.ts';
import type { EpochMs } from '../shared/clock.ts';
import { snapshotInForce } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';
import { holdsNothing } from './unheld.ts';

/** Answers whose readings some plan needs now: each goes by what its own stage leaves to measure. */
export function neededBy(plans: readonly PlanState[]): readonly Served[] {
  const needed = new Set(plans.map(servedTo));
  return needed.size === 0 ? ['Live'] : [...needed];
}

/** Where no stage leaves anything to measure, live answers are asked for all the same: with the answer the plans get their turn. */
export function servedTo(plan: PlanState): Served {
  const stage = plan.memory.phase === 'Engaged' ? plan.memory.stage : null;
  return servedNow({ snapshot: snapshotInForce(plan), holdsNothing: holdsNothing(plan) }, stage) ?? 'Live';
}

/** Since when every stage in force shows its effect: what a sample is begun anew at. Null while none is known to. */
export function evidenceFrom(plans: readonly PlanState[]): EpochMs | null {
  const settled = plans.flatMap((plan) => (plan.memory.phase === 'Engaged' ? (settledAtMs(snapshotInForce(plan), plan.memory) ?? []) : []));
  return settled.length === 0 ? null : Math.max(...settled);
}
