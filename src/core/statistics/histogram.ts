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
  const upperBounds: number[] = [];
  const counts: number[] = [];
  let [last, below, deepestDip] = [NaN, 0, 0];
  for (const { bound, le, count } of sorted) {
    if (Number.isNaN(bound) || !(count >= 0 && count < Infinity))
      return { kind: 'Malformed', message: `bucket le="${le}" with count ${String(count)} is not a bucket` };
    if (last === bound) return { kind: 'Malformed', message: `bucket le="${le}" stands there more than once` };
    if (below - count > dipTolerance * (below + count)) deepestDip = Math.max(deepestDip, below - count);
    const lifted = Math.max(below, count);
    upperBounds.push(bound);
    counts.push(lifted - below);
    [last, below] = [bound, lifted];
  }
  if (upperBounds.at(-1) !== Infinity) return { kind: 'Malformed', message: 'there is no bucket le="+Inf"' };
  return { kind: 'Binned', binned: { upperBounds, counts }, repaired: deepestDip > 0, deepestDip };
}

/** Upper bounds both have. */
export function commonBounds(one: BinnedCounts, other: BinnedCounts): readonly number[] {
  const { length } = one.upperBounds;
  // Nearly always: nobody changed the buckets.
  if (length === other.upperBounds.length && one.upperBounds.every((bound, bin) => bound === other.upperBounds[bin]))
    return one.upperBounds;
  const others = new Set(other.upperBounds);
  return one.upperBounds.filter((bound) => others.has(bound));
}

/** Sums neighbouring bins up to each of `bounds`, which must be among its own; a bin is never split. */
export function mergeBins({ upperBounds, counts }: BinnedCounts, bounds: readonly number[]): readonly number[] {
  // Nearly always, as above.
  if (bounds === upperBounds) return counts;
  let bin = 0;
  return bounds.map((bound) => {
    let sum = 0;
    for (; (upperBounds[bin] ?? Infinity) <= bound && bin < counts.length; bin++) sum += counts[bin] ?? 0;
    return sum;
  });
}

export function total(numbers: readonly number[]): number {
  let sum = 0;
  // Half the time of an iterator, and each judgement adds up counts six times.
  for (let place = 0; place < numbers.length; place++) sum += numbers[place] ?? 0;
  return sum;
}

function parseBound(le: string): number {
  if (le === '+Inf' || le === 'Inf') return Infinity;
  return le.trim() === '' ? NaN : Number(le);
}
