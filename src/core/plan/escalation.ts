import type { Assessment } from '../model/assessment.ts';
import type { EngagedView } from './engaged-view.ts';
import { moveTo, transitionOf } from './engaged-view.ts';
import { asksFirst, enteredStraight } from './entry.ts';
import { allClear, escalating, matches, silent } from './evidence.ts';
import type { PlanStep } from './input.ts';
import { breachReason, sharedCauseNote, silenceReason } from './safe-version.ts';
import { settledAtMs } from './settling.ts';
import { escalatesBlind, loosening } from './stage.ts';

/** Old decisions beyond this many are forgotten; an engagement that asks more often than that has other problems. */
const maxUsedDecisions = 64;

/** A person's answer to a proposed escalation. Each decision counts once, so an old one never answers a new question. */
export function answerProposal(view: EngagedView): PlanStep | null {
  const { memory, input } = view;
  const { proposal, engagement, usedDecisions } = memory;
  if (proposal === null) return null;
  const answers = input.decisions.filter(
    (decision) =>
      'stage' in decision &&
      decision.engagement === engagement &&
      decision.stage === proposal.stage &&
      !usedDecisions.includes(decision.name),
  );
  const decision = answers.find(({ action }) => action === 'Approve') ?? answers.find(({ action }) => action === 'Reject');
  if (decision === undefined) return null;
  const used = { usedDecisions: [...usedDecisions, decision.name].slice(-maxUsedDecisions) };
  const by = { actor: decision.author, decision: decision.name };
  if (decision.action === 'Approve') {
    const transition = transitionOf(view, { kind: 'Escalated', to: proposal.stage, reason: 'Approved', ...by });
    return { memory: { ...moveTo(view, proposal.stage, 'Up'), ...used }, transition, notes: [] };
  }
  const transition = transitionOf(view, { kind: 'Rejected', to: proposal.stage, reason: 'Rejected', ...by });
  return { memory: { ...memory, ...used, proposal: null, rejectedStage: proposal.stage }, transition, notes: [] };
}

/** Up on evidence of this stage, or where the tier says so for want of it; where the next one asks first, a question. Without a transition the notes say what is waited for. */
export function escalate(view: EngagedView): PlanStep {
  const { memory, input, readings } = view;
  const stay: PlanStep = { memory, transition: null, notes: [] };
  if (memory.proposal !== null && allClear(readings)) {
    const transition = transitionOf(view, { kind: 'Withdrawn', to: memory.proposal.stage, reason: 'TriggersClear' });
    return { memory: { ...memory, proposal: null }, transition, notes: [] };
  }
  const breaching = escalating(readings, settledAtMs(input.snapshot, memory));
  const isBreach = matches(input.snapshot, breaching);
  const grounds = isBreach ? breaching : [...breaching, ...silent(input.snapshot, readings)];
  // Only a breach leads straight anywhere.
  const stage = matches(input.snapshot, grounds) ? nextStage(view, isBreach ? breaching : []) : null;
  const shared = stage === null ? null : sharedCauseNote(input, grounds);
  if (stage !== null && shared === null) {
    const reason = isBreach ? breachReason(input, grounds) : silenceReason(input, grounds);
    return climb(view, { stage, lowest: memory.stage + 1, reason, breaching: grounds });
  }
  const waiting = memory.proposal === null ? [] : [awaitingApproval(view, memory.proposal)];
  return { ...stay, notes: shared === null ? waiting : [...waiting, shared] };
}

/**
 * One up when its time is over, or straight to the highest stage a breaching indicator leads to; null when neither. Never to one
 * that lets callers have more of the candidate, whatever its place in the ladder.
 */
function nextStage({ memory, input, readings }: EngagedView, breaching: readonly Assessment[]): number | null {
  const { stages } = input.snapshot;
  const straight = enteredStraight(input.snapshot, breaching);
  const indicators = readings.flatMap((reading) => reading.indicator ?? []);
  const afterSeconds = stages[memory.stage]?.escalateAfterSeconds ?? null;
  const isDue =
    afterSeconds !== null &&
    memory.evidencedMs >= afterSeconds * 1000 &&
    !escalatesBlind(input.snapshot, indicators).includes(memory.stage);
  const loosens = loosening(input.snapshot, memory.stage);
  const candidates = [...straight, ...(isDue ? [memory.stage + 1] : [])].filter(
    (index) => index > memory.stage && index < stages.length && !loosens.includes(index),
  );
  return candidates.length === 0 ? null : Math.max(...candidates);
}

interface Step {
  readonly stage: number;
  /** What may be entered instead while people are asked. */
  readonly lowest: number;
  readonly reason: string;
  readonly breaching: readonly Assessment[];
}

/** Up at once, or a question where the stage asks first: then up to what lies below it and asks nobody, before anything is asked. */
export function climb(view: EngagedView, step: Step): PlanStep {
  const { memory, input } = view;
  const { stage, reason, breaching } = step;
  const { proposal } = memory;
  const { approval } = input.snapshot;
  const unasked = highestUnasked(view, step);
  if (unasked !== null) return escalateTo(view, { ...step, stage: unasked });
  if (proposal !== null && proposal.stage >= stage) {
    const waiting = awaitingApproval(view, proposal);
    return waiting.overdue && approval.onTimeout === 'Engage'
      ? escalateTo(view, { ...step, stage: proposal.stage, reason: 'ApprovalTimedOut' })
      : { memory, transition: null, notes: [waiting] };
  }
  if (memory.rejectedStage !== null && stage <= memory.rejectedStage)
    return { memory, transition: null, notes: [{ kind: 'NotAskedAgain', stage }] };
  const asked = { stage, sinceMs: input.nowMs };
  const transition = transitionOf(view, { kind: 'Proposed', to: stage, reason, assessments: breaching });
  return { memory: { ...memory, proposal: asked }, transition, notes: [awaitingApproval(view, asked)] };
}

/** Never one that lets callers have more of the candidate, as `nextStage` has it. */
function highestUnasked({ memory, input: { snapshot } }: EngagedView, { lowest, stage }: Step): number | null {
  const loosens = loosening(snapshot, memory.stage);
  for (let index = stage; index >= lowest; index--) if (!asksFirst(snapshot, index) && !loosens.includes(index)) return index;
  return null;
}

function escalateTo(view: EngagedView, step: Step): PlanStep {
  const transition = transitionOf(view, { kind: 'Escalated', to: step.stage, reason: step.reason, assessments: step.breaching });
  return { memory: moveTo(view, step.stage, 'Up'), transition, notes: [] };
}

function awaitingApproval({ memory, input }: EngagedView, { stage, sinceMs }: { readonly stage: number; readonly sinceMs: number }) {
  const overdue = input.nowMs - sinceMs >= input.snapshot.approval.timeoutSeconds * 1000;
  return { kind: 'AwaitingApproval', engagement: memory.engagement, stage, sinceMs, overdue } as const;
}
