import { actedOn } from '../core/plan/stage.ts';
import { desiredEntry, fullyReleased, snapshotInForce, targetState } from './plan-state.ts';
import type { PlanState, TargetState } from './plan-state.ts';

/** No object, no journal on it: nothing of any plan can be in force there. */
export function isNotThere({ refusal }: Pick<TargetState, 'refusal'>): boolean {
  return refusal !== null && ['TargetMissing', 'KindNotServed'].includes(refusal.reason);
}

/** An engagement goes by the plan as it was when it began, so what the message asks for helps at once only where it is done to the object. */
export const correctedLater =
  'The object is taken hold of as soon as it is there; an edit of the plan, a corrected name too, counts once this engagement is over: when its indicators are Ok again, or by a RiskDecision with action Release.';

/** The plan wants nothing of any object, and holds none. */
export function isAtRest(plan: PlanState): boolean {
  return desiredEntry(plan) === 'None' && fullyReleased(plan);
}

/** The plan is engaged on objects none of which exists: callers have what they had before, and no stage can ever be seen in force. */
export function holdsNothing(plan: PlanState): boolean {
  const acting = actedOn(snapshotInForce(plan));
  const isEngaged = desiredEntry(plan) !== 'None' && acting.length > 0;
  return isEngaged && fullyReleased(plan) && acting.every(({ name }) => isNotThere(targetState(plan, name)));
}
