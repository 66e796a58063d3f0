import type { EpochMs } from '../shared/clock.ts';
import type { Assessment } from './model/assessment.ts';
import type { IndicatorMemory, IndicatorState } from './model/indicator.ts';
import { countsAsBreach, withinClear } from './judge.ts';

export interface IndicatorStepInput {
  readonly memory: IndicatorMemory;
  readonly assessment: Assessment;
  readonly nowMs: EpochMs;
  readonly intervalMs: number;
}

/** Memory of an indicator nobody has read yet. */
export function initialIndicatorMemory(nowMs: EpochMs): IndicatorMemory {
  return { state: 'Clear', sinceMs: nowMs, lastPolledAtMs: null };
}

/** What a restart keeps: Firing stays, Pending and Clearing start their clocks again at the next reading. */
export function restartIndicator(persisted: IndicatorMemory): IndicatorMemory {
  return { ...persisted, lastPolledAtMs: null };
}

/**
 * One reading through Clear -> Pending -> Firing -> Clearing -> Clear.
 * Pending counts only unbroken breach, Clearing only unbroken Ok within `clear`; a gap longer than two intervals, a restart,
 * or a reading in between restarts their clocks without changing the state. A clock that went back never shortens a wait,
 * and never makes it longer than one whole wait from now.
 */
export function stepIndicator({ memory, assessment, nowMs, intervalMs }: IndicatorStepInput): IndicatorMemory {
  const clamped = { ...memory, sinceMs: Math.min(memory.sinceMs, nowMs) };
  const continuous = memory.lastPolledAtMs !== null && nowMs - memory.lastPolledAtMs <= 2 * intervalMs;
  const step = { memory: clamped, continuous, nowMs, assessment };
  if (countsAsBreach(assessment)) return onBreach(step);
  if (withinClear(assessment)) return onClear(step);
  return onNeither(step);
}

interface Step {
  readonly memory: IndicatorMemory;
  readonly continuous: boolean;
  readonly nowMs: EpochMs;
  readonly assessment: Assessment;
}

function onBreach({ memory, continuous, nowMs, assessment }: Step): IndicatorMemory {
  if (memory.state === 'Firing') return { ...memory, lastPolledAtMs: nowMs };
  if (memory.state === 'Clearing') return enter('Firing', nowMs);
  const sinceMs = memory.state === 'Pending' && continuous ? memory.sinceMs : nowMs;
  return nowMs - sinceMs >= assessment.indicator.forSeconds * 1000
    ? enter('Firing', nowMs)
    : { state: 'Pending', sinceMs, lastPolledAtMs: nowMs };
}

function onClear({ memory, continuous, nowMs, assessment }: Step): IndicatorMemory {
  if (memory.state === 'Clear') return { ...memory, lastPolledAtMs: nowMs };
  if (memory.state === 'Pending') return enter('Clear', nowMs);
  const sinceMs = memory.state === 'Clearing' && continuous ? memory.sinceMs : nowMs;
  return nowMs - sinceMs >= assessment.indicator.clearForSeconds * 1000
    ? enter('Clear', nowMs)
    : { state: 'Clearing', sinceMs, lastPolledAtMs: nowMs };
}

/** Between the limits, or without a usable value. The state stays; `sinceMs` does too, so that a long wait writes no status. */
function onNeither({ memory, nowMs, assessment }: Step): IndicatorMemory {
  const ignored = assessment.verdict === 'NoData' && assessment.indicator.onNoData === 'Ignore';
  if (ignored && memory.state === 'Pending') return enter('Clear', nowMs);
  const timed = memory.state === 'Pending' || memory.state === 'Clearing';
  return { ...memory, lastPolledAtMs: timed ? null : nowMs };
}

function enter(state: IndicatorState, nowMs: EpochMs): IndicatorMemory {
  return { state, sinceMs: nowMs, lastPolledAtMs: nowMs };
}
