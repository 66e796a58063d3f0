import { describe, expect, it } from '@jest/globals';
import { sharesOf } from '../../../../src/core/statistics/divergence.ts';
import { quantileOf, wassersteinDistance, wassersteinNoise } from '../../../../src/core/statistics/wasserstein.ts';
import { publishedLive, publishedReference } from '../../../builders/drift.ts';

const closed = (counts: readonly number[]) => ({ below: 0, inside: sharesOf(counts), above: 0 });
const published = [0, 1, 2, 5, 10, 20];

describe('wassersteinDistance', () => {
  it('gives the published .715', () => {
    expect(wassersteinDistance(published, closed(publishedReference.counts), closed(publishedLive.counts))).toBeCloseTo(0.715, 12);
  });

  it('is how far all rows have moved', () => {
    expect(wassersteinDistance([0, 1, 2, 3], closed([1, 0, 0]), closed([0, 0, 1]))).toBeCloseTo(2, 12);
  });

  it('counts both sides of a crossing inside a bin', () => {
    // F - G goes from 0.5 to -0.5 over a width of 2: two triangles of 0.25.
    const p = { below: 0.5, inside: [0, 0.5], above: 0 };
    const q = { below: 0, inside: [1, 0], above: 0 };
    expect(wassersteinDistance([0, 2, 3], p, q)).toBeCloseTo(0.5 + 0.25, 12);
  });

  it('starts from what lies below the first edge', () => {
    const p = { below: 0.1, inside: [0.9], above: 0 };
    const q = { below: 0, inside: [1], above: 0 };
    expect(wassersteinDistance([0, 10], p, q)).toBeCloseTo(0.5, 12);
  });
});

describe('quantileOf', () => {
  it('is uniform inside a bin', () => {
    expect(quantileOf([0, 10, 20], closed([1, 1]), 0.25)).toBeCloseTo(5, 12);
    expect(quantileOf([0, 10, 20], closed([1, 1]), 0.95)).toBeCloseTo(19, 12);
  });

  it('is unknown beyond the edges', () => {
    expect(quantileOf([0, 10], { below: 0.1, inside: [0.9], above: 0 }, 0.05)).toBeNull();
    expect(quantileOf([0, 10], { below: 0, inside: [0.9], above: 0.1 }, 0.95)).toBeNull();
  });
});

describe('wassersteinNoise', () => {
  it('is nothing where every row stands at one place', () => {
    expect(wassersteinNoise([0, 0], closed([1]), 2.3)).toBe(0);
  });

  it('does not depend on where the edges stand, only on how far apart', () => {
    const near = wassersteinNoise([0, 1, 2], closed([1, 3]), 2.3);
    expect(wassersteinNoise([1e9, 1e9 + 1, 1e9 + 2], closed([1, 3]), 2.3)).toBeCloseTo(near, 6);
    expect(wassersteinNoise([0, 10, 20], closed([1, 3]), 2.3)).toBeCloseTo(10 * near, 10);
  });
});
