import chiSquareQuantile from '@stdlib/stats-base-dists-chisquare-quantile';

/** Counts per bin. Bin i is (upperBounds[i-1], upperBounds[i]]; bounds ascend and the last is +Infinity. */
export interface BinnedCounts {
  readonly upperBounds: readonly number[];
  readonly counts: readonly number[];
}

export interface DriftInput {
  readonly reference: BinnedCounts;
  readonly live: BinnedCounts;
  /** Chance of exceeding the noise floor without any change, per look. */
  readonly falseAlarmProbability: number;
}

export type Drift =
  | {
      readonly kind: 'Measured';
      readonly psi: number;
      /** What `psi` stays under without any change, but for the declared chance of a false alarm. */
      readonly noiseFloor: number;
      /** Real numbers: `increase()` extrapolates. */
      readonly referenceCount: number;
      readonly liveCount: number;
      readonly bins: number;
    }
  | { readonly kind: 'Incomparable'; readonly commonBins: number }
  | { readonly kind: 'Empty'; readonly side: 'Reference' | 'Live' };

/** One bucket of a classic histogram: `le` as the label says it, cumulative count. */
export interface CumulativeBucket {
  readonly le: string;
  readonly count: number;
}

export type BinnedHistogram =
  /** `repaired`: a bucket counted less than the one below it and was lifted, as Prometheus does. */
  | { readonly kind: 'Binned'; readonly binned: BinnedCounts; readonly repaired: boolean }
  | { readonly kind: 'Malformed'; readonly message: string };

/** With fewer bins in common two histograms say nothing about shape. */
const minCommonBins = 3;
/** Prometheus' own tolerance: a dip this small against the two buckets' sum is float noise, not a repair. */
const dipTolerance = 1e-12;

/** Cumulative buckets in any order to counts per bin: bounds sorted as numbers, dips lifted to the running maximum, differences taken. */
export function binHistogram(buckets: readonly CumulativeBucket[]): BinnedHistogram {
  const sorted = buckets.map(({ le, count }) => ({ bound: parseBound(le), le, count })).sort((a, b) => a.bound - b.bound);
  const unreadable = sorted.find(({ bound, count }) => Number.isNaN(bound) || !Number.isFinite(count) || count < 0);
  if (unreadable !== undefined) {
    return { kind: 'Malformed', message: `bucket le="${unreadable.le}" with count ${String(unreadable.count)} is not a bucket` };
  }
  if (sorted.at(-1)?.bound !== Infinity) return { kind: 'Malformed', message: 'there is no bucket le="+Inf"' };
  const repeated = sorted.find(({ bound }, index) => sorted[index + 1]?.bound === bound);
  if (repeated !== undefined) return { kind: 'Malformed', message: `bucket le="${repeated.le}" stands there more than once` };
  let below = 0;
  let repaired = false;
  const counts = sorted.map(({ count }) => {
    repaired ||= below - count > dipTolerance * (below + count);
    const lifted = Math.max(below, count);
    const inBin = lifted - below;
    below = lifted;
    return inBin;
  });
  return { kind: 'Binned', binned: { upperBounds: sorted.map(({ bound }) => bound), counts }, repaired };
}

/** PSI of live against reference over the bins both have, Jeffreys-smoothed, with what it would be by chance alone. */
export function measureDrift({ reference, live, falseAlarmProbability }: DriftInput): Drift {
  const common = reference.upperBounds.filter((bound) => live.upperBounds.includes(bound));
  if (common.length < minCommonBins) return { kind: 'Incomparable', commonBins: common.length };
  const referenceCounts = mergeBins(reference, common);
  const liveCounts = mergeBins(live, common);
  const referenceCount = total(referenceCounts);
  const liveCount = total(liveCounts);
  if (!(referenceCount > 0)) return { kind: 'Empty', side: 'Reference' };
  if (!(liveCount > 0)) return { kind: 'Empty', side: 'Live' };
  const psi = populationStabilityIndex(smoothedShares(referenceCounts), smoothedShares(liveCounts));
  const noiseFloor = chiSquareQuantile(1 - falseAlarmProbability, common.length - 1) * (1 / referenceCount + 1 / liveCount);
  return { kind: 'Measured', psi, noiseFloor, referenceCount, liveCount, bins: common.length };
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

/** Sums neighbouring bins up to each common bound; a bin is never split. */
function mergeBins({ upperBounds, counts }: BinnedCounts, common: readonly number[]): readonly number[] {
  return common.map((bound, index) => {
    const lower = common[index - 1] ?? -Infinity;
    return total(counts.filter((_count, bin) => isWithin(upperBounds[bin], lower, bound)));
  });
}

function isWithin(bound: number | undefined, lower: number, upper: number): boolean {
  return bound !== undefined && bound > lower && bound <= upper;
}

function parseBound(le: string): number {
  if (le === '+Inf' || le === 'Inf') return Infinity;
  return le.trim() === '' ? NaN : Number(le);
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
