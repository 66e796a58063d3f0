import type { EpochMs } from '../../shared/clock.ts';
import type { EngagedMemory, Stage } from '../model/plan.ts';
import type { EngagedView } from './engaged-view.ts';
import { climb } from './escalation.ts';
import type { PlanStep, PlanStepInput } from './input.ts';
import { actedOn, raisesLiveShare } from './stage.ts';

/**
 * A stage that a target refuses for want of a safe backend protects nobody: straight on to the next one that asks nothing of
 * that target. Only on the way up, while the stage was never seen in force, and while the triggers fire; where the stage itself makes
 * room for the requests, not before the time it gives that is over. Null: no such step.
 */
export function bypass(view: EngagedView): PlanStep | null {
  const { memory, input } = view;
  const stage = input.snapshot.stages[memory.stage];
  const isRefused = stage?.actions.some(({ target }) => input.targetsWithoutSafeBackend.includes(target)) ?? false;
  if (!isRefused || memory.direction === 'Down' || memory.verifiedAtMs !== null || !isFiring(view)) return null;
  if (input.nowMs < roomIsDueMs(stage, input, memory)) return null;
  const next = input.snapshot.stages.findIndex((candidate, index) => index > memory.stage && isOpen(view, candidate));
  if (next < 0) return null;
  const step = climb(view, { stage: next, lowest: next, reason: 'SafeBackendNotReady', breaching: [] });
  return step.transition === null ? null : step;
}

/** Until when the replicas this stage asks for may take to become ready. Those nobody will start are not waited for. */
function roomIsDueMs(stage: Stage | undefined, { refusedTargets }: PlanStepInput, { stageSinceMs }: EngagedMemory): EpochMs {
  const waits = (stage?.actions ?? []).flatMap((action) =>
    action.kind === 'Scale' && !refusedTargets.includes(action.target) ? [action.readyWithinSeconds] : [],
  );
  return stageSinceMs + Math.max(0, ...waits) * 1000;
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
