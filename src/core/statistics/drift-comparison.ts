import { assertNever } from '../../shared/assert-never.ts';
import { success, type Result } from '../../shared/result.ts';
import { alignCategories, missingCategory, newCategory, type CategoryCount } from './categories.ts';
import { readBuckets, readCategories, readNative } from './drift-counts.ts';
import type { AlignedCounts } from './drift-metric.ts';
import { commonBounds, mergeBins, total, type BinnedCounts } from './histogram.ts';
import { alignNative, fromBinned, nanShare, type NativeBucket } from './native-histogram.ts';
import type { StatisticGap } from './reading.ts';
import { gap, type Row } from './row.ts';

export type DriftReference =
  /** `isExactLayout`: taken from these very buckets, so other bounds mean that somebody changed them. */
  | { readonly kind: 'PinnedBuckets'; readonly binned: BinnedCounts; readonly isExactLayout: boolean }
  | { readonly kind: 'PinnedCategories'; readonly categories: readonly CategoryCount[] }
  /** Kept elsewhere, and not what it must be. */
  | { readonly kind: 'Unread'; readonly message: string }
  /** The same counts, of another part of the query or of another version. */
  | { readonly kind: 'Window'; readonly part: string; readonly version: string | null; readonly what: string };

/** What the query answered about one version. */
export interface VersionedRows {
  /** Version the request is about. */
  readonly version: string;
  /** Series of one part of the query, of that version unless another one is named. */
  rows(part: string, version?: string): readonly Row[];
}

/** Counts of both sides over the same bins, as they go into the record, with figures found on the way. */
export interface Comparison extends AlignedCounts {
  readonly counts: Readonly<Record<string, readonly number[]>>;
  readonly figures: Readonly<Record<string, number>>;
}

/** With fewer bins in common two histograms say nothing about shape. */
const minCommonBins = 3;
/** Longest name of counts in the record; longer ones are numbered so that they stay apart. */
const maxNameLength = 120;

/** Over the buckets both have; where the reference was taken from these very buckets, they must be the same ones. */
export function compareBuckets(reference: DriftReference, from: VersionedRows): Result<Comparison, StatisticGap> {
  const live = readBuckets(from.rows('value'), 'the drift query');
  if (!live.ok) return live;
  const then = bucketsOf(reference, from);
  if (!then.ok) return then;
  const changed = reference.kind === 'PinnedBuckets' && reference.isExactLayout ? layoutChange(then.value, live.value) : null;
  if (changed !== null) return gap('Incomparable', changed);
  const { deepestDip } = live.value;
  return compareBinned(then.value, live.value, deepestDip > 0 ? { repairedRows: deepestDip } : {});
}

/** Over bins that hold whole buckets of both sides. */
export function compareNative(reference: DriftReference, from: VersionedRows): Result<Comparison, StatisticGap> {
  const live = readNative(from.rows('value'), 'the drift query');
  if (!live.ok) return live;
  const then = nativeOf(reference, from);
  if (!then.ok) return then;
  const aligned = alignNative(then.value, live.value.buckets);
  const { lowers, uppers } = aligned;
  const [referenceCount, liveCount] = [total(aligned.reference), total(aligned.live)];
  if (uppers.length < minCommonBins && referenceCount > 0 && liveCount > 0) {
    return gap(
      'Incomparable',
      `only ${String(uppers.length)} bins hold whole buckets of both sides, ${String(minCommonBins)} are needed; one of the histograms is too coarse`,
    );
  }
  const finite = (bounds: readonly number[]): readonly number[] =>
    bounds.map((bound) => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, bound)));
  return success({
    ...{ reference: aligned.reference, live: aligned.live, edges: [...lowers.slice(0, 1), ...uppers], lowers },
    // JSON can't say infinite: the largest number stands for it.
    counts: { lowerBounds: finite(lowers), upperBounds: finite(uppers), reference: aligned.reference, live: aligned.live },
    figures: { nanShare: nanShare(live.value) },
  });
}

function nativeOf(reference: DriftReference, from: VersionedRows): Result<readonly NativeBucket[], StatisticGap> {
  switch (reference.kind) {
    case 'PinnedBuckets':
      return success(fromBinned(reference.binned));
    case 'PinnedCategories':
      return gap('Incomparable', 'the reference counts categories and the signal a histogram; capture a new reference');
    case 'Unread':
      return gap('Incomparable', reference.message);
    case 'Window': {
      const itself = isItself(reference, from);
      if (itself !== null) return itself;
      const read = readNative(from.rows(reference.part, reference.version ?? undefined), reference.what);
      return read.ok ? success(read.value.buckets) : read;
    }
    default:
      return assertNever(reference);
  }
}

function bucketsOf(reference: DriftReference, from: VersionedRows): Result<BinnedCounts, StatisticGap> {
  switch (reference.kind) {
    case 'PinnedBuckets':
      return success(reference.binned);
    case 'PinnedCategories':
      return gap('Incomparable', 'the reference counts categories and the signal buckets; capture a new reference');
    case 'Unread':
      return gap('Incomparable', reference.message);
    case 'Window':
      return isItself(reference, from) ?? readBuckets(from.rows(reference.part, reference.version ?? undefined), reference.what);
    default:
      return assertNever(reference);
  }
}

/** Over the bins both have; a bin is never split. */
export function compareBinned(reference: BinnedCounts, live: BinnedCounts, figures = {}): Result<Comparison, StatisticGap> {
  const bounds = commonBounds(reference, live);
  if (bounds.length < minCommonBins) {
    return gap(
      'Incomparable',
      `the histogram has ${String(bounds.length)} bucket bounds in common with the reference, ${String(minCommonBins)} are needed; pin a new reference`,
    );
  }
  const [then, now] = [mergeBins(reference, bounds), mergeBins(live, bounds)];
  // Without a bucket up to 0 or less nothing was below 0, as Prometheus has it.
  const startsAtZero = Math.min(reference.upperBounds[0] ?? 0, live.upperBounds[0] ?? 0) > 0;
  // The last bound is +Infinity, which JSON can't say.
  const counts = { upperBounds: bounds.slice(0, -1), reference: then, live: now };
  return success({ reference: then, live: now, edges: [startsAtZero ? 0 : -Infinity, ...bounds], counts, figures });
}

/** Over the categories of the reference, the new and the missing ones. */
export function compareCategories(reference: DriftReference, label: string, from: VersionedRows): Result<Comparison, StatisticGap> {
  const live = readCategories(from.rows('value'), label, 'the drift query');
  if (!live.ok) return live;
  const then = categoriesOf(reference, label, from);
  if (!then.ok) return then;
  const aligned = alignCategories(then.value, live.value);
  const known = aligned.reference.filter((count) => count > 0).length;
  if (known === 1) return gap('Incomparable', 'the reference holds one category only, so no shares can move; pin a new one');
  const named = aligned.names.map((name, bin) => [recordName(name, bin), [aligned.reference[bin] ?? 0, aligned.live[bin] ?? 0]] as const);
  const count = total(aligned.live);
  const shareOf = (name: string): number => (count > 0 ? (aligned.live[aligned.names.indexOf(name)] ?? 0) / count : 0);
  return success({
    reference: aligned.reference,
    live: aligned.live,
    edges: null,
    counts: Object.fromEntries(named),
    figures: { newShare: shareOf(newCategory), missingShare: shareOf(missingCategory) },
  });
}

function categoriesOf(reference: DriftReference, label: string, from: VersionedRows): Result<readonly CategoryCount[], StatisticGap> {
  switch (reference.kind) {
    case 'PinnedCategories':
      return success(reference.categories);
    case 'PinnedBuckets':
      return gap('Incomparable', 'the reference counts buckets and the signal categories; capture a new reference');
    case 'Unread':
      return gap('Incomparable', reference.message);
    case 'Window':
      return isItself(reference, from) ?? readCategories(from.rows(reference.part, reference.version ?? undefined), label, reference.what);
    default:
      return assertNever(reference);
  }
}

function layoutChange(reference: BinnedCounts, live: BinnedCounts): string | null {
  const came = live.upperBounds.filter((bound) => !reference.upperBounds.includes(bound));
  const went = reference.upperBounds.filter((bound) => !live.upperBounds.includes(bound));
  if (came.length + went.length === 0) return null;
  const list = (bounds: readonly number[]): string => `${bounds.slice(0, 4).join(', ')}${bounds.length > 4 ? ', ...' : ''}`;
  const changes = [came.length === 0 ? '' : `${list(came)} came`, went.length === 0 ? '' : `${list(went)} went`].filter(
    (each) => each !== '',
  );
  return `the bucket bounds are not those the reference was captured from (${changes.join(', ')}); capture a new reference`;
}

function recordName(name: string, bin: number): string {
  return name.length <= maxNameLength ? name : `${name.slice(0, maxNameLength - 4)}…#${String(bin)}`;
}

/** The version callers are sent to is read by the same indicators; its distance from itself is 0, and would look like proof. */
function isItself({ version }: Extract<DriftReference, { kind: 'Window' }>, from: VersionedRows): Result<never, StatisticGap> | null {
  return version === from.version ? gap('Incomparable', `version ${version} is the reference itself and is not compared to itself`) : null;
}
