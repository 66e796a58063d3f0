import { describe, expect, it } from '@jest/globals';
import { captureCounts } from '../../../../src/core/statistics/drift-capture.ts';
import type { DriftReference } from '../../../../src/core/statistics/drift-comparison.ts';
import { toBinned, type NativeBucket } from '../../../../src/core/statistics/native-histogram.ts';
import type { Row } from '../../../../src/core/statistics/row.ts';
import { bucketRows, driftOf, readingOf, readRows } from '../../../builders/drift.ts';

const edges = [0.5, 1, 2, 4, 8, 16];
const bucketsOf = (counts: readonly number[]): readonly NativeBucket[] =>
  counts.map((count, bin) => ({ lower: edges[bin] ?? NaN, upper: edges[bin + 1] ?? NaN, count }));
const native = (counts: readonly number[], observed = counts.reduce((sum, count) => sum + count, 0)): readonly Row[] => [
  { labels: {}, value: NaN, histogram: { count: observed, buckets: bucketsOf(counts) } },
];
const pinned: DriftReference = { kind: 'PinnedBuckets', binned: toBinned(bucketsOf([120, 300, 380, 150, 50])), isExactLayout: false };
const drift = driftOf({ counted: { kind: 'Native' }, reference: pinned });

describe('drift of native histograms', () => {
  it('is that of the same counts in classic buckets', () => {
    const { value, sampleCount, noiseFloor, computation } = readingOf(readRows(drift, native([90, 260, 370, 200, 80], 1250)));
    expect(value).toBeCloseTo(0.0427932106, 9);
    expect(sampleCount).toBe(1000);
    expect(noiseFloor).toBeCloseTo(0.026554, 5);
    expect(computation).toMatchObject({
      parameters: { nanShare: expect.closeTo(0.2, 12) },
      counts: {
        lowerBounds: [0.5, 1, 2, 4, 8],
        upperBounds: [1, 2, 4, 8, 16],
        reference: [120, 300, 380, 150, 50],
        live: [90, 260, 370, 200, 80],
      },
    });
  });

  it('travels across gaps: half of the rows went from (1, 2] to (8, 16]', () => {
    const both = driftOf({ ...drift, metric: 'Wasserstein', reference: { kind: 'Window', part: 'season', version: null, what: 'then' } });
    const { computation } = readingOf(readRows(both, native([500, 0, 0, 0, 500]), { season: native([500, 480, 0, 0, 20]) }));
    // 0.48 of all rows travel from the middle of (1, 2] to that of (8, 16].
    expect(computation.parameters['distance']).toBeCloseTo(0.48 * 10.5, 9);
  });

  it('can be captured, and read against what was captured', () => {
    const captured = captureCounts({ kind: 'Native' }, native([120, 0, 380, 150, 50]), {
      maxBounds: 64,
      maxCategories: 128,
      maxCategoryLength: 128,
    });
    if (!captured.ok || captured.value.kind !== 'Buckets') throw new Error('expected buckets');
    expect(captured.value).toEqual({ kind: 'Buckets', upperBounds: [0.5, 1, 2, 4, 8, 16], counts: [0, 120, 0, 380, 150, 50, 0] });
    const binned = { upperBounds: [...captured.value.upperBounds, Infinity], counts: captured.value.counts };
    const again = driftOf({ ...drift, reference: { kind: 'PinnedBuckets', binned, isExactLayout: false } });
    expect(readingOf(readRows(again, native([120, 0, 380, 150, 50]))).value).toBe(0);
  });

  it.each([
    { what: 'no series', rows: [], cause: 'Empty', message: 'no histogram for this model' },
    { what: 'two series', rows: [...native([1, 2, 3]), ...native([1, 2, 3])], cause: 'SeveralSeries', message: '2 series' },
    { what: 'a number', rows: [{ labels: {}, value: 3 }], cause: 'Incomparable', message: 'write histogram: Classic' },
    { what: 'no rows', rows: native([0, 0, 0]), cause: 'Empty', message: 'no rows in the window' },
    { what: 'nothing but NaN', rows: native([], 10), cause: 'Empty', message: 'no rows in the window' },
    { what: 'a negative bucket', rows: native([1, -2, 3]), cause: 'Incomparable', message: 'is not a bucket' },
    {
      what: 'one bucket that holds all others',
      rows: [{ labels: {}, value: NaN, histogram: { count: 9, buckets: [{ lower: 0, upper: 100, count: 9 }] } }],
      cause: 'Incomparable',
      message: 'only 1 bins',
    },
  ])('has no number for $what', ({ rows, cause, message }) => {
    expect(readRows(drift, rows)).toMatchObject({ ok: false, failure: { cause, message: expect.stringContaining(message) } });
  });

  it('is not taken for classic buckets, nor those for it', () => {
    expect(readRows(driftOf(), native([1, 2, 3]))).toMatchObject({
      failure: { message: expect.stringContaining('write histogram: Native') },
    });
    expect(readRows(drift, bucketRows({ '1': 1, '+Inf': 2 }))).toMatchObject({ failure: { cause: 'SeveralSeries' } });
    const categories: DriftReference = { kind: 'PinnedCategories', categories: [] };
    expect(readRows(driftOf({ ...drift, reference: categories }), native([1, 2, 3]))).toMatchObject({ failure: { cause: 'Incomparable' } });
  });

  it('regression: the version callers are sent to is not compared to itself', () => {
    const champion = driftOf({ ...drift, reference: { kind: 'Window', part: 'value', version: '2', what: 'version 2' } });
    expect(readRows(champion, native([1, 2, 3]), { '2': native([1, 2, 3]) })).toMatchObject({ failure: { cause: 'Incomparable' } });
  });
});
