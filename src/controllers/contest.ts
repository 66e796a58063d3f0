import type { OnContest } from '../core/model/plan.ts';
import type { EpochMs } from '../shared/clock.ts';
import { fullAsksOf } from './asks.ts';
import { snapshotInForce, targetsOn, targetState } from './plan-state.ts';
import type { PlanState, TargetState, Yielded } from './plan-state.ts';
import { wasLaid } from './remade.ts';
import { targetDraft } from './target-draft.ts';
import type { SettledObject } from './target-draft.ts';

/** Edits by others within this time are counted together; more than this many make a target contested. */
const contestWindowMs = 60_000;
const contestLimit = 5;

/** What an edit by someone else of a field under constraint brought about. */
export type ContestOutcome = 'Counted' | 'Contested' | 'Yielded';

interface Edit {
  readonly nowMs: EpochMs;
  /** Field manager of the other writer; empty when the server does not say. */
  readonly rival: string;
}

export function nameOf(rival: string): string {
  return rival === '' ? 'Another writer' : rival;
}

export function isContested(plan: PlanState, target: string, nowMs: EpochMs): boolean {
  return contestedUntilMs(plan, target) > nowMs;
}

/** Until when a target is contested if nobody edits it again; 0 when it never was. One left to another writer is until that is over. */
export function contestedUntilMs(plan: PlanState, target: string): EpochMs {
  const state = targetState(plan, target);
  if (state.yielded !== null) return Infinity;
  const oneTooMany = state.foreignEditsMs.at(-(contestLimit + 1));
  return oneTooMany === undefined ? 0 : oneTooMany + contestWindowMs;
}

function isHeld({ suspend, notes }: PlanState): boolean {
  return suspend === 'Hold' || notes.some(({ kind }) => kind === 'Held');
}

/** Counts an edit by someone else of a field under constraint, and leaves the target to them once the plan says so. */
export function settleForeignEdit(plan: PlanState, settled: SettledObject, edit: Edit): ContestOutcome {
  // A plan that holds nothing here has nothing that could be contested, and no record to put it on.
  const concerned = targetsOn(plan, settled.kind, settled.object).filter(
    ({ name }) => targetState(plan, name).actedIn !== null || wasLaid(plan, name),
  );
  const outcomes = concerned.map(({ name }) => countEdit(plan, settled, { state: targetState(plan, name), edit }));
  return outcomes.find((outcome) => outcome === 'Yielded') ?? outcomes.find((outcome) => outcome === 'Contested') ?? 'Counted';
}

function countEdit(
  plan: PlanState,
  settled: SettledObject,
  { state, edit }: { readonly state: TargetState; readonly edit: Edit },
): ContestOutcome {
  const { nowMs, rival } = edit;
  const { onContest } = snapshotInForce(plan);
  state.rival = rival;
  if (state.yielded !== null) {
    // Others hold it too, and it was their constraint that was undone, or it was laid once more and undone at once.
    if (state.yielded.triedAtMs !== null) leave(state, nowMs);
    return 'Counted';
  }
  const recent = state.foreignEditsMs.filter((at) => at > nowMs - contestWindowMs);
  const wasContested = recent.length > contestLimit;
  state.foreignEditsMs = [...recent, nowMs].slice(-2 * contestLimit);
  if (state.foreignEditsMs.length <= contestLimit) return 'Counted';
  if (!wasContested) {
    state.contestedSinceMs = nowMs;
    const reason = `${nameOf(rival)}: more than ${contestLimit} edits by others within ${contestWindowMs / 1000} s. Stop the other writer; ${prospect(onContest)}`;
    plan.drafts = [...plan.drafts, targetDraft('Contested', settled, { nowMs, after: '', reason })];
  }
  // A Hold lays again what others undo and takes no other step.
  const graceIsOver = onContest.kind === 'Yield' && nowMs - (state.contestedSinceMs ?? nowMs) >= onContest.afterSeconds * 1000;
  if (!graceIsOver || isHeld(plan)) return wasContested ? 'Counted' : 'Contested';
  leave(state, nowMs);
  const reason = `${nameOf(rival)} kept undoing the constraint, and the plan yields (onContest): the candidate gets what that writer wants. It is tried again every ${onContest.retryAfterSeconds} s. Stop that writer to have it laid again.`;
  plan.drafts = [...plan.drafts, targetDraft('Yielded', settled, { nowMs, after: '', reason })];
  return 'Yielded';
}

/** What becomes of the constraint, as people are told of a contest. */
export function prospect(onContest: OnContest): string {
  return onContest.kind === 'Reassert'
    ? 'the constraint is laid again after each edit, at most 60 times a minute.'
    : `the constraint is laid again after each edit, and after ${onContest.afterSeconds} s the target is left to that writer (onContest).`;
}

/** Another share answers from here on: evidence counts anew once the watch shows that. */
function leave(state: TargetState, nowMs: EpochMs): void {
  state.yielded = { sinceMs: state.yielded?.sinceMs ?? nowMs, leftAtMs: nowMs, triedAtMs: null };
  state.verifiedAtMs = null;
}

/** The targets of this object that are left to another writer, and of which the stage in force asks something. */
function yieldedOn(
  plan: PlanState,
  settled: SettledObject,
  nowMs: EpochMs,
): readonly { readonly state: TargetState; readonly yielded: Yielded }[] {
  return fullAsksOf(plan, settled, nowMs).flatMap(({ target, claim }) => {
    const state = targetState(plan, target.name);
    const { yielded } = state;
    return yielded === null || claim === null || claim.constraints.length === 0 ? [] : [{ state, yielded }];
  });
}

/** Whether it is worth asking if laying everything again would move nobody's traffic. */
export function hasYieldedOn(plan: PlanState, settled: SettledObject, nowMs: EpochMs): boolean {
  return yieldedOn(plan, settled, nowMs).some(({ yielded }) => yielded.triedAtMs === null);
}

export interface YieldReview {
  readonly nowMs: EpochMs;
  /** What the other writer wants keeps within the constraint by now: laying it moves nothing. */
  readonly isWithin: boolean;
}

/**
 * Lays once more what was left to another writer, when its time has come or when nobody would notice, and takes the contest for over when
 * that stood for the time edits are counted in. A plan that was edited to yield no more takes it back at once. True: something changed.
 */
export function reviewYields(plan: PlanState, settled: SettledObject, { nowMs, isWithin }: YieldReview): boolean {
  const { onContest } = snapshotInForce(plan);
  let changed = false;
  const takeBack = (state: TargetState, reason: string): void => {
    // From here on another share may answer.
    if (state.yielded?.triedAtMs === null) state.verifiedAtMs = null;
    endContest(state);
    plan.drafts = [...plan.drafts, targetDraft('Reasserted', settled, { nowMs, after: '', reason })];
    changed = true;
  };
  for (const { state, yielded } of yieldedOn(plan, settled, nowMs)) {
    const { triedAtMs, leftAtMs } = yielded;
    if (onContest.kind === 'Reassert') takeBack(state, 'The plan yields no more (onContest).');
    else if (triedAtMs !== null && nowMs - triedAtMs >= contestWindowMs) takeBack(state, 'It was laid once more and stood.');
    else if (triedAtMs === null && nowMs >= leftAtMs + (isWithin ? contestWindowMs : onContest.retryAfterSeconds * 1000)) {
      state.yielded = { ...yielded, triedAtMs: nowMs };
      state.verifiedAtMs = null;
      changed = true;
    }
  }
  return changed;
}

/** What is over is contested by nobody. */
export function endContest(state: TargetState): void {
  state.yielded = null;
  state.contestedSinceMs = null;
  state.foreignEditsMs = [];
}

/** How long until a yield is to be reviewed again; Infinity where nothing is left to others. */
export function yieldReviewInMs(plan: PlanState, settled: SettledObject, nowMs: EpochMs): number {
  const { onContest } = snapshotInForce(plan);
  const retryMs = onContest.kind === 'Yield' ? onContest.retryAfterSeconds * 1000 : 0;
  const dues = yieldedOn(plan, settled, nowMs).flatMap(({ yielded: { triedAtMs, leftAtMs } }) =>
    triedAtMs === null ? [leftAtMs + contestWindowMs, leftAtMs + retryMs] : [triedAtMs + contestWindowMs],
  );
  return Math.min(Infinity, ...dues.map((dueMs) => dueMs - nowMs).filter((inMs) => inMs > 0));
}
