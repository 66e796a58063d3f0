import type { BinnedCounts } from './histogram.ts';

/** One bucket of a native histogram. Which end it includes is the same on both sides of a comparison, so it is not kept. */
export interface NativeBucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/** A native histogram as the query API answers it: empty buckets absent. `count` includes observations that were NaN, which are in no bucket. */
export interface NativeHistogram {
  readonly count: number;
  readonly buckets: readonly NativeBucket[];
}

/** Counts of both sides over the same bins, which may leave gaps where neither side has rows. */
export interface AlignedBuckets {
  readonly lowers: readonly number[];
  readonly uppers: readonly number[];
  readonly reference: readonly number[];
  readonly live: readonly number[];
}

/** Each further bin needs rows to tell its change from chance; with this many an octave is still cut where values lie close. */
export const maxNativeBins = 32;

/** What makes these buckets unusable, or null. */
export function nativeProblem({ count, buckets }: NativeHistogram): string | null {
  const odd = buckets.find(({ lower, upper, count: rows }) => !(lower <= upper) || !Number.isFinite(rows) || rows < 0);
  if (odd !== undefined) return `bucket [${String(odd.lower)}, ${String(odd.upper)}] with count ${String(odd.count)} is not a bucket`;
  return Number.isFinite(count) && count >= 0 ? null : `a histogram of ${String(count)} observations is none`;
}

/** Share of the observations that were NaN. */
export function nanShare({ count, buckets }: NativeHistogram): number {
  const counted = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  return count > 0 ? Math.max(0, 1 - counted / count) : 0;
}

/**
 * Both sides over bins that hold whole buckets of either: where one side is coarser, the finer buckets inside of it are summed up. Nothing is split or
 * interpolated. Zero buckets of two widths become one like any others that overlap.
 */
export function alignNative(reference: readonly NativeBucket[], live: readonly NativeBucket[], maxBins = maxNativeBins): AlignedBuckets {
  const counted = [...reference.map((bucket) => ({ ...bucket, isLive: false })), ...live.map((bucket) => ({ ...bucket, isLive: true }))]
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.lower - b.lower || a.upper - b.upper);
  const bins: Bin[] = [];
  for (const { lower, upper, count, isLive } of counted) {
    const last = bins.at(-1);
    const own = { lower, upper, reference: isLive ? 0 : count, live: isLive ? count : 0 };
    if (last === undefined || (isAbove(lower, last.upper) && !isSamePoint(last, own))) bins.push(own);
    else bins[bins.length - 1] = joined(last, own);
  }
  const coarse = coarsen(bins, maxBins);
  return {
    lowers: coarse.map(({ lower }) => lower),
    uppers: coarse.map(({ upper }) => upper),
    reference: coarse.map((bin) => bin.reference),
    live: coarse.map((bin) => bin.live),
  };
}

/** Buckets as bins over the whole line: gaps are bins of 0. */
export function toBinned(buckets: readonly NativeBucket[]): BinnedCounts {
  const { lowers, uppers, reference } = alignNative(buckets, []);
  const upperBounds: number[] = [];
  const counts: number[] = [];
  for (const [bin, upper] of uppers.entries()) {
    const lower = lowers[bin] ?? upper;
    if (lower < upper && lower > (upperBounds.at(-1) ?? -Infinity)) {
      upperBounds.push(lower);
      counts.push(0);
    }
    upperBounds.push(upper);
    counts.push(reference[bin] ?? 0);
  }
  if (upperBounds.at(-1) === Infinity) return { upperBounds, counts };
  return { upperBounds: [...upperBounds, Infinity], counts: [...counts, 0] };
}

/** Bins with rows as buckets. */
export function fromBinned({ upperBounds, counts }: BinnedCounts): readonly NativeBucket[] {
  return upperBounds
    .map((upper, bin) => ({ lower: upperBounds[bin - 1] ?? -Infinity, upper, count: counts[bin] ?? 0 }))
    .filter(({ count }) => count > 0);
}

interface Bin {
  readonly lower: number;
  readonly upper: number;
  readonly reference: number;
  readonly live: number;
}

/** Schemas write one bound alike, but for its last digit. */
function isAbove(lower: number, upper: number): boolean {
  return lower >= upper || (Number.isFinite(upper) && upper - lower <= 1e-12 * Math.abs(upper));
}

/** Two buckets of one single value overlap although neither has a width. */
function isSamePoint(one: Bin, other: Bin): boolean {
  return one.lower === one.upper && other.lower === other.upper && one.upper === other.lower;
}

function joined(one: Bin, other: Bin): Bin {
  return {
    lower: Math.min(one.lower, other.lower),
    upper: Math.max(one.upper, other.upper),
    reference: one.reference + other.reference,
    live: one.live + other.live,
  };
}

/** Puts neighbours together that share a bucket of a coarser schema (bounds 2^(k 2^-schema)), from the finest on, until few enough are left. */
function coarsen(bins: readonly Bin[], maxBins: number): readonly Bin[] {
  let coarse = bins;
  for (let schema = 8; schema >= -10 && coarse.length > maxBins; schema--) {
    const groups = new Map<string, Bin>();
    for (const bin of bins) {
      const key = coarseBucketOf(bin, schema);
      const known = groups.get(key);
      groups.set(key, known === undefined ? bin : joined(known, bin));
    }
    coarse = [...groups.values()];
  }
  return coarse;
}

function coarseBucketOf({ lower, upper }: Bin, schema: number): string {
  if (upper <= 0) return `-${String(exponentOf(-lower, schema))}`;
  return lower < 0 ? '0' : `+${String(exponentOf(upper, schema))}`;
}

/** Index of the bucket that ends at this bound or holds it; bounds are rounded, so one on the limit counts as on it. */
function exponentOf(bound: number, schema: number): number {
  return Math.ceil(Math.log2(bound) * 2 ** schema - 1e-6);
}
