import type { Interval } from '../model/observation.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import { matureRows, type CohortRule } from './cohort.ts';
import type { YesLabel } from './decision-counts.ts';
import { binHistogram, commonBounds, mergeBins, total, type BinnedCounts } from './histogram.ts';
import type { Measured } from './label-coverage.ts';
import { reach } from './proportion.ts';
import type { StatisticGap } from './reading.ts';
import { gap, tally, type Row } from './row.ts';

/** How well scores tell those who come true from the others: scores in buckets, counted by outcome. */
export interface SeparationRule {
  readonly outcome: YesLabel;
  readonly cohort: CohortRule | null;
  readonly falseAlarmProbability: number;
  /** Rows that carry as much as one independent row, at least 1. Left out: 1. */
  readonly designEffect?: number;
}

interface Separation {
  readonly value: number;
  /** The true area lies within this of the value, whatever the scores inside the buckets are. */
  readonly ambiguity: number;
}

const minCommonBins = 3;
/** As many numbers as the record of an incident holds under one name. */
const maxBins = 256;

/**
 * Area under the ROC curve: the chance that the score of one who came true is above that of one who didn't, ties counted half. The interval is what the
 * buckets leave open, widened at each end by the sampling error there (Hanley and McNeil 1982).
 */
export function measureSeparation(rule: SeparationRule, rows: readonly Row[], askedAtMs: EpochMs): Result<Measured, StatisticGap> {
  const mature = rule.cohort === null ? success({ rows, dataTimeMs: null }) : matureRows(rows, rule.cohort, askedAtMs);
  if (!mature.ok) return mature;
  const sides = readSides(rule, mature.value.rows);
  if (!sides.ok) return sides;
  const { positive, other, upperBounds } = sides.value;
  const [positives, others] = [total(positive), total(other)];
  if (!Number.isFinite(positives + others)) return gap('Infinite', 'the counts add up to infinity');
  const { falseAlarmProbability, designEffect = 1 } = rule;
  const computation = { statistic: 'AUC', parameters: { falseAlarmProbability, designEffect }, counts: { upperBounds, positive, other } };
  const sampleCount = Math.floor(Math.min(positives, others));
  if (!(positives >= 1 && others >= 1))
    return failure({ cause: 'Insufficient', message: 'all outcomes in the window are the same', sampleCount, computation });
  const { value, interval } = separate({ positive, other }, { falseAlarmProbability, designEffect });
  const { dataTimeMs } = mature.value;
  const aged = dataTimeMs === null ? {} : { dataTimeMs };
  return success({ reading: { value, sampleCount, noiseFloor: null, interval, computation, ...aged }, outcomes: positives + others });
}

/** Both sides have rows. */
export function separate(
  { positive, other }: { readonly positive: readonly number[]; readonly other: readonly number[] },
  { falseAlarmProbability, designEffect }: { readonly falseAlarmProbability: number; readonly designEffect: number },
): { readonly value: number; readonly interval: Interval } {
  const [positives, others] = [total(positive), total(other)];
  const { value, ambiguity } = areaUnderCurve(positive, other);
  const [low, high] = [value - ambiguity, value + ambiguity];
  const error = (area: number) => reach(falseAlarmProbability) * standardError(area, positives / designEffect, others / designEffect);
  return { value, interval: { low: Math.max(0, low - error(low)), high: Math.min(1, high + error(high)) } };
}

/** From counts in the same bins, scores ascending; both sides have rows. */
export function areaUnderCurve(positive: readonly number[], other: readonly number[]): Separation {
  const [positives, others] = [total(positive), total(other)];
  let below = 0;
  let area = 0;
  let tied = 0;
  for (const [bin, count] of positive.entries()) {
    const [p, n] = [count / positives, (other[bin] ?? 0) / others];
    area += p * (below + n / 2);
    tied += p * n;
    below += n;
  }
  return { value: area, ambiguity: tied / 2 };
}

/** Near a perfect area the formula says that nothing is uncertain; half a row of the smaller side always is. */
export function standardError(area: number, positives: number, others: number): number {
  const least = Math.min(0.5, 0.5 / Math.min(positives, others));
  const a = Math.min(1 - least, Math.max(least, area));
  const [q1, q2] = [a / (2 - a), (2 * a * a) / (1 + a)];
  const variance = (a * (1 - a)) / (positives * others) + (q1 - a * a) / others + (q2 - a * a) / positives;
  // (P-1)/(PN) written as 1/N - 1/(PN): the products of large counts would lose it.
  const less = (q1 + q2 - 2 * a * a) / (positives * others);
  return Math.sqrt(Math.max(0, variance - less));
}

interface Sides {
  readonly upperBounds: readonly number[];
  readonly positive: readonly number[];
  readonly other: readonly number[];
}

function readSides({ outcome, cohort }: SeparationRule, rows: readonly Row[]): Result<Sides, StatisticGap> {
  const tallies = tally(rows, [outcome.label, 'le', ...(cohort === null ? [] : [cohort.label])]);
  if (!tallies.ok) return tallies;
  if (tallies.value.length === 0) return gap('Empty', 'the query has no buckets for this model');
  const cumulative = { positive: new Map<string, number>(), other: new Map<string, number>() };
  for (const {
    keys: [label = '', le = ''],
    count,
  } of tallies.value) {
    if (label === '') return gap('Incomparable', `a bucket has no label ${outcome.label}, so what came of its rows is not known`);
    const side = cumulative[label === outcome.yes ? 'positive' : 'other'];
    side.set(le, (side.get(le) ?? 0) + count);
  }
  const [positive, other] = [readBins(cumulative.positive, cumulative.other), readBins(cumulative.other, cumulative.positive)];
  if (!positive.ok) return positive;
  if (!other.ok) return other;
  const upperBounds = commonBounds(positive.value, other.value);
  if (upperBounds.length < minCommonBins || upperBounds.length > maxBins)
    return gap(
      'Incomparable',
      `the two outcomes have ${String(upperBounds.length)} bucket bounds in common, ${String(minCommonBins)} to ${String(maxBins)} are needed`,
    );
  return success({
    // The last bound is +Infinity, which JSON can't say.
    upperBounds: upperBounds.slice(0, -1),
    positive: mergeBins(positive.value, upperBounds),
    other: mergeBins(other.value, upperBounds),
  });
}

/** An outcome that never came has no series: it has the buckets of the other one, and nothing in them. */
function readBins(cumulative: ReadonlyMap<string, number>, ofOther: ReadonlyMap<string, number>): Result<BinnedCounts, StatisticGap> {
  const buckets = cumulative.size > 0 ? [...cumulative] : [...ofOther.keys()].map((le) => [le, 0] as const);
  const histogram = binHistogram(buckets.map(([le, count]) => ({ le, count })));
  return histogram.kind === 'Binned' ? success(histogram.binned) : gap('Incomparable', histogram.message);
}
