import { actedOn } from '../core/plan/stage.ts';
import { isContested } from './contest.ts';
import { awaitsRoomUntilMs, desiredEntry, isCovered, sameEntry, snapshotInForce, statesInForce, targetState } from './plan-state.ts';
import type { PlanState, TargetState } from './plan-state.ts';
import type { PlanProblem } from './plan-problems.ts';
import { correctedLater, isAtRest, isNotThere } from './unheld.ts';
import type { EpochMs } from '../shared/clock.ts';

/** Faults of what is written. All else an idle plan lacks may still come: objects of one release arrive in any order. */
const needsAnEdit: ReadonlySet<string> = new Set(['SafeVersionIsCandidate', 'EscalatesBlind', 'LadderLoosens']);

/** What is written and does not help, but holds up no step. */
const keepsNothingBack: ReadonlySet<string> = new Set(['ReceiverMissing']);

/** Refusals whose message is the server's: it says no more than that it said no. */
const remedies: Readonly<Record<string, string>> = {
  Denied: ' Give the operator the right to patch it, or change the policy that says no.',
  Invalid: ' Correct the object, so that it is valid with the change too.',
};

/**
 * What keeps a plan from what it wants now until somebody acts; null when nothing does. Waiting for people (an approval, a latch, a
 * Hold) is none, and neither is a patch that is still on its way.
 */
export function stallOf(plan: PlanState, problems: readonly PlanProblem[], nowMs: EpochMs): PlanProblem | null {
  if (isAtRest(plan)) return problems.find(({ reason }) => needsAnEdit.has(reason)) ?? null;
  // Its pods are on their way.
  if (nowMs < awaitsRoomUntilMs(plan)) return null;
  const comesAndGoes = statesInForce(plan).some(([name, state]) => isComingAndGoing(plan, { name, state }, nowMs));
  const holdsBack = ({ reason }: PlanProblem): boolean => !keepsNothingBack.has(reason) && !(comesAndGoes && reason === 'TargetMissing');
  return refused(plan, nowMs) ?? notInEffect(plan) ?? problems.find(holdsBack) ?? null;
}

/** A rival that deletes it makes it anew: that is told as the contest it is, and not as a stall each time. */
function isComingAndGoing(
  plan: PlanState,
  { name, state }: { readonly name: string; readonly state: TargetState },
  nowMs: EpochMs,
): boolean {
  return isNotThere(state) && isContested(plan, name, nowMs);
}

function refused(plan: PlanState, nowMs: EpochMs): PlanProblem | null {
  const desired = desiredEntry(plan);
  for (const [name, state] of statesInForce(plan)) {
    const { refusal } = state;
    if (refusal === null || !isConcerned(plan, state) || isCovered(plan, name)) continue;
    if (isComingAndGoing(plan, { name, state }, nowMs)) continue;
    const deed =
      desired === 'None'
        ? `Target ${name} can't be given back`
        : `Stage ${stageName(plan, desired.stage)} can't be taken on target ${name}`;
    const prospect = isNotThere(state) ? correctedLater : 'What it held before stays; it is tried again by itself.';
    const message = `${deed}: ${refusal.message}${remedies[refusal.reason] ?? ''} ${prospect}`;
    return { reason: refusal.reason, message };
  }
  return null;
}

/** A release asks nothing of a target that holds nothing. */
function isConcerned(plan: PlanState, { applied }: TargetState): boolean {
  return desiredEntry(plan) !== 'None' || applied !== 'None';
}

/** The object carries the stage, and the controllers behind it say they can't follow. */
function notInEffect(plan: PlanState): PlanProblem | null {
  const desired = desiredEntry(plan);
  if (desired === 'None') return null;
  for (const { name } of actedOn(snapshotInForce(plan))) {
    const { applied, verification, message } = targetState(plan, name);
    if (verification !== 'Failed' || !sameEntry(applied, desired) || isCovered(plan, name)) continue;
    return {
      reason: 'NotTaken',
      message: `Target ${name} carries stage ${stageName(plan, desired.stage)}, but it is not in effect: ${message}`,
    };
  }
  return null;
}

function stageName(plan: PlanState, stage: number): string {
  return snapshotInForce(plan).stages[stage]?.name ?? String(stage);
}
