import binomialCDF from '@stdlib/stats-base-dists-binomial-cdf';
import normalCDF from '@stdlib/stats-base-dists-normal-cdf';
import type { Threshold } from '../model/indicator.ts';
import type { Computation, Interval, Observation } from '../model/observation.ts';
import { cusumSlack } from './control-chart.ts';
import { chiSquareTail } from './drift-noise.ts';
import { driftChance, type Chance } from './drift-chance.ts';
import { driftMetrics } from './drift-metric.ts';
import { fairnessMetrics } from './fairness-comparison.ts';
import { total } from './histogram.ts';
import { reach } from './proportion.ts';
import { recordedBins, recordedDrift, recordedEvents } from './recorded-counts.ts';

/** What is supposed to be so while nothing is wrong: that counts of both sides come from one distribution, and so on. */
export const hypotheses = ['NoDrift', 'Calibrated', 'BudgetRate', 'AtClear', 'SampleAtClear', 'Baseline', 'Members', 'Counted'] as const;
export type Hypothesis = (typeof hypotheses)[number];

/** Chance of a Breach at one look while nothing is wrong, with as many rows as the reading had. */
export interface BreachChance extends Chance {
  readonly hypothesis: Hypothesis;
  /** Windows that share no rows breach independently of each other; not so where all are measured from one sample. */
  readonly windowsAreIndependent: boolean;
  /** The chance holds for all looks within so long together. Left out: for each look by itself. */
  readonly holdsForSeconds?: number;
}

type ValueObservation = Extract<Observation, { readonly kind: 'Value' }>;
export type CountedReading = Pick<ValueObservation, 'value' | 'noiseFloor' | 'interval' | 'computation'>;

/** Null: a value somebody else computed, or one whose law nobody knows (seasonal distances, MCC). */
export function breachChance(threshold: Threshold, { value, noiseFloor, interval, computation }: CountedReading): BreachChance | null {
  if (computation === null) return null;
  const level = Math.max(threshold.breach, noiseFloor ?? threshold.breach);
  const { statistic } = computation;
  const driftMetric = driftMetrics.find((each) => each === statistic);
  if (driftMetric !== undefined) {
    const { features, falseAlarmProbability } = computation.parameters;
    // Over many features Benjamini and Hochberg bound the chance that any is rejected while none changed.
    if (features !== undefined && falseAlarmProbability !== undefined)
      return shared('NoDrift', { atLeast: 0, atMost: falseAlarmProbability });
    const recorded = recordedDrift(driftMetric, computation);
    if (recorded === null) return null;
    const chance = driftChance(recorded.measure, recorded.counts, level);
    // A reference of fewer rows than a window moves all windows together: it fires once and stays, so nothing is known of the least.
    const isSmall = total(recorded.counts.reference) < total(recorded.counts.live);
    return shared('NoDrift', isSmall ? { ...chance, atLeast: 0 } : chance);
  }
  if (statistic === 'Comparison') return comparisonChance(computation);
  if (interval !== null) return intervalChance(threshold, { value, interval }, computation);
  switch (statistic) {
    case 'ExpectedCalibrationError':
      return calibrationChance(computation, level);
    case 'BurnRate':
      return burnRateChance(computation, level);
    case 'EWMA':
      return shared('Baseline', exactly(2 * normalCDF(-level, 0, 1)));
    case 'CUSUM':
      return shared('Baseline', cusumChance(level, (computation.counts['earlier']?.length ?? 0) + 1));
    case 'EventCount':
      return shared('Baseline', { atLeast: 0, atMost: Math.min(1, 10 ** -level) });
    default:
      return null;
  }
}

/** What is counted in full is no sample: while nothing is wrong it does not breach. */
export const countedChance: BreachChance = { atLeast: 0, atMost: 0, hypothesis: 'Counted', windowsAreIndependent: true };

/** By Markov's inequality so many members breach together at most as often as all of them do singly, divided by their number, however they hang together. */
export function quorumChance(members: readonly Chance[], atLeast: number): BreachChance {
  const atMost = Math.min(1, total(members.map((member) => member.atMost)) / atLeast);
  return { atLeast: 0, atMost, hypothesis: 'Members', windowsAreIndependent: false };
}

function shared(hypothesis: Hypothesis, chance: Chance): BreachChance {
  return { ...chance, hypothesis, windowsAreIndependent: false };
}

function exactly(chance: number): Chance {
  return { atLeast: chance, atMost: chance };
}

/**
 * The truth stands at `clear`, as far from breach as its owner calls good. An interval of z standard errors lies beyond breach when the point lies
 * z errors and the way from clear to breach off: one tail of the normal distribution, for each of the intervals that are looked at.
 */
function intervalChance(
  { breach, clear }: Threshold,
  { value, interval }: { readonly value: number; readonly interval: Interval },
  { statistic, parameters: { falseAlarmProbability, intervals = 1, sides = 2 } }: Computation,
): BreachChance | null {
  // The longer arm: where the other one was cut off at the end of the scale it would tell too small an error.
  const arm = Math.max(value - interval.low, interval.high - value);
  if (falseAlarmProbability === undefined || !(arm > 0)) return null;
  const beyond = (way: number): number =>
    normalCDF(-reach(((2 / sides) * falseAlarmProbability) / intervals) * (1 + Math.abs(way) / arm), 0, 1);
  const one = beyond(breach - clear);
  // A difference without its sign breaches on the far side of 0 too, and with clear at 0 as often.
  const either = one + (magnitudes.some((metric) => statistic.startsWith(`${metric}/`)) ? beyond(breach + clear) : 0);
  // One and the same sample is behind all windows: it goes wrong in all of them together, fires once and stays.
  const isPinned = statistic.endsWith('/Pinned');
  return {
    // Everybody holds the group itself: their difference varies less than its interval says.
    atLeast: isPinned || statistic.endsWith('/Overall') ? 0 : one,
    atMost: Math.min(1, intervals * either),
    hypothesis: 'AtClear',
    windowsAreIndependent: !isPinned,
  };
}

const magnitudes = fairnessMetrics.filter((metric) => metric !== 'ParityRatio');

/** Its interval holds at all looks at one sample together, and a sample is as long as it may be. */
function comparisonChance({ parameters: { falseAlarmProbability, sampleSeconds } }: Computation): BreachChance | null {
  if (falseAlarmProbability === undefined || sampleSeconds === undefined) return null;
  const chance = { atLeast: 0, atMost: falseAlarmProbability };
  return { ...chance, hypothesis: 'SampleAtClear', windowsAreIndependent: true, holdsForSeconds: sampleSeconds };
}

/** By Cauchy and Schwarz an error above `level` needs a chi-square above (level N)^2 / sum of variances; and it is never likelier than its floor says. */
function calibrationChance({ parameters, counts }: Computation, level: number): BreachChance | null {
  const bins = recordedBins(counts);
  const { falseAlarmProbability, designEffect = 1 } = parameters;
  if (bins === null || falseAlarmProbability === undefined) return null;
  const variance = designEffect * total(bins.map(({ n, scoreSum }) => scoreSum * (1 - scoreSum / n)));
  const tail = chiSquareTail((level * total(bins.map(({ n }) => n))) ** 2 / variance, bins.length);
  return { atLeast: 0, atMost: Math.min(falseAlarmProbability, tail), hypothesis: 'Calibrated', windowsAreIndependent: true };
}

/** Both windows must burn, so the rarer of the two bounds it. */
function burnRateChance({ parameters, counts }: Computation, level: number): BreachChance | null {
  const events = recordedEvents(counts);
  const { targetPercent, designEffect = 1 } = parameters;
  if (events === null || targetPercent === undefined) return null;
  const budget = 1 - targetPercent / 100;
  const tail = (all: number): number => {
    // As many as the events say as much as.
    const trials = Math.floor(all / designEffect);
    const most = Math.floor(((level * budget * all) / designEffect) * (1 + 1e-12));
    return most >= trials ? 0 : binomialCDF(trials - most - 1, trials, 1 - budget);
  };
  const atMost = Math.min(tail(events.long.total), tail(events.short.total));
  return { atLeast: 0, atMost, hypothesis: 'BudgetRate', windowsAreIndependent: true };
}

/**
 * A sum begun anew `readings` ago is as large as the greatest sum of the last few deviations, each less the slack: above the level at least as often as
 * the likeliest of these sums, at most as often as all of them together, and that on either side.
 */
function cusumChance(level: number, readings: number): Chance {
  const tails = Array.from(
    { length: readings },
    (_, index) => 2 * normalCDF(-(level + (index + 1) * cusumSlack) / Math.sqrt(index + 1), 0, 1),
  );
  return { atLeast: Math.max(...tails), atMost: Math.min(1, total(tails)) };
}
