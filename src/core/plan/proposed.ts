import type { PlanMemory } from '../model/plan.ts';
import type { Transition } from '../model/transition.ts';
import { allClear, engaging, matches, readTriggers } from './evidence.ts';
import { enteredUnasked } from './entry.ts';
import type { TriggerReading } from './evidence.ts';
import { engage, entryStage, propose } from './idle.ts';
import type { PlanStep, PlanStepInput } from './input.ts';
import { breachReason, sharedCauseNote } from './safe-version.ts';
import { servedIn } from './stage.ts';

type ProposedMemory = Extract<PlanMemory, { phase: 'Proposed' }>;

/** Waits for a person: approved, rejected, out of time, asked again for a worse stage, or withdrawn once every trigger is Clear. */
export function stepProposed(input: PlanStepInput, memory: ProposedMemory): PlanStep {
  const readings = readTriggers({ ...input, memory }, servedIn(input.snapshot, null));
  const answered = answer(input, memory, readings);
  if (answered !== null) return answered;
  if (allClear(readings)) return withdraw(memory, 'TriggersClear');
  const overdue = input.nowMs - memory.sinceMs >= input.snapshot.approval.timeoutSeconds * 1000;
  const waiting: PlanStep = {
    memory,
    transition: null,
    notes: [{ kind: 'AwaitingApproval', engagement: memory.engagement, stage: memory.stage, sinceMs: memory.sinceMs, overdue }],
  };
  const breaching = engaging(readings);
  if (!matches(input.snapshot, breaching)) return waiting;
  const shared = sharedCauseNote(input, breaching);
  if (shared !== null) return { ...waiting, notes: [...waiting.notes, shared] };
  const stage = Math.max(memory.stage, entryStage(input.snapshot, breaching));
  // The plan was edited, or a stage that asks nobody lies on the way to a worse one.
  const unasked = enteredUnasked(input.snapshot, stage);
  if (unasked !== null) return engage({ input, memory, stage: unasked, breaching, reason: breachReason(input, breaching), decision: null });
  // What nobody answered is what was asked: a worse stage is asked for from there.
  if (overdue && input.snapshot.approval.onTimeout === 'Engage') {
    return engage({ input, memory, stage: memory.stage, breaching, reason: 'ApprovalTimedOut', decision: null });
  }
  return stage > memory.stage ? propose(input, memory, { stage, breaching }) : waiting;
}

/** Takes the question back: the engagement's number stays used. */
export function withdraw(memory: ProposedMemory, reason: string): PlanStep {
  const { engagement, stage } = memory;
  return {
    memory: idleAfter(memory, null),
    transition: { kind: 'Withdrawn', engagement, from: stage, to: null, reason, actor: 'operator', assessments: [] },
    notes: [],
  };
}

function answer(input: PlanStepInput, memory: ProposedMemory, readings: readonly TriggerReading[]): PlanStep | null {
  const { engagement, stage } = memory;
  const answers = input.decisions.filter(
    (decision) => 'stage' in decision && decision.engagement === engagement && decision.stage === stage,
  );
  const approved = answers.find((decision) => decision.action === 'Approve');
  if (approved !== undefined)
    return engage({ input, memory, stage, breaching: engaging(readings), reason: 'Approved', decision: approved });
  const rejected = answers.find((decision) => decision.action === 'Reject');
  if (rejected === undefined) return null;
  const transition: Transition = {
    kind: 'Rejected',
    engagement,
    from: stage,
    to: null,
    reason: 'Rejected',
    actor: rejected.author,
    decision: rejected.name,
    assessments: engaging(readings),
  };
  return { memory: idleAfter(memory, stage), transition, notes: [] };
}

function idleAfter(memory: ProposedMemory, rejectedStage: number | null): PlanMemory {
  const { engagement, recentEngagementsMs, suppressed } = memory;
  return { phase: 'Idle', lastEngagement: engagement, recentEngagementsMs, rejectedStage, suppressed };
}
