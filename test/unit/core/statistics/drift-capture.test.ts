import { describe, expect, it } from '@jest/globals';
import { captureCounts, leastRows } from '../../../../src/core/statistics/drift-capture.ts';
import type { DriftMetric } from '../../../../src/core/statistics/drift-metric.ts';
import { bucketRows, categoryRows } from '../../../builders/drift.ts';

const limits = { maxBounds: 64, maxCategories: 128, maxCategoryLength: 128 };
const buckets = { kind: 'Buckets' } as const;
const categories = { kind: 'Categories', label: 'purpose' } as const;

describe('captureCounts', () => {
  it('keeps buckets in whole rows, the last one open', () => {
    expect(captureCounts(buckets, bucketRows({ '+Inf': 100.6, '1': 10.4, '0.5': 4.7 }), limits)).toEqual({
      ok: true,
      value: { kind: 'Buckets', upperBounds: [0.5, 1], counts: [5, 6, 90] },
    });
  });

  it('keeps categories with rows, largest first, and what has no value by its reserved name', () => {
    expect(captureCounts(categories, categoryRows({ house: 3.2, car: 5, boat: 0.2, '': 1 }), limits)).toEqual({
      ok: true,
      value: {
        kind: 'Categories',
        categories: [
          { name: 'car', count: 5 },
          { name: 'house', count: 3 },
          { name: '__missing__', count: 1 },
        ],
      },
    });
  });

  it('sums up what is too much, and loses no row', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_unused, index) => [`c${String(index)}`, 1000 - index]));
    const captured = captureCounts(categories, categoryRows({ ...many, NaN: 7 }), limits);
    if (!captured.ok || captured.value.kind !== 'Categories') throw new Error('expected categories');
    expect(captured.value.categories).toHaveLength(128);
    expect(captured.value.categories.slice(-2).map(({ name }) => name)).toEqual(['__missing__', '__other__']);
    expect(captured.value.categories.reduce((sum, { count }) => sum + count, 0)).toBe(500_500 + 7);
  });

  it.each([
    { what: 'nothing', counted: buckets, rows: [], message: 'no buckets for this model' },
    { what: 'no rows', counted: buckets, rows: bucketRows({ '1': 0, '2': 0, '+Inf': 0.3 }), message: 'holds no rows' },
    { what: 'one bound', counted: buckets, rows: bucketRows({ '1': 5, '+Inf': 9 }), message: 'fewer than two bounds' },
    {
      what: 'more bounds than fit',
      counted: buckets,
      rows: bucketRows({ ...Object.fromEntries(Array.from({ length: 65 }, (_unused, index) => [String(index), index])), '+Inf': 70 }),
      message: '65 bounds and a reference at most 64',
    },
    {
      what: 'more rows than a number can count',
      counted: buckets,
      rows: bucketRows({ '1': 1, '2': 2, '+Inf': 2 ** 54 }),
      message: 'too large',
    },
    { what: 'one category', counted: categories, rows: categoryRows({ car: 5, house: 0 }), message: 'fewer than two values' },
    {
      what: 'a long category',
      counted: categories,
      rows: categoryRows({ car: 5, ['x'.repeat(129)]: 2 }),
      message: 'a value of 129 characters',
    },
    { what: 'a count that is NaN', counted: categories, rows: categoryRows({ car: NaN, house: 1 }), message: 'is NaN' },
  ])('says why it keeps nothing of $what', ({ counted, rows, message }) => {
    expect(captureCounts(counted, rows, limits)).toEqual({ ok: false, failure: expect.stringContaining(message) });
  });
});

describe('leastRows', () => {
  const ten = (rows: number) =>
    ({ kind: 'Buckets', upperBounds: [1, 2, 3, 4, 5, 6, 7, 8, 9], counts: Array.from({ length: 10 }, () => rows / 10) }) as const;
  const measure = (metric: DriftMetric, designEffect = 1) => ({ metric, falseAlarmProbability: 0.01, designEffect });

  it('of a large reference are those the research names', () => {
    expect(leastRows(measure('PSI'), ten(1e12), 0.05)).toBe(434);
    expect(leastRows(measure('PSI'), ten(1e12), 0.1)).toBe(217);
  });

  it('are more of a small one, and none of a tiny one', () => {
    expect(leastRows(measure('PSI'), ten(1000), 0.05)).toBe(765);
    expect(leastRows(measure('PSI'), ten(400), 0.05)).toBeNull();
  });

  it('grow with the design effect', () => {
    expect(leastRows(measure('PSI', 4), ten(1e12), 0.05)).toBe(4 * 434);
  });

  it('are fewer the larger the difference that matters, by its square for distances that are roots', () => {
    const [wide, narrow] = [
      leastRows(measure('KolmogorovSmirnov'), ten(1e12), 0.1),
      leastRows(measure('KolmogorovSmirnov'), ten(1e12), 0.05),
    ];
    expect((narrow ?? 0) / (wide ?? 1)).toBeCloseTo(4, 1);
    expect(leastRows(measure('Wasserstein'), { ...ten(1e12), counts: [...Array.from({ length: 9 }, () => 1e11), 0] }, 0.1)).toBeGreaterThan(
      100,
    );
  });

  it('cannot be told for the effect size of a test, which follows another law', () => {
    expect(leastRows(measure('CramersV'), ten(1e6), 0.1)).toBeNull();
  });
});
