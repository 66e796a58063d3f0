import chiSquareQuantile from '@stdlib/stats-base-dists-chisquare-quantile';
import { success, type Result } from '../../shared/result.ts';
import { binHistogram, commonBounds, mergeBins, total, type BinnedCounts } from './histogram.ts';
import type { StatisticGap, StatisticReading } from './reading.ts';
import { gap, tally, type Row } from './row.ts';

/** Population stability index of live histogram buckets against counts captured once. */
export interface DriftDefinition {
  readonly kind: 'Drift';
  readonly reference: BinnedCounts;
  /** Chance of exceeding the noise floor without any change, per look. */
  readonly falseAlarmProbability: number;
}

/** With fewer bins in common two histograms say nothing about shape. */
const minCommonBins = 3;

/** Drift of the histogram in the rows: one series a bound, cumulative counts, `+Inf` among them. */
export function readDrift(definition: DriftDefinition, rows: readonly Row[]): Result<StatisticReading, StatisticGap> {
  const live = readBins(rows);
  return live.ok ? measureDrift(definition, live.value) : live;
}

/**
 * PSI in nats over the bins both have, Jeffreys-smoothed, with what it would be by chance alone: without any change PSI / (1/n + 1/m) is about
 * chi-square with one degree of freedom less than there are bins (Yurdakul 2018).
 */
export function measureDrift(
  { reference, falseAlarmProbability }: Omit<DriftDefinition, 'kind'>,
  live: BinnedCounts,
): Result<StatisticReading, StatisticGap> {
  const bounds = commonBounds(reference, live);
  if (bounds.length < minCommonBins) {
    return gap(
      'Incomparable',
      `the histogram has ${String(bounds.length)} bucket bounds in common with the reference, ${String(minCommonBins)} are needed; pin a new reference`,
    );
  }
  const [referenceCounts, liveCounts] = [mergeBins(reference, bounds), mergeBins(live, bounds)];
  const [referenceCount, liveCount] = [total(referenceCounts), total(liveCounts)];
  if (!(referenceCount > 0)) return gap('Empty', 'the reference holds no rows; pin a new one');
  if (!(liveCount > 0)) return gap('Empty', 'no rows in the window');
  return success({
    value: populationStabilityIndex(smoothedShares(referenceCounts), smoothedShares(liveCounts)),
    sampleCount: Math.floor(liveCount),
    noiseFloor: chiSquareQuantile(1 - falseAlarmProbability, bounds.length - 1) * (1 / referenceCount + 1 / liveCount),
    interval: null,
    computation: {
      statistic: 'PSI',
      parameters: { falseAlarmProbability },
      // The last bound is +Infinity, which JSON can't say.
      counts: { upperBounds: bounds.slice(0, -1), reference: referenceCounts, live: liveCounts },
    },
  });
}

/** Sum of (q-p) ln(q/p) over bins, in nats. Shares of 0 give Infinity; smooth first. */
export function populationStabilityIndex(reference: readonly number[], live: readonly number[]): number {
  return total(
    reference.map((p, bin) => {
      const q = live[bin] ?? 0;
      return p === q ? 0 : (q - p) * Math.log(q / p);
    }),
  );
}

/** (c + 0.5) / (n + 0.5 B): an empty bin is a small share, not an infinite surprise. */
function smoothedShares(counts: readonly number[]): readonly number[] {
  const denominator = total(counts) + 0.5 * counts.length;
  return counts.map((count) => (count + 0.5) / denominator);
}

function readBins(rows: readonly Row[]): Result<BinnedCounts, StatisticGap> {
  const tallies = tally(rows, ['le']);
  if (!tallies.ok) return tallies;
  if (tallies.value.length === 0) return gap('Empty', 'the drift query has no buckets for this model');
  const histogram = binHistogram(tallies.value.map(({ keys: [le = ''], count }) => ({ le, count })));
  return histogram.kind === 'Binned' ? success(histogram.binned) : gap('Incomparable', histogram.message);
}
