import { describe, expect, it } from '@jest/globals';
import {
  hellingerTerm,
  jensenShannonTerm,
  kolmogorovNoise,
  largestDifferenceNoise,
  leastLiveCount,
  psiNoise,
  thinBinNoise,
} from '../../../../src/core/statistics/drift-noise.ts';

describe('psiNoise', () => {
  it.each([
    [5, 0.05, 9.488],
    [5, 0.01, 13.277],
    [5, 0.001, 18.467],
    [10, 0.01, 21.666],
    [20, 0.01, 36.191],
  ])('for %p bins at %p is the published chi-square quantile %p', (bins, alpha, quantile) => {
    expect(psiNoise(bins, alpha)).toBeCloseTo(quantile, 3);
  });

  it('is nothing for one bin, which can read nothing but 0', () => {
    expect(psiNoise(1, 0.01)).toBe(0);
  });
});

describe('leastLiveCount', () => {
  it.each([
    [10, 0.1, 434],
    [10, 0.2, 217],
    [20, 0.1, 724],
    [5, 0.1, 266],
  ])('with %p bins keeps chance under half of %p from %p rows up, as published', (bins, limit, rows) => {
    expect(leastLiveCount(Infinity, limit / 2, psiNoise(bins, 0.01))).toBe(rows);
  });

  it('is none where the reference alone is too small', () => {
    expect(leastLiveCount(400, 0.05, psiNoise(10, 0.01))).toBeNull();
    expect(leastLiveCount(1000, 0.05, psiNoise(10, 0.01))).toBe(765);
  });
});

describe('kolmogorovNoise', () => {
  it.each([
    [0.05, 1.3581],
    [0.01, 1.6276],
  ])('at %p is the tabled %p', (alpha, limit) => {
    expect(kolmogorovNoise(alpha)).toBeCloseTo(limit, 4);
  });
});

describe('largestDifferenceNoise', () => {
  it('is that of the widest bin, with all bins taken together', () => {
    // 0.01 over two bins and two sides is 0.0025 a side: z is 2.807; the root of a quarter is a half.
    expect(largestDifferenceNoise([0.5, 0.5], 0.01)).toBeCloseTo(2.807 / 2, 3);
  });
});

describe('thinBinNoise', () => {
  const options = { alpha: 0.01, scale: 1 / 100_000 };

  it.each([
    ['Jensen-Shannon', jensenShannonTerm],
    ['Hellinger', hellingerTerm],
  ])('of %s is chi-square where every bin holds many rows', (_name, term) => {
    expect(
      thinBinNoise(
        Array.from({ length: 10 }, () => 0.1),
        term,
        options,
      ),
    ).toBeCloseTo(psiNoise(10, 0.01), 9);
  });

  it.each([
    ['Jensen-Shannon', jensenShannonTerm],
    ['Hellinger', hellingerTerm],
  ])('of %s is more than that where bins hold one row each', (_name, term) => {
    const thin = thinBinNoise(
      Array.from({ length: 50 }, () => 0.02),
      term,
      { alpha: 0.01, scale: 1 / 50 },
    );
    expect(thin).toBeGreaterThan(1.1 * psiNoise(50, 0.01));
  });

  it('is nothing where only one bin can hold rows', () => {
    expect(thinBinNoise([1], hellingerTerm, options)).toBe(0);
  });
});
