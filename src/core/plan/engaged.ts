import type { EngagedMemory } from '../model/plan.ts';
import type { EngagedView } from './engaged-view.ts';
import { transitionOf, verified } from './engaged-view.ts';
import { bypass } from './bypass.ts';
import { allClear, hasEvidence, isRecovered, readTriggers, takingPart } from './evidence.ts';
import type { TriggerReading } from './evidence.ts';
import { answerProposal, escalate } from './escalation.ts';
import type { PlanStep, PlanStepInput } from './input.ts';
import { recover } from './recovery.ts';
import { settledAtMs } from './settling.ts';
import { servedNow } from './stage.ts';

/** One step while a constraint holds: a person's answer first, then up, then the latch, then down. */
export function stepEngaged(input: PlanStepInput, memory: EngagedMemory): PlanStep {
  const served = servedNow(input, memory.stage);
  const readings = readTriggers({ ...input, memory }, served);
  const current = takeEvidence(input, memory, readings);
  const view: EngagedView = { input, memory: current, readings, served };
  const answered = answerProposal(view);
  if (answered !== null) return answered;
  const beyond = bypass(view);
  if (beyond !== null) return beyond;
  const up = escalate(view);
  if (up.transition !== null) return up;
  const latched = latch(view);
  if (latched !== null) return latched;
  const down = recover(view);
  return { ...down, notes: [...up.notes, ...down.notes] };
}

/**
 * What this poll adds: when the stage was verified, how long there was something to measure since, since when all is well.
 * Time is counted from poll to poll, so neither a restart nor a clock that went back can add any.
 */
function takeEvidence(input: PlanStepInput, memory: EngagedMemory, readings: readonly TriggerReading[]): EngagedMemory {
  const { nowMs, intervalMs, snapshot } = input;
  const verifiedAtMs = verified(input, memory);
  const continuous = memory.lastPolledAtMs !== null && nowMs - memory.lastPolledAtMs <= 2 * intervalMs;
  const settledMs = settledAtMs(snapshot, { ...memory, verifiedAtMs });
  const countedFromMs = continuous && settledMs !== null ? Math.max(memory.lastPolledAtMs, settledMs) : nowMs;
  const addedMs = hasEvidence(snapshot, readings) ? Math.max(0, nowMs - countedFromMs) : 0;
  const triggeredBy = takingPart(readings, memory.triggeredBy);
  // What is on no target will never be seen there, and its end gives callers nothing.
  const recoveringFromMs = settledMs ?? (input.holdsNothing ? memory.stageSinceMs : null);
  const okSinceMs = continuous && memory.okSinceMs !== null ? memory.okSinceMs : nowMs;
  return {
    ...memory,
    verifiedAtMs,
    evidencedMs: allClear(readings) ? 0 : memory.evidencedMs + addedMs,
    lastPolledAtMs: nowMs,
    triggeredBy,
    okSinceMs: isRecovered(readings, recoveringFromMs, triggeredBy) ? okSinceMs : null,
  };
}

/** Too many engagements in the window: from here only a person takes the constraint off. */
function latch(view: EngagedView): PlanStep | null {
  const { memory, input } = view;
  if (memory.latched || memory.recentEngagementsMs.length <= input.snapshot.recovery.flap.maxEngagements) return null;
  const transition = transitionOf(view, { kind: 'Latched', to: memory.stage, reason: 'TooManyEngagements' });
  return { memory: { ...memory, latched: true }, transition, notes: [{ kind: 'AwaitingDecision', stage: memory.stage, cause: 'Latched' }] };
}
