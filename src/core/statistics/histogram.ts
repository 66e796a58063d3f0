/** Counts per bin. Bin i is (upperBounds[i-1], upperBounds[i]]; bounds ascend and the last is +Infinity. */
export interface BinnedCounts {
  readonly upperBounds: readonly number[];
  readonly counts: readonly number[];
}

/** One bucket of a classic histogram: `le` as the label says it, cumulative count. */
export interface CumulativeBucket {
  readonly le: string;
  readonly count: number;
}

export type BinnedHistogram =
  /** `repaired`: a bucket counted less than the one below it and was lifted, as Prometheus does, by `deepestDip` rows at most. */
  | { readonly kind: 'Binned'; readonly binned: BinnedCounts; readonly repaired: boolean; readonly deepestDip: number }
  | { readonly kind: 'Malformed'; readonly message: string };

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
  let deepestDip = 0;
  const counts = sorted.map(({ count }) => {
    const isDip = below - count > dipTolerance * (below + count);
    repaired ||= isDip;
    if (isDip) deepestDip = Math.max(deepestDip, below - count);
    const lifted = Math.max(below, count);
    const inBin = lifted - below;
    below = lifted;
    return inBin;
  });
  return { kind: 'Binned', binned: { upperBounds: sorted.map(({ bound }) => bound), counts }, repaired, deepestDip };
}

/** Upper bounds both have. */
export function commonBounds(one: BinnedCounts, other: BinnedCounts): readonly number[] {
  const others = new Set(other.upperBounds);
  return one.upperBounds.filter((bound) => others.has(bound));
}

/** Sums neighbouring bins up to each of `bounds`, which must be among its own; a bin is never split. */
export function mergeBins({ upperBounds, counts }: BinnedCounts, bounds: readonly number[]): readonly number[] {
  let bin = 0;
  return bounds.map((bound) => {
    let sum = 0;
    for (; (upperBounds[bin] ?? Infinity) <= bound && bin < counts.length; bin++) sum += counts[bin] ?? 0;
    return sum;
  });
}

export function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}

function parseBound(le: string): number {
  if (le === '+Inf' || le === 'Inf') return Infinity;
  return le.trim() === '' ? NaN : Number(le);
}
