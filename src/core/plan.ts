import { assertNever } from '../shared/assert-never.ts';
import type { PlanMemory } from './model/plan.ts';
import { afterHold, applyDecisions } from './plan/decisions.ts';
import { stepEngaged } from './plan/engaged.ts';
import { allClear, readTriggers, suppressionsInForce } from './plan/evidence.ts';
import { stepIdle } from './plan/idle.ts';
import type { PlanNote, PlanStep, PlanStepInput } from './plan/input.ts';
import { withoutFuture } from './plan/memory.ts';
import { stepProposed } from './plan/proposed.ts';
import { servedNow } from './plan/stage.ts';

/**
 * One step of the plan machine, at each poll and whenever a decision, a verification or `suspend` changes.
 * Guarantees: at most one transition; live share rises only on fresh, stage-qualified Ok or a person's word; a stage escalates
 * only on evidence gathered after it was verified, or where its tier says so for want of any; steps up come before steps down. In Observe mode the memory says what the
 * plan would have done; the caller must not act on it.
 */
export function stepPlan(input: PlanStepInput): PlanStep {
  const memory = settle(input);
  const step = applyDecisions(input, memory) ?? stepMachine(input, afterHold(memory, input.nowMs));
  const notes = acceptedNotes(input, step.memory);
  return notes.length === 0 ? step : { ...step, notes: [...step.notes, ...notes] };
}

/** Said while one of its triggers would engage or escalate but for them. */
function acceptedNotes({ decisions, indicators, snapshot, nowMs }: PlanStepInput, memory: PlanMemory): readonly PlanNote[] {
  const firing = snapshot.trigger.indicators.filter((name) => indicators[name]?.memory.state === 'Firing');
  const engagement = memory.phase === 'Idle' ? null : memory.engagement;
  return decisions.flatMap((decision): readonly PlanNote[] => {
    if (decision.action !== 'Accept' || decision.expiresAtMs <= nowMs) return [];
    const accepted = firing.filter((name) => decision.indicators.includes(name));
    return accepted.length === 0
      ? []
      : [{ kind: 'Accepted', indicators: accepted, by: decision.author, untilMs: decision.expiresAtMs, engagement }];
  });
}

function stepMachine(input: PlanStepInput, memory: PlanMemory): PlanStep {
  switch (memory.phase) {
    case 'Idle':
      return stepIdle(input, memory);
    case 'Proposed':
      return stepProposed(input, memory);
    case 'Engaged':
      return stepEngaged(input, memory);
    default:
      return assertNever(memory);
  }
}

/** Forgets what is over: engagements outside the flap window, ended suppressions, a rejection once all is Clear. */
function settle(input: PlanStepInput): PlanMemory {
  const { nowMs, snapshot } = input;
  const memory = withoutFuture(input.memory, nowMs);
  const stage = memory.phase === 'Engaged' ? memory.stage : null;
  const readings = readTriggers(input, servedNow(input, stage));
  const recentEngagementsMs = memory.recentEngagementsMs.filter((atMs) => nowMs - atMs <= snapshot.recovery.flap.windowSeconds * 1000);
  const settled = { recentEngagementsMs, suppressed: suppressionsInForce(memory, readings, nowMs) };
  if (memory.phase === 'Proposed') return { ...memory, ...settled };
  return { ...memory, ...settled, rejectedStage: allClear(readings) ? null : memory.rejectedStage };
}
