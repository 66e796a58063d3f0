import type { EpochMs } from '../shared/clock.ts';
import type { Assessment } from './model/assessment.ts';
import type { Indicator, Threshold } from './model/indicator.ts';
import type { Interval, ModelIdentity, NoDataCause, Observation, Served } from './model/observation.ts';

/** Clocks of the provider and of this process may differ by this much before a reading counts as from the future. */
export const futureToleranceMs = 5000;

export interface JudgeInput {
  readonly indicator: Indicator;
  readonly identity: ModelIdentity;
  readonly served: Served;
  readonly observation: Observation;
  readonly nowMs: EpochMs;
}

type ValueObservation = Extract<Observation, { kind: 'Value' }>;

/**
 * Turns one reading into a verdict with its evidence. A value on a limit is within it: Breach is strictly beyond `breach`
 * (and beyond the noise floor, where the signal knows one), Ok is within `warn`, or within `clear` where there is no `warn`;
 * all else is Warn. Where the signal gives an interval, Breach needs all of it beyond `breach` and Ok all of it within: one that
 * straddles the limit is Warn with its point beyond, else Insufficient. A value with a reservation is a breach, or what the reservation says. Without a `minSamples` the noise floor decides whether the rows are enough. A value that can't be used is replaced by the NoData
 * observation that says why.
 */
export function judge(input: JudgeInput): Assessment {
  const { indicator, identity, served, nowMs } = input;
  const observation = unreserved(indicator, usable(input));
  const base = { indicator, identity, served, observation, assessedAtMs: nowMs };
  if (observation.kind !== 'Value') return { ...base, verdict: observation.kind, windowStartMs: null };
  const windowStartMs = observation.dataTimeMs - observation.windowSeconds * 1000;
  return { ...base, verdict: verdictOf(indicator, observation), windowStartMs };
}

/** Of what could be measured a breach is one, whatever the rest is; that all is well only the whole can say. */
function unreserved(indicator: Indicator, observation: Observation): Observation {
  if (observation.kind !== 'Value' || observation.unless === undefined || verdictOf(indicator, observation) === 'Breach')
    return observation;
  const { unless, source } = observation;
  return unless.cause === 'Insufficient'
    ? { kind: 'Insufficient', message: unless.message, sampleCount: unless.sampleCount, computation: unless.computation, source }
    : { kind: 'NoData', cause: unless.cause, message: unless.message, source };
}

/** The verdict is Ok and the value is within `clear`: what an indicator needs to leave Firing. */
export function withinClear(assessment: Assessment): boolean {
  const { observation, indicator, verdict } = assessment;
  return verdict === 'Ok' && observation.kind === 'Value' && !isBeyond(indicator.threshold, observation.value, indicator.threshold.clear);
}

/** A breach, or a reading that failed where the indicator's owner says that failing counts as one. */
export function countsAsBreach(assessment: Assessment): boolean {
  if (assessment.verdict === 'NoData') return assessment.indicator.onNoData === 'Breach';
  if (assessment.verdict === 'Error') return assessment.indicator.onError === 'Breach';
  return assessment.verdict === 'Breach';
}

/**
 * Whether a breach may lead to a higher stage. Where the value does not scale with share, a lower one can't have helped: that it goes
 * on says nothing new, only that it is beyond `severe` does.
 */
export function mayEscalate({ indicator, observation, verdict }: Assessment): boolean {
  if (verdict !== 'Breach' || observation.kind !== 'Value') return false;
  return indicator.scalesWith === 'Share' || isSevere(indicator.threshold, observation);
}

/** Beyond `severe`, with all of the interval where the signal gives one. */
export function isSevere(threshold: Threshold, { value, interval }: Pick<ValueObservation, 'value' | 'interval'>): boolean {
  const { severe } = threshold;
  return severe !== null && isBeyond(threshold, interval === null ? value : goodEnd(threshold, interval), severe);
}

function usable({ indicator, observation, nowMs }: JudgeInput): Observation {
  if (observation.kind !== 'Value') return observation;
  if (Number.isNaN(observation.value)) return noData(observation, 'NotANumber', 'the value is not a number');
  if (!Number.isFinite(observation.value)) return noData(observation, 'Infinite', 'the value is infinite');
  const ageMs = nowMs - observation.dataTimeMs;
  if (Number.isNaN(ageMs)) return noData(observation, 'Stale', 'the newest sample carries no time');
  if (ageMs < -futureToleranceMs)
    return noData(observation, 'FutureTimestamp', `the newest sample is ${seconds(-ageMs)} s ahead of the clock`);
  if (ageMs > indicator.staleAfterSeconds * 1000) {
    return noData(observation, 'Stale', `the newest sample is ${seconds(ageMs)} s old, limit ${String(indicator.staleAfterSeconds)} s`);
  }
  return observation;
}

function verdictOf({ threshold, minSamples }: Indicator, observation: ValueObservation): 'Ok' | 'Warn' | 'Breach' | 'Insufficient' {
  const { value, sampleCount, noiseFloor, interval } = observation;
  // Written so that a count that is not a number is too few, not enough.
  if (minSamples !== null && minSamples > 0 && !(sampleCount !== null && sampleCount >= minSamples)) return 'Insufficient';
  if (minSamples === null && drownsInNoise(threshold, noiseFloor)) return 'Insufficient';
  if (isBeyond(threshold, value, threshold.breach)) {
    const beyondNoise = noiseFloor === null || isBeyond(threshold, value, noiseFloor);
    const beyondDoubt = interval === null || isBeyond(threshold, goodEnd(threshold, interval), threshold.breach);
    return beyondNoise && beyondDoubt ? 'Breach' : 'Warn';
  }
  if (interval !== null && !isWithin(threshold, badEnd(threshold, interval), threshold.breach)) return 'Insufficient';
  return isBeyond(threshold, value, threshold.warn ?? threshold.clear) ? 'Warn' : 'Ok';
}

/** Chance alone reaches more than half of the limit: with so few rows a value within it says as little as one beyond it. */
export function drownsInNoise({ direction, breach }: Threshold, noiseFloor: number | null): boolean {
  // A limit of 0 asks for significance alone, whatever the size.
  return direction === 'Above' && breach > 0 && noiseFloor !== null && !(noiseFloor <= breach / 2);
}

function goodEnd({ direction }: Threshold, { low, high }: Interval): number {
  return direction === 'Above' ? low : high;
}

function badEnd({ direction }: Threshold, { low, high }: Interval): number {
  return direction === 'Above' ? high : low;
}

/** Not the contrary of beyond: an end that is not a number is neither. */
function isWithin({ direction }: Threshold, value: number, limit: number): boolean {
  return direction === 'Above' ? value <= limit : value >= limit;
}

function isBeyond({ direction }: Threshold, value: number, limit: number): boolean {
  return direction === 'Above' ? value > limit : value < limit;
}

function noData({ source }: ValueObservation, cause: NoDataCause, message: string): Observation {
  return { kind: 'NoData', cause, message, source };
}

function seconds(ms: number): string {
  return String(Math.round(ms / 1000));
}
