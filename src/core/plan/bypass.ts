import type { Stage } from '../model/plan.ts';
import type { EngagedView } from './engaged-view.ts';
import { climb } from './escalation.ts';
import type { PlanStep } from './input.ts';
import { actedOn, raisesLiveShare, roomIsDueAfterMs } from './stage.ts';

/**
 * A stage that a target refuses for want of a safe backend protects nobody: straight on to the next one that asks nothing of
 * that target. Only on the way up, while the stage was never seen in force, and while the triggers fire; where the stage itself makes
 * room for the requests, not before the time it gives that is over. Null: no such step.
 */
export function bypass(view: EngagedView): PlanStep | null {
  const { memory, input } = view;
  const stage = input.snapshot.stages[memory.stage];
  const refused = (stage?.actions ?? []).filter(({ target }) => input.targetsWithoutSafeBackend.includes(target));
  if (refused.length === 0 || memory.direction === 'Down' || memory.verifiedAtMs !== null || !isFiring(view)) return null;
  const isCuredByRoom = refused.every(({ target }) => input.targetsShortOfReplicas.includes(target));
  if (isCuredByRoom && input.nowMs < memory.stageSinceMs + roomIsDueAfterMs(stage, input.refusedTargets)) return null;
  const next = input.snapshot.stages.findIndex((candidate, index) => index > memory.stage && isOpen(view, candidate));
  if (next < 0) return null;
  const step = climb(view, { stage: next, lowest: next, reason: 'SafeBackendNotReady', breaching: [] });
  return step.transition === null ? null : step;
}

/** A lower stage may still be in force where this one was refused: what it holds back must stay held back. */
function isOpen({ memory, input }: EngagedView, stage: Stage): boolean {
  const { snapshot, targetsWithoutSafeBackend } = input;
  const lower = snapshot.stages.slice(0, memory.stage);
  return (
    !stage.actions.some(({ target }) => targetsWithoutSafeBackend.includes(target)) &&
    !lower.some((held) => raisesLiveShare(held, stage, actedOn(snapshot)))
  );
}

/** By the state alone: nothing could be measured of a stage that never was, and any Ok ends Firing. */
function isFiring({ readings, input }: EngagedView): boolean {
  const firing = readings.filter(({ state, suppressed }) => state === 'Firing' && !suppressed);
  return input.snapshot.trigger.match === 'Any' ? firing.length > 0 : firing.length > 0 && firing.length === readings.length;
}
