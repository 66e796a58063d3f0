import { failure, success, type Result } from '../../shared/result.ts';
import type { Computation } from '../model/observation.ts';
import type { ComparisonSample, SampleRule } from './comparison-sample.ts';
import { confidenceSequence, logEvidence } from './confidence-sequence.ts';
import { independentRows, rate, type Share } from './proportion.ts';
import type { StatisticGap, StatisticReading } from './reading.ts';
import { gap } from './row.ts';

export interface ComparisonRule {
  /** Chance, over all looks at one sample together, that the interval leaves the true difference out. */
  readonly falseAlarmProbability: number;
  /** Difference the interval is made to be narrow for. */
  readonly detectableEffect: number;
  /** Rows that carry as much as one independent row, at least 1. */
  readonly designEffect: number;
}

/** How much larger a share is than that of another version at the same time. */
export interface ComparisonDefinition extends ComparisonRule, SampleRule {
  readonly kind: 'Comparison';
}

export interface ComparedShares {
  readonly own: Share;
  readonly other: Share;
}

/** With fewer events or others, counted and expected, a share is not near enough to normal for so many looks (simulated: bench/statistics/peeking.ts). */
const minCell = 20;

export function readComparison(
  definition: ComparisonDefinition,
  from: { readonly version: string; readonly sample?: ComparisonSample | null },
): Result<StatisticReading, StatisticGap> {
  const { version } = definition;
  if (version === from.version) return gap('Incomparable', `version ${version} is the reference itself and is not compared to itself`);
  const sample = from.sample ?? null;
  if (sample === null)
    return failure({
      cause: 'Insufficient',
      message: 'a new sample begins with the first whole window after the stage in force',
      sampleCount: 0,
      computation: { statistic: 'Comparison', parameters: parametersOf(definition), counts: {} },
    });
  const measured = measureComparison(definition, sample);
  const windows = { windows: sample.windows, sampleSeconds: definition.sampleSeconds };
  const recorded = (computation: Computation) => ({ ...computation, parameters: { ...computation.parameters, ...windows } });
  if (!measured.ok) {
    const { failure: lack } = measured;
    return lack.cause === 'Insufficient' ? failure({ ...lack, computation: recorded(lack.computation) }) : measured;
  }
  const windowSeconds = (sample.endMs - sample.startMs) / 1000;
  const { computation } = measured.value;
  return success({ ...measured.value, computation: recorded(computation), dataTimeMs: sample.endMs, windowSeconds });
}

/**
 * Difference own - other with an interval that holds at every look at a growing sample together (normal mixture). Its variance is that of shares with one
 * event and one other more on either side (Agresti and Caffo 2000): of an event nobody has seen yet chance is not known to be none.
 */
export function measureComparison(rule: ComparisonRule, shares: ComparedShares): Result<StatisticReading, StatisticGap> {
  const { falseAlarmProbability, detectableEffect, designEffect } = rule;
  const computation: Computation = {
    statistic: 'Comparison',
    parameters: parametersOf(rule),
    counts: { own: cellsOf(shares.own), other: cellsOf(shares.other) },
  };
  const [own, other] = [independentRows(shares.own, designEffect), independentRows(shares.other, designEffect)];
  const sampleCount = Math.floor(Math.min(shares.own.trials, shares.other.trials));
  if (!isTelling(own, other))
    return failure({
      cause: 'Insufficient',
      message: `not enough is known of either share: each side needs ${String(minCell)} events and as many others, counted or expected${designEffect > 1 ? `, after division by designEffect ${String(designEffect)}` : ''}`,
      sampleCount,
      computation,
    });
  const value = rate(own) - rate(other);
  const variance = varianceOf(own) + varianceOf(other);
  const { low, high } = confidenceSequence({ value, variance }, { scale: detectableEffect, alpha: falseAlarmProbability });
  const interval = { low: Math.max(-1, low), high: Math.min(1, high) };
  // For the record: against no difference at all, whatever the limit.
  const parameters = { ...computation.parameters, logEvidence: logEvidence({ value, variance }, detectableEffect) };
  return success({ value, sampleCount, noiseFloor: null, interval, computation: { ...computation, parameters } });
}

function parametersOf({ falseAlarmProbability, detectableEffect, designEffect }: ComparisonRule): Computation['parameters'] {
  return { falseAlarmProbability, detectableEffect, designEffect };
}

function varianceOf({ successes, trials }: Share): number {
  const [n, p] = [trials + 2, (successes + 1) / (trials + 2)];
  return (p * (1 - p)) / n;
}

function isTelling(own: Share, other: Share): boolean {
  const alike = (own.successes + other.successes) / (own.trials + other.trials);
  return [own, other].every(
    ({ successes, trials }) =>
      Math.max(successes, trials * alike) >= minCell && Math.max(trials - successes, trials * (1 - alike)) >= minCell,
  );
}

function cellsOf({ successes, trials }: Share): readonly number[] {
  return [successes, trials];
}
