import type { Mode, PlanSnapshot, Stage } from '../model/plan.ts';
import type { StageAction } from '../model/stage-action.ts';
import type { Target } from '../model/target.ts';
import { loosening, servedIn } from './stage.ts';

/** What two ladders are compared over: the objects they act on, and how long a stage has to last before a window of its own can be. */
export interface LadderFacts {
  readonly targets: readonly Target[];
  /** Longest window plus forSeconds of a trigger indicator: what escalates sooner never does by time. Infinity: nobody knows. */
  readonly neededSeconds: number;
}

type Ladder = Pick<PlanSnapshot, 'mode' | 'stages'>;

const modeOrder: readonly Mode[] = ['Observe', 'Approve', 'Enforce'];

export function stricterMode(a: Mode, b: Mode): Mode {
  return modeOrder.indexOf(b) > modeOrder.indexOf(a) ? b : a;
}

/** A plan that observes touches nothing, whatever its stages say. */
function modeOf(stage: Stage | undefined, mode: Mode): Mode {
  return mode === 'Observe' ? mode : (stage?.mode ?? mode);
}

/** Whether `b` holds on their target what `a` does, or more of the same. Whether another kind of action does nobody can say of every object. */
function holds(b: StageAction, a: StageAction): boolean {
  if (a.target !== b.target) return false;
  if (a.kind === 'CanaryLimit') return b.kind === 'CanaryLimit' && b.maxPercent <= a.maxPercent;
  if (a.kind === 'Shadow') return b.kind === 'Shadow' && b.percent === a.percent;
  if (a.kind !== 'Scale') return a.kind === b.kind;
  return b.kind === 'Scale' && b.minReplicas >= a.minReplicas && b.readyWithinSeconds === a.readyWithinSeconds;
}

function holdsAll(b: Stage, a: Stage): boolean {
  return a.actions.every((action) => b.actions.some((each) => holds(each, action))) && isWithin(a.runs ?? [], b.runs ?? []);
}

function isWithin(names: readonly string[], all: readonly string[]): boolean {
  return names.every((name) => all.includes(name));
}

function targetsIn(stage: Stage): readonly string[] {
  return stage.actions.map(({ target }) => target);
}

function acting(stages: readonly Stage[], targets: readonly Target[]): PlanSnapshot {
  return { mode: 'Enforce', stages, targets } as PlanSnapshot;
}

/** Seconds after the engagement began in which each stage is reached by time, at the soonest; Infinity: it is not. */
function reachedAfter(stages: readonly Stage[], { targets, neededSeconds }: LadderFacts): readonly number[] {
  const snapshot = acting(stages, targets);
  let seconds = 0;
  return stages.map((stage, index) => {
    const reached = seconds;
    const { escalateAfterSeconds: own } = stage;
    const settle = targets.flatMap((target) =>
      'settleSeconds' in target && targetsIn(stage).includes(target.name) ? [target.settleSeconds] : [],
    );
    const isBlind = own === null || own < neededSeconds || servedIn(snapshot, index) === null;
    seconds = isBlind ? Infinity : seconds + own + Math.max(0, ...settle);
    return reached;
  });
}

/** Of each stage of `signed` the lowest one of `written` that holds all it does; null: there is none for some. */
function placesOf(signed: Ladder, written: Ladder): readonly number[] | null {
  const places: number[] = [];
  for (const stage of signed.stages) {
    const from = places.at(-1) ?? 0;
    const place = written.stages.findIndex((each, index) => index >= from && holdsAll(each, stage));
    if (place < 0) return null;
    places.push(place);
  }
  return places;
}

/**
 * Whether callers never have more of the candidate by `written` than by `signed`, however long the breach lasts: each stage that was signed is
 * reached no later, as it was or tighter, by no more questions, and on the way there nothing is waited for that was not before.
 */
export function isAsTight(written: Ladder, signed: Ladder, facts: LadderFacts): boolean {
  if (signed.stages.length === 0) return true;
  if (facts.neededSeconds === Infinity) return false;
  const places = placesOf(signed, written);
  const known = signed.stages.flatMap(targetsIn);
  if (places === null || !isWithin(written.stages.flatMap(targetsIn), known)) return false;
  const jobs = signed.stages.flatMap(({ runs = [] }) => runs);
  const snapshot = acting(written.stages, facts.targets);
  if (
    !isWithin(
      written.stages.flatMap(({ runs = [] }) => runs),
      jobs,
    )
  )
    return false;
  if (written.stages.some((_, index) => loosening(snapshot, index).length > 0)) return false;
  const [was, is] = [reachedAfter(signed.stages, facts), reachedAfter(written.stages, facts)];
  const isInTime = places.every((place, index) => (is[place] ?? Infinity) <= (was[index] ?? Infinity));
  return isInTime && places[0] === 0 && isWayFree({ written, signed, places, facts }) && entersAsSoon({ written, signed, places });
}

interface Compared {
  readonly written: Ladder;
  readonly signed: Ladder;
  readonly places: readonly number[];
}

/** What is passed on the way to the last signed stage asks, measures and waits for no more than the signed stage in whose place it is. */
function isWayFree({ written, signed, places, facts }: Compared & { readonly facts: LadderFacts }): boolean {
  const last = places.at(-1) ?? 0;
  const [before, now] = [acting(signed.stages, facts.targets), acting(written.stages, facts.targets)];
  return written.stages.slice(0, last + 1).every((stage, index) => {
    const standsFor = places.findLastIndex((place) => place <= index);
    const next = places.findIndex((place) => place >= index);
    const asked = modeOf(signed.stages[next], signed.mode);
    if (stricterMode(modeOf(stage, written.mode), asked) !== modeOf(stage, written.mode)) return false;
    const was = signed.stages[standsFor];
    if (index === last || was === undefined) return was !== undefined;
    return isWithin(targetsIn(stage), targetsIn(was)) && servedIn(now, index) === servedIn(before, standsFor);
  });
}

/** An indicator that led straight to a stage does so still. Where people are still asked, all is as it was:
 * who says no to more says no to less, and what is entered before an answer is left on evidence only, where silence would have led further. */
function entersAsSoon({ written, signed, places }: Compared): boolean {
  const asks = written.stages.some((stage) => modeOf(stage, written.mode) === 'Approve');
  const leads = (names: (stage: Stage) => readonly string[], severe: boolean): boolean =>
    signed.stages.every((stage, index) =>
      names(stage).every((name) =>
        written.stages.some(
          (each, at) => at >= (places[index] ?? Infinity) && (each.enterOn.includes(name) || (severe && each.enterOnSevere.includes(name))),
        ),
      ),
    );
  const isSame = (): boolean =>
    places.every((place, index) => place === index) &&
    written.stages.every((stage, index) => {
      const was = signed.stages[index];
      if (modeOf(stage, written.mode) !== modeOf(was, signed.mode)) return false;
      return isWithin(stage.enterOn, was?.enterOn ?? []) && isWithin(stage.enterOnSevere, was?.enterOnSevere ?? []);
    });
  return leads(({ enterOn }) => enterOn, false) && leads(({ enterOnSevere }) => enterOnSevere, true) && (!asks || isSame());
}

/** Limits only fall going up, and room only grows: a stage that held less than the one below would never be taken. */
export function closedUpwards(stages: readonly Stage[]): readonly Stage[] {
  const closed: Stage[] = [];
  for (const stage of stages) {
    const below = closed.at(-1)?.actions ?? [];
    closed.push({ ...stage, actions: stage.actions.map((action) => below.reduce(boundBy, action)) });
  }
  return closed;
}

/** The action with what another one on its target limits more. */
export function boundBy(action: StageAction, other: StageAction): StageAction {
  if (action.target !== other.target) return action;
  if (action.kind === 'CanaryLimit' && other.kind === 'CanaryLimit')
    return other.maxPercent < action.maxPercent ? { ...action, maxPercent: other.maxPercent } : action;
  if (action.kind === 'Scale' && other.kind === 'Scale')
    return other.minReplicas > action.minReplicas ? { ...action, minReplicas: other.minReplicas } : action;
  return action;
}

/** The signed ladder with those edits of stages of the same name that tighten it: lower limits, more room, an earlier next stage, fewer questions. */
export function tightenedLadder(written: Ladder, signed: Ladder, facts: LadderFacts): readonly Stage[] {
  const mode = stricterMode(written.mode, signed.mode);
  const strictest = signed.stages.map((stage) => {
    const other = written.stages.find(({ name }) => name === stage.name);
    return stricterMode(modeOf(stage, signed.mode), other === undefined ? 'Observe' : modeOf(other, written.mode));
  });
  const asksNobody = signed.mode === 'Observe' || !strictest.includes('Approve');
  const edited = signed.stages.map((stage, index): Stage => {
    const other = written.stages.find(({ name }) => name === stage.name);
    if (other === undefined) return { ...stage, mode: said(modeOf(stage, signed.mode), mode, stage) };
    const isLast = index === signed.stages.length - 1;
    const bounded = { ...stage, actions: stage.actions.map((action) => other.actions.reduce(boundBy, action)) };
    const at = (each: Stage) => servedIn(acting(signed.stages.with(index, each), facts.targets), index);
    const asks = asksNobody ? (strictest[index] ?? mode) : modeOf(stage, signed.mode);
    return {
      // Where a limit leaves nothing to measure the next stage is never reached by time.
      ...(isLast || at(bounded) === at(stage) ? bounded : stage),
      escalateAfterSeconds: isLast ? stage.escalateAfterSeconds : sooner(other, stage, facts.neededSeconds),
      mode: said(asks, mode, other),
    };
  });
  return closedUpwards(edited);
}

/** In the words of the stage where they say it, else plainly. */
function said(asks: Mode, mode: Mode, { mode: own }: Stage): Stage['mode'] {
  if (mode === 'Observe' || modeOf({ mode: own } as Stage, mode) === asks) return own;
  if (asks === 'Approve') return 'Approve';
  return asks === 'Enforce' && mode === 'Approve' ? 'Enforce' : null;
}

function sooner(written: Stage, signed: Stage, neededSeconds: number): number | null {
  const [is, was] = [written.escalateAfterSeconds, signed.escalateAfterSeconds];
  return is !== null && is >= neededSeconds && (was === null || is < was) ? is : was;
}
