import type { Stage } from '../model/plan.ts';
import type { StageAction } from '../model/stage-action.ts';
import type { EngagedView } from './engaged-view.ts';
import { climb } from './escalation.ts';
import type { PlanStep } from './input.ts';
import { actedOn, raisesLiveShare, roomIsDueAfterMs } from './stage.ts';
import { holdsOf } from './trigger.ts';
import { roleOf } from '../model/target.ts';

/**
 * Past a stage that can't protect as it stands to the next one that can, while the triggers fire: where a target refuses it, for
 * want of a safe backend or for good, is not to be found, or was left to another writer. Null: no such step.
 */
export function bypass(view: EngagedView): PlanStep | null {
  return isFiring(view) ? (pastUnready(view) ?? pastRefused(view) ?? pastAbsent(view) ?? pastYielded(view)) : null;
}

/**
 * Only on the way up, and while the stage was never seen in force: straight on to one that asks nothing of that target. Where the
 * stage itself makes room for the requests, not before the time it gives that is over.
 */
function pastUnready(view: EngagedView): PlanStep | null {
  const { memory, input } = view;
  const stage = input.snapshot.stages[memory.stage];
  const refused = (stage?.actions ?? []).filter(({ target }) => input.targetsWithoutSafeBackend.includes(target));
  if (refused.length === 0 || isSettled(view)) return null;
  const isCuredByRoom = refused.every(({ target }) => input.targetsShortOfReplicas.includes(target));
  if (isCuredByRoom && input.nowMs < memory.stageSinceMs + roomIsDueAfterMs(stage, input.refusedTargets)) return null;
  return climbTo(view, 'SafeBackendNotReady', (candidate) => isOpen(view, candidate));
}

function isSettled({ memory }: EngagedView): boolean {
  return memory.direction === 'Down' || memory.verifiedAtMs !== null;
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

/** Only on the way up, and while the stage was never seen in force: what was keeps holding where it is refused later. */
function pastRefused(view: EngagedView): PlanStep | null {
  if (isSettled(view)) return null;
  return pastMissing(view, 'Refused', (action) => isRefused(view, action));
}

function isRefused({ input: { unservedTargets, targetsWithoutMirror } }: EngagedView, { target, kind }: StageAction): boolean {
  return unservedTargets.includes(target) && (kind === 'Shadow' || !targetsWithoutMirror.includes(target));
}

/**
 * Only on the way up, and where nothing of the stage holds anything because what it names can't be found: a name may be wrong, and a
 * stage that is on no object is never seen in force. To the next one that holds something by an object that is there, and gives more
 * through none; of the others nobody knows what they would give. Room holds nothing back.
 */
function pastAbsent(view: EngagedView): PlanStep | null {
  const { memory, input } = view;
  const { snapshot, absentTargets } = input;
  const stage = snapshot.stages[memory.stage];
  if (stage === undefined || memory.direction === 'Down') return null;
  const present = actedOn(snapshot).filter(({ name }) => !absentTargets.includes(name));
  const holding = snapshot.targets.filter((target) => roleOf(target) !== 'Capacity').map(({ name }) => name);
  const meant = stage.actions.filter(({ target }) => holding.includes(target));
  const holds = (action: StageAction): boolean =>
    holding.includes(action.target) && !absentTargets.includes(action.target) && !isRefused(view, action);
  if (!meant.some(({ target }) => absentTargets.includes(target)) || meant.some(holds)) return null;
  const standing = (each: Stage): Stage => ({ ...each, actions: each.actions.filter(holds) });
  // Those below may still be in force, as one that is refused leaves them.
  const held = snapshot.stages.slice(0, memory.stage + 1).map(standing);
  return climbTo(view, 'Absent', (candidate) => {
    const next = standing(candidate);
    // As the ladder has it, should what is missing be made.
    if (raisesLiveShare(stage, candidate, actedOn(snapshot))) return false;
    return next.actions.length > 0 && !held.some((each) => raisesLiveShare(each, next, present));
  });
}

function pastYielded(view: EngagedView): PlanStep | null {
  const { yieldedTargets } = view.input;
  return pastMissing(view, 'Yielded', ({ target }) => yieldedTargets.includes(target));
}

/** To a stage that, without the actions that are not in force, gives callers no more than this one was to give them. */
function pastMissing(view: EngagedView, reason: string, isMissing: (action: StageAction) => boolean): PlanStep | null {
  const { snapshot } = view.input;
  const stage = snapshot.stages[view.memory.stage];
  if (stage === undefined) return null;
  const protects = (candidate: Stage): boolean => {
    const actions = candidate.actions.filter((action) => !isMissing(action));
    return !raisesLiveShare(stage, { ...candidate, actions }, actedOn(snapshot));
  };
  return protects(stage) ? null : climbTo(view, reason, protects);
}

function climbTo(view: EngagedView, reason: string, isFit: (stage: Stage) => boolean): PlanStep | null {
  const { memory, input } = view;
  const next = input.snapshot.stages.findIndex((candidate, index) => index > memory.stage && isFit(candidate));
  if (next < 0) return null;
  const step = climb(view, { stage: next, lowest: next, reason, breaching: [] });
  return step.transition === null ? null : step;
}

/** By the state alone: nothing could be measured of a stage that never was, and any Ok ends Firing. */
function isFiring({ readings, input }: EngagedView): boolean {
  const firing = readings.filter(({ state, suppressed }) => state === 'Firing' && !suppressed);
  return holdsOf(input.snapshot.trigger, (name) => firing.some((reading) => reading.name === name));
}
