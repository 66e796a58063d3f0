import { describe, expect, it } from '@jest/globals';
import { total } from '../../../../src/core/statistics/histogram.ts';
import { mergeThinBins, testHomogeneity } from '../../../../src/core/statistics/homogeneity.ts';
import { publishedLive, publishedReference } from '../../../builders/drift.ts';

describe('testHomogeneity', () => {
  it('gives the published statistic and corrected V', () => {
    const test = testHomogeneity({ reference: publishedReference.counts, live: publishedLive.counts });
    expect(test?.statistic).toBeCloseTo(21.3421245, 7);
    expect(test?.degreesOfFreedom).toBe(4);
    expect(test?.cramersV).toBeCloseTo(0.0931364652, 10);
  });

  it('counts only bins that hold rows', () => {
    const test = testHomogeneity({ reference: [100, 0, 200], live: [60, 0, 170] });
    expect(test?.degreesOfFreedom).toBe(1);
  });

  it('is exactly 0 for equal shares, and its V too', () => {
    expect(testHomogeneity({ reference: [10, 20, 30], live: [20, 40, 60] })).toMatchObject({ statistic: 0, cramersV: 0 });
  });

  it('has a V of at most 1 where no bin is shared', () => {
    expect(testHomogeneity({ reference: [1e15, 0], live: [0, 1e15] })?.cramersV).toBeCloseTo(1, 12);
  });

  it.each([
    ['one bin', [5], [7]],
    ['one bin with rows', [5, 0], [7, 0]],
    ['no live rows', [5, 5], [0, 0]],
  ])('is undefined with %s', (_what, reference, live) => {
    expect(testHomogeneity({ reference, live })).toBeNull();
  });
});

describe('mergeThinBins', () => {
  it('leaves bins alone that hold enough', () => {
    expect(mergeThinBins({ reference: [20, 30], live: [25, 25] }, true)).toEqual({ reference: [20, 30], live: [25, 25] });
  });

  it('joins a thin bin with its smaller neighbour where bins are ordered', () => {
    expect(mergeThinBins({ reference: [40, 2, 20, 38], live: [40, 2, 20, 38] }, true)).toEqual({
      reference: [40, 22, 38],
      live: [40, 22, 38],
    });
  });

  it('joins the two smallest where they have no order', () => {
    expect(mergeThinBins({ reference: [2, 40, 55, 3], live: [3, 40, 54, 3] }, false)).toEqual({
      reference: [5, 40, 55],
      live: [6, 40, 54],
    });
  });

  it.each([true, false])('loses no row, whether ordered (%p) or not', (isOrdered) => {
    const samples = { reference: [1, 0, 7, 2, 90, 0.5], live: [0, 3, 6, 1, 80, 0.25] };
    const merged = mergeThinBins(samples, isOrdered);
    expect(total(merged?.reference ?? [])).toBe(total(samples.reference));
    expect(total(merged?.live ?? [])).toBe(total(samples.live));
  });

  it('gives up where even two bins are too thin', () => {
    expect(mergeThinBins({ reference: [3, 3], live: [1, 0] }, true)).toBeNull();
  });
});
