import type { Actuation } from '../actuators/port.ts';
import type { Ask } from './asks.ts';
import { targetState } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';

type Asks = ReadonlyMap<PlanState, readonly Ask[]>;

/** Whether the object is another one than this engagement last constrained under its name: who replaced it undid the constraint, as an edit does. */
export function isRemade(plan: PlanState, { target, claim }: Ask, uid: string): boolean {
  const { laidOn } = targetState(plan, target.name);
  if (laidOn === null || claim === null || claim.constraints.length === 0) return false;
  return laidOn.engagement === claim.holder.engagement && laidOn.uid !== null && laidOn.uid !== uid;
}

/** No journal on the new object tells of what stood on the old one, so no actuator can see the edit. */
export function withRemade<Planned extends Actuation>(actuation: Planned, asks: Asks, uid: string): Planned {
  if (actuation.kind !== 'Patch' || actuation.foreignEdit) return actuation;
  const foreignEdit = [...asks].some(([plan, each]) => each.some((ask) => isRemade(plan, ask, uid)));
  return { ...actuation, foreignEdit };
}

/** Of a plan whose constraint went with the object: it was laid in this engagement, and nothing carries it now. */
export function wasLaid(plan: PlanState, target: string): boolean {
  const { laidOn } = targetState(plan, target);
  return laidOn !== null && plan.memory.phase === 'Engaged' && laidOn.engagement === plan.memory.engagement;
}
