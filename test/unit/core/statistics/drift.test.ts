import { describe, expect, it } from '@jest/globals';
import { compareBinned } from '../../../../src/core/statistics/drift-comparison.ts';
import { measureDrift } from '../../../../src/core/statistics/drift.ts';
import { driftMetrics } from '../../../../src/core/statistics/drift-metric.ts';
import type { BinnedCounts } from '../../../../src/core/statistics/histogram.ts';
import { bucketRows, driftOf, publishedLive, publishedReference, readingOf, readRows, rowsOf } from '../../../builders/drift.ts';

const psi = { metric: 'PSI', falseAlarmProbability: 0.01, designEffect: 1 } as const;
const pinned = (binned: BinnedCounts, isExactLayout = false) => driftOf({ reference: { kind: 'PinnedBuckets', binned, isExactLayout } });
const published = { '+Inf': 1000, '10.0': 920, '1': 90, '5': 720, '2.0': 350 };

describe('drift of buckets', () => {
  it('is the published vector, whatever the order of the buckets', () => {
    const { value, sampleCount, noiseFloor } = readingOf(readRows(driftOf(), bucketRows(published)));
    // 0.0431 without smoothing (risk-quant 1.5); Jeffreys smoothing takes off less than 0.001.
    expect(value).toBeCloseTo(0.0431, 3);
    expect(sampleCount).toBe(1000);
    // chi-square 0.99 with 4 degrees of freedom is 13.277; twice 1/1000.
    expect(noiseFloor).toBeCloseTo(0.026554, 5);
  });

  it('is exactly 0 for equal counts, in every metric', () => {
    for (const metric of driftMetrics) {
      const binned = { upperBounds: [1, 2, 5, 10, 20, Infinity], counts: [120, 300, 380, 150, 50, 0] };
      const definition = driftOf({ metric, reference: { kind: 'PinnedBuckets', binned, isExactLayout: true } });
      expect(readingOf(readRows(definition, rowsOf(binned))).value).toBe(0);
    }
  });

  it('counts whole rows only: increase() extrapolates', () => {
    const rows = bucketRows({ '1': 12.2, '2': 42.4, '5': 80.6, '10': 95.8, '+Inf': 100.9 });
    expect(readingOf(readRows(driftOf(), rows)).sampleCount).toBe(100);
  });

  it('merges bins to the bounds both sides have and never splits one', () => {
    const coarse = { upperBounds: [2, 5, 20, Infinity], counts: [350, 370, 200, 80] };
    const { value, computation } = readingOf(readRows(driftOf(), rowsOf(coarse)));
    expect(computation.counts).toMatchObject({ upperBounds: [2, 5], reference: [420, 380, 200], live: [350, 370, 280] });
    const merged = { upperBounds: [2, 5, Infinity], counts: [350, 370, 280] };
    expect(readingOf(readRows(driftOf(), rowsOf(merged))).value).toBe(value);
  });

  it('carries all it takes to compute it again', () => {
    const { value, computation } = readingOf(readRows(driftOf(), rowsOf(publishedLive)));
    expect(computation).toEqual({
      statistic: 'PSI',
      parameters: { falseAlarmProbability: 0.01, designEffect: 1, excess: expect.closeTo(0.0347932, 7) },
      counts: { upperBounds: [1, 2, 5, 10], reference: publishedReference.counts, live: publishedLive.counts },
    });
    const { upperBounds = [], reference = [], live = [] } = computation.counts;
    const bounds = [...upperBounds, Infinity];
    const compared = compareBinned({ upperBounds: bounds, counts: reference }, { upperBounds: bounds, counts: live });
    expect(compared.ok && readingOf(measureDrift(psi, compared.value)).value).toBe(value);
  });

  it('lifts a small dip, as Prometheus does, and says so in the record', () => {
    const { sampleCount, computation } = readingOf(
      readRows(driftOf(), bucketRows({ '1': 90, '2': 350, '5': 720, '10': 925, '+Inf': 920 })),
    );
    expect(sampleCount).toBe(925);
    expect(computation.parameters).toMatchObject({ repairedRows: 5 });
  });

  it('counts 10^15 rows', () => {
    const huge = { ...publishedLive, counts: publishedLive.counts.map((count) => count * 1e12) };
    const { value, sampleCount } = readingOf(readRows(driftOf(), rowsOf(huge)));
    expect(value).toBeCloseTo(0.0431, 3);
    expect(sampleCount).toBe(1e15);
  });

  it.each([
    {
      what: 'fewer than three common bounds',
      counts: { '3': 500, '5': 800, '+Inf': 1000 },
      cause: 'Incomparable',
      message: '2 bucket bounds',
    },
    { what: 'no bucket +Inf', counts: { '1': 1, '2': 2, '5': 3 }, cause: 'Incomparable', message: 'no bucket le="+Inf"' },
    { what: 'a bound that is no number', counts: { '1': 1, two: 2, '+Inf': 3 }, cause: 'Incomparable', message: 'le="two"' },
    { what: 'a bound that is NaN', counts: { '1': 1, NaN: 2, '+Inf': 3 }, cause: 'Incomparable', message: 'le="NaN"' },
    {
      what: 'one bound in two spellings',
      counts: { '1': 1, '1.0': 1, '2': 2, '5': 3, '+Inf': 5 },
      cause: 'Incomparable',
      message: 'more than once',
    },
    { what: 'no rows', counts: { '1': 0, '2': 0, '5': 0, '10': 0, '+Inf': 0 }, cause: 'Empty', message: 'no rows in the window' },
    {
      what: 'less than one row',
      counts: { '1': 0.1, '2': 0.2, '5': 0.3, '10': 0.4, '+Inf': 0.9 },
      cause: 'Empty',
      message: 'no rows in the window',
    },
    { what: 'a bucket that is NaN', counts: { '1': 1, '2': NaN, '5': 3, '10': 4, '+Inf': 5 }, cause: 'NotANumber', message: 'NaN' },
    { what: 'an infinite bucket', counts: { '1': 1, '2': 2, '5': 3, '10': 4, '+Inf': Infinity }, cause: 'Infinite', message: 'Infinity' },
    { what: 'a negative bucket', counts: { '1': -1, '2': 2, '5': 3, '10': 4, '+Inf': 5 }, cause: 'Incomparable', message: 'never below 0' },
    {
      what: 'buckets that decrease',
      counts: { '1': 100, '2': 50, '5': 30, '10': 20, '+Inf': 10 },
      cause: 'Incomparable',
      message: '90 rows less',
    },
    { what: 'no bucket at all', counts: {}, cause: 'Empty', message: 'no buckets for this model' },
  ])('has no number for $what', ({ counts, cause, message }) => {
    for (const metric of driftMetrics)
      expect(readRows(driftOf({ metric }), bucketRows(counts as unknown as Record<string, number>))).toMatchObject({
        ok: false,
        failure: { cause, message: expect.stringContaining(message) },
      });
  });

  it('has no number when two series have one bound: somebody forgot to aggregate', () => {
    const twice = { labels: { model: 'credit', le: '1', pod: 'b' }, value: 5 };
    expect(readRows(driftOf(), [...bucketRows(published), twice])).toMatchObject({ failure: { cause: 'SeveralSeries' } });
  });

  it('has no number against a reference without rows', () => {
    expect(readRows(pinned({ ...publishedReference, counts: [0, 0, 0, 0, 0] }), bucketRows(published))).toMatchObject({
      failure: { cause: 'Empty', message: expect.stringContaining('pin a new one') },
    });
  });
});

describe('a reference that was captured', () => {
  it('takes the very buckets it was taken from', () => {
    expect(readRows(pinned(publishedReference, true), rowsOf(publishedLive)).ok).toBe(true);
  });

  it('is incomparable with any other layout, and says which bounds came and went', () => {
    const changed = { upperBounds: [1, 2, 4, 10, Infinity], counts: [90, 260, 370, 200, 80] };
    expect(readRows(pinned(publishedReference, true), rowsOf(changed))).toMatchObject({
      failure: { cause: 'Incomparable', message: expect.stringContaining('(4 came, 5 went)') },
    });
    expect(readRows(pinned(publishedReference, false), rowsOf(changed)).ok).toBe(true);
  });
});

describe('a reference that is another window', () => {
  const season = driftOf({ reference: { kind: 'Window', part: 'season', version: null, what: 'the drift query of 604800 s ago' } });
  const champion = (version: string) =>
    driftOf({ reference: { kind: 'Window', part: 'value', version, what: `the drift query of version ${version}` } });

  it('some time ago is read from its own part', () => {
    const { value, computation } = readingOf(readRows(season, rowsOf(publishedLive), { season: rowsOf(publishedReference) }));
    expect(value).toBeCloseTo(0.0431, 3);
    expect(computation.counts['reference']).toEqual(publishedReference.counts);
  });

  it('of another version is read from the same part', () => {
    expect(readingOf(readRows(champion('1'), rowsOf(publishedLive), { '1': rowsOf(publishedReference) })).value).toBeCloseTo(0.0431, 3);
  });

  it('without series names what is missing', () => {
    expect(readRows(season, rowsOf(publishedLive))).toMatchObject({
      failure: { cause: 'Empty', message: 'the drift query of 604800 s ago has no buckets for this model' },
    });
  });

  it('regression: the version callers are sent to is not compared to itself, which would always look Ok', () => {
    expect(readRows(champion('2'), rowsOf(publishedLive), { '2': rowsOf(publishedLive) })).toMatchObject({
      failure: { cause: 'Incomparable', message: expect.stringContaining('version 2 is the reference itself') },
    });
  });
});
