import { assertNever } from '../../shared/assert-never.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import { foldCategories, type CategoryCount } from './categories.ts';
import { readBuckets, readCategories, readNative } from './drift-counts.ts';
import { measureDivergence, type DriftMeasure } from './drift-metric.ts';
import { leastLiveCount } from './drift-noise.ts';
import type { Counted } from './drift.ts';
import { total, type BinnedCounts } from './histogram.ts';
import { toBinned } from './native-histogram.ts';
import type { Row } from './row.ts';

/** Counts as a reference keeps them: whole rows, the last bucket open. */
export type CapturedCounts =
  | { readonly kind: 'Buckets'; readonly upperBounds: readonly number[]; readonly counts: readonly number[] }
  | { readonly kind: 'Categories'; readonly categories: readonly CategoryCount[] };

/** What a reference can hold. */
export interface CaptureBounds {
  readonly maxBounds: number;
  readonly maxCategories: number;
  readonly maxCategoryLength: number;
}

/** The counts of one window, to be compared with for ever after. The failure is one sentence. */
export function captureCounts(counted: Counted, rows: readonly Row[], bounds: CaptureBounds): Result<CapturedCounts, string> {
  const captured = captureKind(counted, rows, bounds);
  if (!captured.ok) return captured;
  const counts = countsOf(captured.value);
  if (counts.some((count) => !Number.isSafeInteger(count))) return failure('a count is too large to be kept exactly; shorten the window');
  return total(counts) > 0 ? captured : failure('the window holds no rows; capture when the model has answered');
}

function captureKind(counted: Counted, rows: readonly Row[], bounds: CaptureBounds): Result<CapturedCounts, string> {
  switch (counted.kind) {
    case 'Buckets': {
      const read = readBuckets(rows, 'the drift query');
      return read.ok ? captureBinned(read.value, bounds) : failure(read.failure.message);
    }
    case 'Native': {
      const read = readNative(rows, 'the drift query');
      return read.ok ? captureBinned(toBinned(read.value.buckets), bounds) : failure(read.failure.message);
    }
    case 'Categories':
      return captureCategories(counted.label, rows, bounds);
    default:
      return assertNever(counted);
  }
}

/**
 * Live rows from which chance alone stays at or under `limit` against these counts; null where no number of rows is enough, or none can be told.
 */
export function leastRows(measure: DriftMeasure, captured: CapturedCounts, limit: number): number | null {
  const counts = countsOf(captured);
  const edges =
    captured.kind === 'Buckets' ? [(captured.upperBounds[0] ?? 0) > 0 ? 0 : -Infinity, ...captured.upperBounds, Infinity] : null;
  const equal = measureDivergence(measure, { reference: counts, live: counts, edges });
  if (!equal.ok || equal.value.noiseGrowth === null) return null;
  const rows = total(counts) / measure.designEffect;
  // Noise that grows with the root of 1/n + 1/m has a square that grows with it.
  const power = 1 / equal.value.noiseGrowth;
  const least = leastLiveCount(rows, limit ** power, equal.value.noiseFloor ** power * (rows / 2));
  return least === null ? null : Math.ceil(least * measure.designEffect);
}

export function countsOf(captured: CapturedCounts): readonly number[] {
  return captured.kind === 'Buckets' ? captured.counts : captured.categories.map(({ count }) => count);
}

function captureBinned({ upperBounds, counts }: BinnedCounts, { maxBounds }: CaptureBounds): Result<CapturedCounts, string> {
  const finite = upperBounds.slice(0, -1);
  if (finite.length < 2) return failure('the histogram has fewer than two bounds beside +Inf, which says nothing about its shape');
  if (finite.length > maxBounds)
    return failure(
      `the histogram has ${String(finite.length)} bounds and a reference at most ${String(maxBounds)}; leave some le out in the query of the signal`,
    );
  return success({ kind: 'Buckets', upperBounds: finite, counts: counts.map(Math.round) });
}

function captureCategories(
  label: string,
  rows: readonly Row[],
  { maxCategories, maxCategoryLength }: CaptureBounds,
): Result<CapturedCounts, string> {
  const read = readCategories(rows, label, 'the drift query');
  if (!read.ok) return failure(read.failure.message);
  const categories = foldCategories(
    read.value.map(({ name, count }) => ({ name, count: Math.round(count) })),
    maxCategories,
  );
  const long = categories.find(({ name }) => name.length > maxCategoryLength);
  if (long !== undefined)
    return failure(
      `${label} has a value of ${String(long.name.length)} characters and a category at most ${String(maxCategoryLength)}; shorten it with label_replace in the query of the signal`,
    );
  if (categories.length < 2) return failure(`${label} has fewer than two values with rows, so no shares can move`);
  return success({ kind: 'Categories', categories });
}
