import type { Claim, TargetKind } from '../actuators/port.ts';
import type { Holder } from '../core/model/constraint.ts';
import { roleOf, splitsTraffic } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import { actedOn, constraintsOf, orderTargets, ownLivePercent } from '../core/plan/stage.ts';
import type { EpochMs } from '../shared/clock.ts';
import { isLasting } from './lasting-refusal.ts';
import {
  desiredEntry,
  groundsOf,
  isGoingUp,
  isOutOfReach,
  sameEntry,
  snapshotInForce,
  statesInForce,
  targetsOn,
  targetState,
  yields,
} from './plan-state.ts';
import type { PlanState, StageEntry } from './plan-state.ts';

/**
 * The order in which the step in progress comes to its targets. A stage may give one of them back for what it lays on another (the
 * route, for a flag it is behind): going up that comes last, going down it is taken first.
 */
function orderNow(plan: PlanState): readonly Target[] {
  const snapshot = snapshotInForce(plan);
  const desired = desiredEntry(plan);
  const given = (target: Target): number => givenBy(plan, target);
  const ordered = orderTargets(isGoingUp(plan) ? 'Engage' : 'Release', actedOn(snapshot));
  if (desired === 'None') return ordered;
  const comesLast = isGoingUp(plan) ? (target: Target) => given(target) > 0 : (target: Target) => given(target) >= 0;
  return [...ordered.filter((target) => !comesLast(target)), ...ordered.filter(comesLast)];
}

/** How much more of the candidate the step in progress lets through this target, in percent; negative: less. */
function givenBy(plan: PlanState, target: Target): number {
  const { stages } = snapshotInForce(plan);
  const percentIn = (entry: StageEntry): number => ownLivePercent(entry === 'None' ? null : (stages[entry.stage] ?? null), target);
  return percentIn(desiredEntry(plan)) - percentIn(targetState(plan, target.name).applied);
}

/** How long room is kept for a route that was changed while nothing tells that its proxies have followed. */
const confirmationPatienceMs = 300_000;

/** From when on proxies of a route can be taken to have followed, as far as is known now. */
function confirmedFromMs(plan: PlanState, target: Target): EpochMs {
  const state = targetState(plan, target.name);
  if (isOutOfReach(state)) return 0;
  if (state.shownSinceMs !== null) return state.shownSinceMs + ('settleSeconds' in target ? target.settleSeconds * 1000 : 0);
  return state.standsSinceMs === null ? Infinity : state.standsSinceMs + confirmationPatienceMs;
}

/**
 * Whether what comes after this target in the order may move. Protection waits for room to be asked for, not for the answer to be yes;
 * room is given up only once no request needs it any more.
 */
function letsPass(plan: PlanState, earlier: Target, { next, nowMs }: { readonly next: Target; readonly nowMs: EpochMs }): boolean {
  const desired = desiredEntry(plan);
  const state = targetState(plan, earlier.name);
  const stands = state.sending === null && sameEntry(state.applied, desired);
  if (isGoingUp(plan)) {
    if (roleOf(earlier) === 'Capacity') return stands || state.refusal !== null || sameEntry(state.attempted, desired);
    // What is given back for what this target was to hold waits for ever: its refusal must not raise the candidate's share.
    if (stands || state.sending !== null || givenBy(plan, next) > 0) return stands;
    const isGivenUp = (yields(state) || isLasting(state)) && ['Traffic', 'Flag'].includes(roleOf(next));
    return isOutOfReach(state) || isGivenUp;
  }
  // What can't be found, never held anything and is not meant to has nothing to give back first.
  const stage = desired === 'None' ? undefined : snapshotInForce(plan).stages[desired.stage];
  const isMeant = stage !== undefined && constraintsOf(stage, earlier.name).length > 0;
  if (!isMeant && isOutOfReach(state) && state.sending === null && state.applied === 'None') return true;
  const needsRoom = roleOf(next) === 'Capacity' && splitsTraffic(earlier);
  return stands && (!needsRoom || nowMs >= confirmedFromMs(plan, earlier));
}

/**
 * The stage entry a target may be brought to now. Every prefix is safe: a target waits until those before it in the order
 * stand where the plan wants them, and keeps what it has meanwhile.
 */
export function permittedEntry(plan: PlanState, target: Target, nowMs: EpochMs): StageEntry {
  for (const earlier of orderNow(plan)) {
    if (earlier.name === target.name) break;
    if (!letsPass(plan, earlier, { next: target, nowMs })) return targetState(plan, target.name).applied;
  }
  return desiredEntry(plan);
}

/** When a target that waits may move if nothing happens till then; null when it does not wait, or not for time. */
export function permittedFromMs(plan: PlanState, target: Target, nowMs: EpochMs): EpochMs | null {
  if (roleOf(target) !== 'Capacity' || isGoingUp(plan) || sameEntry(targetState(plan, target.name).applied, desiredEntry(plan)))
    return null;
  const due = orderNow(plan).flatMap((earlier) => (splitsTraffic(earlier) ? [confirmedFromMs(plan, earlier)] : []));
  const latest = Math.max(0, ...due);
  return latest > nowMs && Number.isFinite(latest) ? latest : null;
}

function holderOf(plan: PlanState, entry: Exclude<StageEntry, 'None'>): Holder {
  const { plan: reference } = snapshotInForce(plan);
  return {
    plan: reference.name,
    planUID: plan.uid,
    planGeneration: reference.generation,
    planDigest: reference.digest,
    engagement: entry.engagement,
    stage: entry.stage,
    stageSinceMs: entry.stageSinceMs,
    planCreatedAtMs: reference.createdAtMs,
    ...groundsOf(plan, entry),
  };
}

/** What a plan asks of one of its targets: the stage entry to be brought to, and the claim that does it (null: none). */
export interface Ask {
  readonly target: Target;
  readonly entry: StageEntry;
  readonly claim: Claim | null;
}

/** What this plan asks of this object now. A value: by the time an answer to it arrives the plan may ask for something else. */
export function asksOf(plan: PlanState, where: TargetPlace, nowMs: EpochMs): readonly Ask[] {
  return fullAsksOf(plan, where, nowMs).map((ask) => {
    const isGivenWay = ask.claim !== null && isLeft(plan, ask.target.name);
    return isGivenWay ? { ...ask, claim: { ...ask.claim, constraints: [] } } : ask;
  });
}

/** Left to another writer: the plan stays in the journal and asks for nothing. */
export function isLeft(plan: PlanState, target: string): boolean {
  return targetState(plan, target).yielded?.triedAtMs === null;
}

export function targetsLeft(plan: PlanState): readonly string[] {
  return statesInForce(plan).flatMap(([name]) => (isLeft(plan, name) ? [name] : []));
}

interface TargetPlace {
  readonly kind: TargetKind;
  readonly object: string;
}

/** The same as if nothing were left to other writers. */
export function fullAsksOf(plan: PlanState, { kind, object }: TargetPlace, nowMs: EpochMs): readonly Ask[] {
  return targetsOn(plan, kind, object).map((target) => {
    const entry = permittedEntry(plan, target, nowMs);
    return { target, entry, claim: claimOf(plan, target, entry) };
  });
}

/** Nothing while its engagement has not come to the target yet. */
function claimOf(plan: PlanState, target: Target, entry: StageEntry): Claim | null {
  const stage = entry === 'None' ? undefined : snapshotInForce(plan).stages[entry.stage];
  if (entry === 'None' || stage === undefined) return null;
  const constraints = constraintsOf(stage, target.name);
  const silent = constraints.length === 0 && targetState(plan, target.name).actedIn !== entry.engagement;
  return silent ? null : { holder: holderOf(plan, entry), target, constraints };
}
