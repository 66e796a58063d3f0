import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { assertNever } from '../../shared/assert-never.ts';
import { success, type Result } from '../../shared/result.ts';
import type { Computation } from '../model/observation.ts';
import { chiSquareLimit, type ChiSquareLimit } from './chi-square-limit.ts';
import { total } from './histogram.ts';
import { fitLogistic, type LogisticGroup } from './logistic-fit.ts';
import type { StatisticGap, StatisticReading } from './reading.ts';
import { gap, tally, type Row, type Tally } from './row.ts';

/**
 * ExpectedCalibrationError: share-weighted gap between score and outcome, 0 is perfect. ObservedExpectedRatio: outcomes over scores, 1 is perfect.
 * Slope: of the logit of the outcome on that of the score, 1 is perfect, below 1 is overconfident. Intercept: in the large, 0 is perfect.
 */
export type CalibrationMetric = 'ExpectedCalibrationError' | 'ObservedExpectedRatio' | 'Slope' | 'Intercept';

/** Whether scores mean what they say, from outcomes counted by score bin. */
export interface CalibrationDefinition {
  readonly kind: 'Calibration';
  readonly metric: CalibrationMetric;
  /** Label that says which bin of scores a count is of. */
  readonly binLabel: string;
  /** Chance of a breach beyond noise of a calibrated model, per look; the interval has one minus that confidence. */
  readonly falseAlarmProbability: number;
  /** Rows that carry as much as one independent row, at least 1. Left out: 1. */
  readonly designEffect?: number;
}

type CalibrationRule = Omit<CalibrationDefinition, 'kind' | 'binLabel'>;

/** Rows of one bin of scores. */
export interface CalibrationBin {
  readonly n: number;
  readonly scoreSum: number;
  readonly positives: number;
}

const minBins = 3;
/** Below this expected count in a bin the chi-square approximation does not hold. */
const minExpected = 5;
const clip = 1e-6;
/** Sums of floats may exceed what they can't exceed by this share. */
const floatNoise = 1e-9;

export function readCalibration(
  definition: CalibrationDefinition,
  rows: (part: string) => readonly Row[],
  limit = chiSquareLimit,
): Result<StatisticReading, StatisticGap> {
  const bins = readBins(definition, rows);
  return bins.ok ? measureCalibration(definition, bins.value, limit) : bins;
}

export function measureCalibration(
  rule: CalibrationRule,
  bins: readonly CalibrationBin[],
  limit = chiSquareLimit,
): Result<StatisticReading, StatisticGap> {
  const filled = bins.filter((bin) => bin.n > 0);
  const n = total(filled.map((bin) => bin.n));
  if (n === 0) return gap('Empty', 'no outcomes in the window');
  const impossible = filled.find((bin) => Math.max(bin.scoreSum, bin.positives) > bin.n * (1 + floatNoise));
  if (impossible !== undefined)
    return gap(
      'Incomparable',
      'a bin holds more positives, or a higher sum of scores, than rows; count all three when the outcome arrives',
    );
  const computation = computationOf(rule, filled);
  const insufficient = (message: string) => ({
    ok: false as const,
    failure: { cause: 'Insufficient' as const, message, sampleCount: Math.floor(n), computation },
  });
  if (filled.length < minBins) return insufficient(`${String(filled.length)} bins of scores hold rows, ${String(minBins)} are needed`);
  const measured = measure(rule, filled, limit);
  return typeof measured === 'string' ? insufficient(measured) : success({ ...measured, sampleCount: Math.floor(n), computation });
}

type Measured = Pick<StatisticReading, 'value' | 'noiseFloor' | 'interval'>;

/** A text says why there is no value. */
function measure(
  { metric, falseAlarmProbability, designEffect = 1 }: CalibrationRule,
  bins: readonly CalibrationBin[],
  limit: ChiSquareLimit,
): Measured | string {
  const z = normalQuantile(1 - falseAlarmProbability / 2, 0, 1) * Math.sqrt(designEffect);
  switch (metric) {
    case 'ExpectedCalibrationError': {
      const value = expectedCalibrationError(bins);
      const test = hosmerLemeshow(bins);
      if (test.bins < minBins) return `fewer than ${String(minBins)} bins expect ${String(minExpected)} outcomes of either kind`;
      return {
        value,
        noiseFloor: chanceError(bins, test, { critical: limit(1 - falseAlarmProbability, test.bins), designEffect }),
        interval: null,
      };
    }
    case 'ObservedExpectedRatio': {
      const [expected, observed] = [total(bins.map(({ scoreSum }) => scoreSum)), total(bins.map(({ positives }) => positives))];
      const least = minExpected * designEffect;
      if (observed < least || expected < least) return `${String(Math.floor(observed))} positives, ${String(least)} are needed`;
      const others = total(bins.map(({ n }) => n)) - Math.min(observed, expected);
      if (others < least) return `${String(Math.floor(others))} others, counted or expected, ${String(least)} are needed`;
      const error = Math.sqrt(Math.max(varianceOf(bins, 'positives'), varianceOf(bins, 'scoreSum'))) / expected;
      const value = observed / expected;
      return { value, noiseFloor: null, interval: { low: value - z * error, high: value + z * error } };
    }
    case 'Slope': {
      const fit = fitLogistic(groupsOf(bins, 'Free'), 'InterceptAndSlope');
      if (fit?.slope == null || fit.slopeError === null) return 'the outcomes are separated by score: no slope can be fitted';
      return around(fit.slope, z * fit.slopeError);
    }
    case 'Intercept': {
      const fit = fitLogistic(groupsOf(bins, 'SlopeOne'), 'Intercept');
      return fit === null ? 'all outcomes are alike: no intercept can be fitted' : around(fit.intercept, z * fit.interceptError);
    }
    default:
      return assertNever(metric);
  }
}

/** Of the positives, by the shares counted or those the scores promise: where all came true by chance the shares counted know no doubt. */
function varianceOf(bins: readonly CalibrationBin[], of: 'positives' | 'scoreSum'): number {
  return total(bins.map((bin) => Math.max(0, bin[of] * (1 - bin[of] / bin.n))));
}

function around(value: number, halfWidth: number): Measured {
  return { value, noiseFloor: null, interval: { low: value - halfWidth, high: value + halfWidth } };
}

/** Sum over bins of n_b/N |conf_b - acc_b| (Naeini 2015; Guo 2017). */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number {
  return total(bins.map(({ scoreSum, positives }) => Math.abs(scoreSum - positives))) / total(bins.map(({ n }) => n));
}

/** Sum over bins of (y - s)^2 / (s (1 - s/n)); chi-square with one degree of freedom a bin for a model that was not fitted on these rows. */
export function hosmerLemeshow(bins: readonly CalibrationBin[]): { readonly chiSquare: number; readonly bins: number } {
  const merged = mergeThin(bins);
  const chiSquare = total(merged.map(({ n, scoreSum, positives }) => (positives - scoreSum) ** 2 / (scoreSum * (1 - scoreSum / n))));
  return { chiSquare, bins: merged.length };
}

/**
 * The error at which gaps of this very shape would just be beyond chance: scaling all gaps by t scales the error by t and the test's
 * chi-square by t squared, so the error is above this floor exactly when the test is. With no gap at all: what chance alone gives on average. Rows that
 * come alike divide the chi-square (Rao and Scott 1981); bins are merged as they were counted, or a larger design effect could show more.
 */
function chanceError(
  bins: readonly CalibrationBin[],
  test: ReturnType<typeof hosmerLemeshow>,
  { critical, designEffect }: { readonly critical: number; readonly designEffect: number },
): number {
  const value = expectedCalibrationError(bins);
  const chance = test.chiSquare > 0 && value > 0 ? value * Math.sqrt(critical / test.chiSquare) : meanChanceError(bins);
  return chance * Math.sqrt(designEffect);
}

/** sqrt(2/pi) times the sum of sqrt(w_b conf (1 - conf) / N): the error a calibrated model shows on average. */
function meanChanceError(bins: readonly CalibrationBin[]): number {
  const n = total(bins.map((bin) => bin.n));
  return Math.sqrt(2 / Math.PI) * total(bins.map((bin) => Math.sqrt((bin.n / n) * confidenceOf(bin) * (1 - confidenceOf(bin)) * (1 / n))));
}

function confidenceOf({ n, scoreSum }: CalibrationBin): number {
  return Math.min(1 - clip, Math.max(clip, scoreSum / n));
}

/** Neighbours join until each bin expects enough outcomes of either kind; what is left over joins the last. */
function mergeThin(bins: readonly CalibrationBin[]): readonly CalibrationBin[] {
  const merged: CalibrationBin[] = [];
  let open: CalibrationBin | null = null;
  for (const bin of bins) {
    const joined: CalibrationBin = open === null ? bin : join(open, bin);
    const expectsEnough = joined.scoreSum >= minExpected && joined.n - joined.scoreSum >= minExpected;
    if (expectsEnough) merged.push(joined);
    open = expectsEnough ? null : joined;
  }
  const last = merged.pop();
  if (last === undefined) return [];
  return [...merged, open === null ? last : join(last, open)];
}

function join(one: CalibrationBin, other: CalibrationBin): CalibrationBin {
  return { n: one.n + other.n, scoreSum: one.scoreSum + other.scoreSum, positives: one.positives + other.positives };
}

function groupsOf(bins: readonly CalibrationBin[], slope: 'Free' | 'SlopeOne'): readonly LogisticGroup[] {
  return bins.map((bin) => {
    const logit = Math.log(confidenceOf(bin) / (1 - confidenceOf(bin)));
    return { n: bin.n, successes: bin.positives, x: logit, offset: slope === 'SlopeOne' ? logit : 0 };
  });
}

function computationOf({ metric, falseAlarmProbability, designEffect = 1 }: CalibrationRule, bins: readonly CalibrationBin[]): Computation {
  return {
    statistic: metric,
    parameters: { falseAlarmProbability, designEffect },
    counts: {
      rows: bins.map(({ n }) => n),
      scoreSum: bins.map(({ scoreSum }) => scoreSum),
      positives: bins.map(({ positives }) => positives),
    },
  };
}

function readBins(
  { binLabel }: CalibrationDefinition,
  rows: (part: string) => readonly Row[],
): Result<readonly CalibrationBin[], StatisticGap> {
  const [counts, scoreSums, positives] = [
    tally(rows('value'), [binLabel]),
    tally(rows('scoreSum'), [binLabel]),
    tally(rows('positives'), [binLabel]),
  ];
  if (!counts.ok) return counts;
  if (!scoreSums.ok) return scoreSums;
  if (!positives.ok) return positives;
  if (counts.value.length === 0) return gap('Empty', 'the calibration query has no bins for this model');
  const [sumOf, positivesOf] = [byBin(scoreSums.value), byBin(positives.value)];
  const bins: CalibrationBin[] = [];
  for (const {
    keys: [bin = ''],
    count,
  } of counts.value) {
    const scoreSum = sumOf.get(bin);
    if (count === 0) continue;
    if (scoreSum === undefined)
      return gap('Incomparable', `bin ${binLabel}="${bin}" has rows and no sum of scores; count both when the outcome arrives`);
    bins.push({ n: count, scoreSum, positives: positivesOf.get(bin) ?? 0 });
  }
  return success(bins.sort((one, other) => one.scoreSum / one.n - other.scoreSum / other.n));
}

function byBin(tallies: readonly Tally[]): ReadonlyMap<string, number> {
  return new Map(tallies.map(({ keys: [bin = ''], count }) => [bin, count]));
}
