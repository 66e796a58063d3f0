import { success, type Result } from '../../shared/result.ts';
import type { CategoryCount } from './categories.ts';
import { binHistogram, total, type BinnedCounts } from './histogram.ts';
import type { StatisticGap } from './reading.ts';
import { gap, tally, type Row } from './row.ts';

/** Share of all rows a bucket may lack against the one below: exporters don't count all buckets in one instant. */
const dipTolerance = 0.01;

/** Classic buckets to bins. A dip is lifted as Prometheus does where it is small, and makes the buckets unusable where it is not. */
export function readBuckets(rows: readonly Row[], what: string): Result<BinnedCounts & { readonly deepestDip: number }, StatisticGap> {
  const tallies = tally(rows, ['le']);
  if (!tallies.ok) return tallies;
  if (tallies.value.length === 0) return gap('Empty', `${what} has no buckets for this model`);
  const histogram = binHistogram(tallies.value.map(({ keys: [le = ''], count }) => ({ le, count })));
  if (histogram.kind === 'Malformed') return gap('Incomparable', histogram.message);
  const { binned, deepestDip } = histogram;
  if (deepestDip > dipTolerance * total(binned.counts)) {
    return gap(
      'Incomparable',
      `a bucket of ${what} counts ${String(Math.ceil(deepestDip))} rows less than the one below it; buckets are cumulative: sum increase() by le, over series of one layout`,
    );
  }
  return success({ ...binned, deepestDip });
}

/** One count for each value of the label. */
export function readCategories(rows: readonly Row[], label: string, what: string): Result<readonly CategoryCount[], StatisticGap> {
  const tallies = tally(rows, [label]);
  if (!tallies.ok) return tallies;
  if (tallies.value.length === 0) return gap('Empty', `${what} has no categories for this model`);
  return success(tallies.value.map(({ keys: [name = ''], count }) => ({ name, count })));
}
