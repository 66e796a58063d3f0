import { success, type Result } from '../../shared/result.ts';
import type { CategoryCount } from './categories.ts';
import { binHistogram, total, type BinnedCounts } from './histogram.ts';
import { nativeProblem, type NativeHistogram } from './native-histogram.ts';
import type { StatisticGap } from './reading.ts';
import { gap, labelOf, tally, type Row } from './row.ts';

/** Share of all rows a bucket may lack against the one below: exporters don't count all buckets in one instant. */
const dipTolerance = 0.01;

/** Classic buckets to bins. A dip is lifted as Prometheus does where it is small, and makes the buckets unusable where it is not. */
export function readBuckets(rows: readonly Row[], what: string): Result<BinnedCounts & { readonly deepestDip: number }, StatisticGap> {
  if (rows.some(({ histogram }) => histogram !== undefined))
    return gap('Incomparable', `${what} answers native histograms; write histogram: Native in the signal`);
  if (rows.length === 0) return gap('Empty', `${what} has no buckets for this model`);
  const histogram = binHistogram(rows.map((row) => ({ le: labelOf(row, 'le'), count: row.value })));
  if (histogram.kind === 'Malformed') {
    // What is wrong with single series says more than what is wrong with their order.
    const tallies = tally(rows, ['le']);
    return tallies.ok ? gap('Incomparable', histogram.message) : tallies;
  }
  const { binned, deepestDip } = histogram;
  if (deepestDip > 0 && deepestDip > dipTolerance * total(binned.counts)) {
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

/** The one native histogram of a model. */
export function readNative(rows: readonly Row[], what: string): Result<NativeHistogram, StatisticGap> {
  const [only] = rows;
  if (only === undefined) return gap('Empty', `${what} has no histogram for this model`);
  if (rows.length > 1)
    return gap('SeveralSeries', `${what} has ${String(rows.length)} series for this model; aggregate it by the identity labels`);
  if (only.histogram === undefined)
    return gap('Incomparable', `${what} answers a number, not a native histogram; write histogram: Classic in the signal`);
  const problem = nativeProblem(only.histogram);
  return problem === null ? success(only.histogram) : gap('Incomparable', problem);
}
