import type { Actuation, JournalReading, RejectedClaim, Verification } from '../actuators/port.ts';
import { targetKindOf } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import { afterEnd } from '../core/plan/memory.ts';
import type { EpochMs } from '../shared/clock.ts';
import { endContest, isContested } from './contest.ts';
import { appliedDrafts, endRuns } from './applied-draft.ts';
import { noteRefusal } from './absence.ts';
import { desiredEntry, fullyReleased, isOutOfReach, isTold, sameEntry, targetsOn, targetState } from './plan-state.ts';
import type { Ask } from './asks.ts';
import type { PlanState, StageEntry, TargetState } from './plan-state.ts';
import type { MissingTarget } from './missing-target.ts';
import { isRemade } from './remade.ts';
import { closingDraft, deletionDraft } from './stepper.ts';
import { targetDraft } from './target-draft.ts';
import type { SettledObject } from './target-draft.ts';

const maxTextLength = 512;

function closesNow(plan: PlanState): boolean {
  return plan.engaged !== null && plan.memory.phase === 'Idle' && fullyReleased(plan);
}

/** Ends the engagement in memory once its last target is free; a plan under deletion ends it whatever the machine said. */
export function closeIfOver(plan: PlanState, nowMs: EpochMs): boolean {
  if (plan.engaged === null || !(closesNow(plan) || (plan.deleting && fullyReleased(plan)))) return false;
  plan.drafts = [...plan.drafts, ...endRuns(plan), closingDraft(nowMs)];
  plan.former = plan.engaged.targets;
  plan.engaged = null;
  return true;
}

/** The server takes no longer than this over a request nobody waits for any more. */
const latestLandingMs = 30_000;

/**
 * Whether a patch whose answer was lost can't land any more. Any later patch of ours changes the journal it tests, and so does what
 * is found in force, and the tombstone of this very engagement: it stands in the journal every earlier patch tests. Where nothing is to be held and
 * nothing is found, only time tells.
 */
function isAnswered(
  state: TargetState,
  actuation: Actuation,
  { entry, nowMs, isBuried }: { readonly entry: StageEntry; readonly nowMs: EpochMs; readonly isBuried: boolean },
): boolean {
  if (state.sending?.answer !== 'Lost' || actuation.kind === 'Patch' || entry !== 'None' || isBuried) return true;
  return nowMs - state.sending.sentAtMs >= latestLandingMs;
}

/** The object carries the tombstone of the plan's last engagement. */
export function isBuried({ uid, memory }: PlanState, reading: JournalReading): boolean {
  const engagement = memory.phase === 'Idle' ? memory.lastEngagement : memory.engagement;
  return reading.kind === 'Released' && reading.engagements.some((each) => each.planUID === uid && each.engagement === engagement);
}

export interface SettledActuation {
  readonly actuation: Actuation;
  /** What the plan asked when the actuation was computed. */
  readonly asks: readonly Ask[];
  readonly uid: string;
  readonly generation: number | null;
  readonly nowMs: EpochMs;
  /** The object carries the tombstone of the plan's engagement. */
  readonly isBuried: boolean;
}

/** What an acknowledged (or needless) patch means for one plan. Returns whether anything to record or show changed. */
export function settlePlan(
  plan: PlanState,
  settled: SettledObject,
  { actuation, asks, uid, generation, nowMs, isBuried }: SettledActuation,
): boolean {
  let changed = false;
  let brought = false;
  const isPartial = actuation.kind === 'Patch' && actuation.isPartial;
  const remade = asks.some((ask) => isRemade(plan, ask, uid));
  for (const { target, entry, claim } of asks) {
    const state = targetState(plan, target.name);
    const claimed = claim !== null && claim.constraints.length > 0;
    if (isAnswered(state, actuation, { entry, nowMs, isBuried })) {
      // Targets that come after this one were kept waiting by it alone, by a patch for another plan too.
      changed ||= state.sending !== null && !isPartial;
      state.sending = isPartial ? { sentAtMs: nowMs, answer: 'Awaited' } : null;
    }
    const refusal = actuation.rejected.find((rejected) => rejected.planUID === plan.uid && rejected.target === target.name) ?? null;
    changed ||= refusal?.reason !== state.refusal?.reason;
    noteRefusal(state, refusal, nowMs);
    if (refusal === null && claim !== null) state.laidOn = { uid, engagement: claim.holder.engagement };
    if (actuation.kind !== 'Refused') state.effective = actuation.kind === 'Patch' ? actuation.after : actuation.effective;
    state.generation = generation;
    state.attempted = entry;
    state.standsSinceMs ??= nowMs;
    if (actuation.kind === 'Patch') {
      state.intent = actuation.intent;
      state.verification = 'Waiting';
      state.standsSinceMs = nowMs;
      state.shownSinceMs = null;
    }
    if (refusal !== null || isPartial || sameEntry(state.applied, entry)) continue;
    state.applied = entry;
    state.verifiedAtMs = null;
    if (entry === 'None') {
      state.actedIn = null;
      endContest(state);
    } else if (claimed) state.actedIn = entry.engagement;
    changed = true;
    brought ||= actuation.kind === 'Patch' && sameEntry(entry, desiredEntry(plan));
  }
  if (plan.untold && !isPartial && isTold(plan, brought)) {
    plan.untold = false;
    changed = true;
  }
  // One that changes the journal only brings nobody's traffic anywhere.
  if (actuation.kind === 'Patch' && plan.engaged !== null && (actuation.moves || actuation.foreignEdit)) {
    const contested = asks.some(({ target }) => isContested(plan, target.name, nowMs));
    // The patch after which it was left is still one of the contest.
    const leftSince = asks.flatMap(({ target }) => targetState(plan, target.name).yielded?.sinceMs ?? []);
    const [leftSinceMs = null] = leftSince.filter((sinceMs) => sinceMs < nowMs);
    plan.drafts = [...plan.drafts, ...appliedDrafts(plan, { ...settled, contested, remade, leftSinceMs }, { actuation, nowMs })];
    changed = true;
  }
  return closeIfOver(plan, nowMs) || changed;
}

/** A target that is gone holds nothing: there is nothing left to restore. Returns whether anything to record or show changed. */
export function settleMissing(
  plan: PlanState,
  settled: SettledObject,
  { why, nowMs }: { readonly why: (target: Target) => MissingTarget; readonly nowMs: EpochMs },
): boolean {
  let changed = plan.untold;
  for (const target of targetsOn(plan, settled.kind, settled.object)) {
    const state = targetState(plan, target.name);
    const missing = why(target);
    changed ||= state.refusal?.reason !== missing.reason || state.applied !== 'None';
    noteRefusal(state, { planUID: plan.uid, target: target.name, ...missing }, nowMs);
    state.applied = 'None';
    state.sending = null;
    state.verifiedAtMs = null;
    state.shownSinceMs = null;
    // What is made anew under its name carries nothing of this plan.
    state.actedIn = null;
    // A rival may undo the constraint by just that: what it did before counts for as long as it would be laid again.
    if (desiredEntry(plan) === 'None') endContest(state);
  }
  plan.untold = false;
  return closeIfOver(plan, nowMs) || changed;
}

/** The watch showed the object: a stage that every target shows is verified, and evidence counts from then. */
export function settleVerification(
  plan: PlanState,
  settled: SettledObject,
  { verification, nowMs }: { readonly verification: Verification; readonly nowMs: EpochMs },
): boolean {
  let changed = false;
  for (const target of targetsOn(plan, settled.kind, settled.object)) {
    const state = targetState(plan, target.name);
    const message = verification.kind === 'Verified' ? '' : verification.message;
    changed ||= state.verification !== verification.kind || state.message !== message;
    state.verification = verification.kind;
    state.message = message;
    // Refused since, whatever was seen before: it is in effect, and gathers evidence, from when it is taken again.
    state.shownSinceMs = verification.kind === 'Verified' ? (state.shownSinceMs ?? nowMs) : null;
    if (verification.kind === 'Failed') state.verifiedAtMs = null;
    if (state.applied === 'None' || state.verifiedAtMs !== null || verification.kind !== 'Verified') continue;
    state.verifiedAtMs = nowMs;
    // A try to take it back from another writer is told of when it stood, and what a rival undoes is not told each time.
    if (state.actedIn !== null && !isContested(plan, target.name, nowMs)) {
      plan.drafts = [
        ...plan.drafts,
        targetDraft('Verified', settled, {
          nowMs,
          after: state.effective,
          reason: 'The watch shows it and its controllers accepted it.',
        }),
      ];
    }
    changed = true;
  }
  return changed;
}

/** The API server refused the patch and will again: what is in force stays, and people are told in its words. */
export function settleRefusal(
  plan: PlanState,
  asks: readonly Ask[],
  failure: { readonly kind: 'Denied' | 'Invalid'; readonly message: string; readonly nowMs: EpochMs },
): boolean {
  let changed = false;
  for (const { target, claim } of asks) {
    const state = targetState(plan, target.name);
    // Neither asked to hold anything nor to give anything back.
    if (claim === null && state.applied === 'None') continue;
    const message = `The API server refused the patch of ${targetKindOf(target)} ${target.object}: ${failure.message}`.slice(
      0,
      maxTextLength,
    );
    const { nowMs } = failure;
    changed ||= state.refusal?.message !== message;
    noteRefusal(state, { planUID: plan.uid, target: target.name, reason: failure.kind, message }, nowMs);
  }
  return changed;
}

/** A patch did not get through: what it is for is there all the same, but for claims that could not be part of it. Returns whether that is news. */
export function settleUnanswered(
  plan: PlanState,
  asks: readonly Ask[],
  { rejected, nowMs }: { readonly rejected: readonly RejectedClaim[]; readonly nowMs: EpochMs },
): boolean {
  let changed = false;
  for (const { target } of asks) {
    const state = targetState(plan, target.name);
    if (!isOutOfReach(state)) continue;
    const refusal = rejected.find((each) => each.planUID === plan.uid && each.target === target.name) ?? null;
    changed ||= refusal?.reason !== state.refusal?.reason;
    noteRefusal(state, refusal, nowMs);
  }
  return changed;
}

/** A plan that goes takes what it holds along, and its record says so once. */
export function noteDeletion(plan: PlanState, nowMs: EpochMs): void {
  const { engaged, memory } = plan;
  if (engaged !== null && engaged.mode !== 'Observe' && memory.phase === 'Engaged' && !plan.deletionNoted) {
    plan.deletionNoted = true;
    plan.drafts = [...plan.drafts, deletionDraft(engaged.stages[memory.stage]?.name ?? '', nowMs)];
  }
  // No target may hold anything of it: one that was refused everywhere, or only asked.
  closeIfOver(plan, nowMs);
}

/** Of a plan that goes, once all is on record: its status says that it is over, and only then its tombstones are taken off. */
export function endDeleted(plan: PlanState): void {
  plan.engaged = null;
  if (plan.memory.phase !== 'Idle') plan.memory = afterEnd(plan.memory);
}
