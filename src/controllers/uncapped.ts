import { targetKindOf } from '../core/model/target.ts';
import { actedOn } from '../core/plan/stage.ts';
import type { ProblemContext } from './plan-problems.ts';
import { snapshotInForce } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';

/** What no constraint of the plan reaches on the objects it acts on, engaged or not: while nothing is held is the time to mend it. */
export function uncappedPathsOf(plan: PlanState, { cluster, actuators }: Pick<ProblemContext, 'cluster' | 'actuators'>): readonly string[] {
  const snapshot = snapshotInForce(plan);
  const found = actedOn(snapshot).flatMap((target) => {
    const kind = targetKindOf(target);
    const live = cluster.targets.get(kind)?.store.get(`${plan.current.plan.namespace}/${target.object}`);
    return live === undefined ? [] : (actuators.get(kind)?.uncapped(live, target) ?? []);
  });
  return [...new Set(found)];
}
