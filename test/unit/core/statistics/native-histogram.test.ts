import { describe, expect, it } from '@jest/globals';
import {
  alignNative,
  fromBinned,
  nanShare,
  nativeProblem,
  toBinned,
  type NativeBucket,
} from '../../../../src/core/statistics/native-histogram.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

const bucket = (lower: number, upper: number, count: number): NativeBucket => ({ lower, upper, count });
/** Buckets of a schema around these exponents, one row each. */
const exponential = (schema: number, from: number, to: number): readonly NativeBucket[] =>
  Array.from({ length: to - from }, (_unused, at) => bucket(2 ** ((from + at) / 2 ** schema), 2 ** ((from + at + 1) / 2 ** schema), 1));

describe('alignNative', () => {
  it('keeps buckets both sides have', () => {
    const buckets = [bucket(1, 2, 5), bucket(2, 4, 7)];
    expect(alignNative(buckets, [bucket(1, 2, 3), bucket(4, 8, 1)])).toEqual({
      lowers: [1, 2, 4],
      uppers: [2, 4, 8],
      reference: [5, 7, 0],
      live: [3, 0, 1],
    });
  });

  it('regression: makes the last buckets of both sides one, which have no upper end', () => {
    const open = [bucket(-Infinity, 1, 5), bucket(1, Infinity, 7)];
    expect(alignNative(open, [bucket(-Infinity, 1, 3), bucket(1, Infinity, 4)])).toEqual({
      lowers: [-Infinity, 1],
      uppers: [1, Infinity],
      reference: [5, 7],
      live: [3, 4],
    });
    expect(alignNative(open, [bucket(1, 2, 3), bucket(2, 4, 4)])).toMatchObject({ uppers: [1, Infinity], live: [0, 7] });
  });

  it('sums finer buckets up to the coarser one that holds them, whichever side is finer', () => {
    const [fine, coarse] = [[bucket(1, 1.5, 2), bucket(1.5, 2, 3), bucket(2, 3, 4)], [bucket(1, 2, 10)]];
    expect(alignNative(fine, coarse)).toMatchObject({ lowers: [1, 2], uppers: [2, 3], reference: [5, 4], live: [10, 0] });
    expect(alignNative(coarse, fine)).toMatchObject({ lowers: [1, 2], uppers: [2, 3], reference: [10, 0], live: [5, 4] });
  });

  it('makes zero buckets of two widths one, with the small values the wider one swallowed', () => {
    const narrow = [bucket(-0.001, 0.001, 5), bucket(0.001, 0.002, 1), bucket(0.002, 0.004, 2)];
    expect(alignNative(narrow, [bucket(-0.002, 0.002, 9)])).toMatchObject({
      lowers: [-0.002, 0.002],
      uppers: [0.002, 0.004],
      reference: [6, 2],
      live: [9, 0],
    });
  });

  it('keeps a zero bucket without width beside the values above and below', () => {
    const buckets = [bucket(-1, 0, 1), bucket(0, 0, 2), bucket(0, 1, 3)];
    expect(alignNative(buckets, buckets)).toMatchObject({ reference: [1, 2, 3], live: [1, 2, 3] });
  });

  it('takes bounds that differ in the last digit for one', () => {
    const bound = 2 ** 0.3;
    const written = bound * (1 + 2 ** -52);
    expect(alignNative([bucket(1, written, 1), bucket(written, 2, 2)], [bucket(bound, 2, 3)]).reference).toEqual([1, 2]);
  });

  it('has a resolution at which one schema falls whole into another', () => {
    const aligned = alignNative(exponential(3, 0, 32), exponential(1, 0, 8));
    expect(aligned.reference).toEqual(Array.from({ length: 8 }, () => 4));
    expect(aligned.live).toEqual(Array.from({ length: 8 }, () => 1));
  });

  it('puts neighbours together until few enough bins are left, and loses no row', () => {
    const many = exponential(5, -60, 100);
    const { uppers, reference, live } = alignNative(many, many);
    expect(uppers.length).toBeLessThanOrEqual(32);
    expect(uppers.length).toBeGreaterThan(8);
    expect(reference.reduce((sum, count) => sum + count, 0)).toBe(160);
    expect(live).toEqual(reference);
  });

  it('leaves empty buckets out, and does not depend on the order', () => {
    const buckets = [bucket(4, 8, 1), bucket(1, 2, 5), bucket(2, 4, 0)];
    expect(alignNative(buckets, [])).toEqual(alignNative([...buckets].reverse(), []));
    expect(alignNative(buckets, []).uppers).toEqual([2, 8]);
  });
});

describe('alignNative against exact bounds', () => {
  it.each(loadGolden('histogram', 'coarser-schema'))('$name', ({ input, expected }) => {
    const bucketOf = (schema: number, index: number, count: number): NativeBucket => {
      const bound = (at: number): number => 2 ** (at * 2 ** -schema);
      return bucket(bound(index - 1), bound(index), count);
    };
    const fine = input.buckets.map(({ index, count }) => bucketOf(input.schema, index, count));
    const coarse = expected.buckets.map(({ index }) => bucketOf(input.toSchema, index, 1));
    const { reference, live } = alignNative(fine, coarse);
    expect(live).toEqual(expected.buckets.map(() => 1));
    for (const [bin, { count }] of expected.buckets.entries()) expectRelative(reference[bin], count, 1e-9);
  });
});

describe('toBinned', () => {
  it('makes gaps bins of 0, so that the buckets come back', () => {
    const buckets = [bucket(-4, -2, 3), bucket(-0.5, 0.5, 1), bucket(1, 2, 5), bucket(2, 4, 7)];
    expect(toBinned(buckets)).toEqual({ upperBounds: [-4, -2, -0.5, 0.5, 1, 2, 4, Infinity], counts: [0, 3, 0, 1, 0, 5, 7, 0] });
    expect(fromBinned(toBinned(buckets))).toEqual(buckets);
  });

  it('keeps open ends open', () => {
    const buckets = [bucket(-Infinity, 1, 3), bucket(1, Infinity, 2)];
    expect(toBinned(buckets)).toEqual({ upperBounds: [1, Infinity], counts: [3, 2] });
  });
});

describe('nanShare', () => {
  it('is what was observed and is in no bucket', () => {
    expect(nanShare({ count: 10, buckets: [bucket(1, 2, 8)] })).toBeCloseTo(0.2, 12);
    expect(nanShare({ count: 0, buckets: [] })).toBe(0);
    expect(nanShare({ count: 9.99999, buckets: [bucket(1, 2, 10)] })).toBe(0);
  });
});

describe('nativeProblem', () => {
  it.each([
    ['ends the wrong way round', { count: 1, buckets: [bucket(2, 1, 1)] }],
    ['an end that is NaN', { count: 1, buckets: [bucket(NaN, 1, 1)] }],
    ['a negative count', { count: 1, buckets: [bucket(1, 2, -1)] }],
    ['an infinite count', { count: 1, buckets: [bucket(1, 2, Infinity)] }],
    ['observations that are NaN', { count: NaN, buckets: [] }],
    ['fewer observations than none', { count: -1, buckets: [] }],
  ])('finds %s', (_what, histogram) => {
    expect(nativeProblem(histogram)).not.toBeNull();
  });

  it('finds nothing in open ends and zero buckets', () => {
    expect(nativeProblem({ count: 3, buckets: [bucket(-Infinity, 0, 1), bucket(0, 0, 1), bucket(0, Infinity, 1)] })).toBeNull();
  });
});
