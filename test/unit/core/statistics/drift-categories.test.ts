import { describe, expect, it } from '@jest/globals';
import type { CategoryCount } from '../../../../src/core/statistics/categories.ts';
import type { DriftReference } from '../../../../src/core/statistics/drift-comparison.ts';
import { categoryRows, driftOf, publishedReference, readingOf, readRows } from '../../../builders/drift.ts';

const categories: readonly CategoryCount[] = [
  { name: 'car', count: 500 },
  { name: 'house', count: 300 },
  { name: 'school', count: 200 },
];
const counted = { kind: 'Categories', label: 'purpose' } as const;
const drift = (reference: DriftReference = { kind: 'PinnedCategories', categories }) => driftOf({ counted, reference });

describe('drift of categories', () => {
  it('sees a new category as a bin of its own: .236 where a floor of 1 % reads .070', () => {
    const { value, sampleCount, computation } = readingOf(readRows(drift(), categoryRows({ car: 450, house: 300, school: 200, boat: 50 })));
    expect(value).toBeCloseTo(0.236, 3);
    expect(sampleCount).toBe(1000);
    expect(computation).toMatchObject({
      parameters: { newShare: 0.05, missingShare: 0 },
      counts: { car: [500, 450], house: [300, 300], school: [200, 200], __new__: [0, 50] },
    });
  });

  it('sees values that are gone as drift', () => {
    const { computation, value, noiseFloor } = readingOf(readRows(drift(), categoryRows({ car: 400, house: 200, school: 100, '': 300 })));
    expect(computation.parameters).toMatchObject({ missingShare: 0.3 });
    expect(value).toBeGreaterThan(noiseFloor ?? Infinity);
  });

  it('is the same in Jensen-Shannon distance without any smoothing', () => {
    const rows = categoryRows({ car: 450, house: 300, school: 200, boat: 50 });
    const definition = { ...drift(), metric: 'JensenShannon' } as const;
    expect(readingOf(readRows(definition, rows)).value).toBeCloseTo(0.161, 3);
  });

  it('compares with another window, of which either side may have categories of its own', () => {
    const week = { kind: 'Window', part: 'season', version: null, what: 'the drift query of a week ago' } as const;
    const season = categoryRows({ car: 5, house: 3, boat: 2 });
    expect(readingOf(readRows(drift(week), categoryRows({ car: 6, tent: 4 }), { season })).computation.counts).toEqual({
      boat: [2, 0],
      car: [5, 6],
      house: [3, 0],
      __new__: [0, 4],
    });
  });

  it('keeps long names apart in the record, within its bound', () => {
    const long = ['a', 'b'].map((end) => ({ name: `${'x'.repeat(200)}${end}`, count: 10 }));
    const rows = categoryRows(Object.fromEntries(long.map(({ name, count }) => [name, count])));
    const names = Object.keys(readingOf(readRows(drift({ kind: 'PinnedCategories', categories: long }), rows)).computation.counts);
    expect(names).toHaveLength(2);
    expect(names.every((name) => name.length <= 128)).toBe(true);
  });

  it.each([
    { what: 'no series', rows: {}, cause: 'Empty', message: 'no categories for this model' },
    { what: 'no rows', rows: { car: 0, house: 0 }, cause: 'Empty', message: 'no rows in the window' },
    { what: 'a count that is NaN', rows: { car: NaN }, cause: 'NotANumber', message: 'purpose="car"' },
    { what: 'an infinite count', rows: { car: Infinity }, cause: 'Infinite', message: 'purpose="car"' },
    { what: 'a negative count', rows: { car: -1 }, cause: 'Incomparable', message: 'never below 0' },
  ])('has no number for $what', ({ rows, cause, message }) => {
    expect(readRows(drift(), categoryRows(rows as unknown as Record<string, number>))).toMatchObject({
      failure: { cause, message: expect.stringContaining(message) },
    });
  });

  it('has no number for two series of one category', () => {
    const rows = [...categoryRows({ car: 1 }), { labels: { purpose: 'car', pod: 'b' }, value: 2 }];
    expect(readRows(drift(), rows)).toMatchObject({ failure: { cause: 'SeveralSeries' } });
  });

  it('has no number against one single category: its share can only be all', () => {
    const one: DriftReference = { kind: 'PinnedCategories', categories: [{ name: 'car', count: 5 }] };
    expect(readRows(drift(one), categoryRows({ car: 9 }))).toMatchObject({
      failure: { cause: 'Incomparable', message: expect.stringContaining('one category only') },
    });
  });

  it('and buckets are not compared with each other', () => {
    const binned: DriftReference = { kind: 'PinnedBuckets', binned: publishedReference, isExactLayout: false };
    expect(readRows(drift(binned), categoryRows({ car: 9 }))).toMatchObject({ failure: { cause: 'Incomparable' } });
    expect(
      readRows(driftOf({ reference: { kind: 'PinnedCategories', categories } }), [{ labels: { le: '+Inf' }, value: 1 }]),
    ).toMatchObject({
      failure: { cause: 'Incomparable' },
    });
  });
});
