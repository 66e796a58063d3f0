import { describe, expect, it } from '@jest/globals';
import {
  hellingerDistance,
  jensenShannonDistance,
  kolmogorovSmirnov,
  largestDifference,
  populationStabilityIndex,
  sharesOf,
  smoothedShares,
  totalVariation,
} from '../../../../src/core/statistics/divergence.ts';
import { publishedLive, publishedReference } from '../../../builders/drift.ts';

const [p, q] = [sharesOf(publishedReference.counts), sharesOf(publishedLive.counts)];

const all = { populationStabilityIndex, jensenShannonDistance, hellingerDistance, totalVariation, largestDifference } as const;

describe('the vector the research published', () => {
  it.each([
    ['populationStabilityIndex', 0.0431053909],
    ['jensenShannonDistance', 0.0879500335],
    ['hellingerDistance', 0.0733133789],
    ['totalVariation', 0.08],
    ['largestDifference', 0.05],
  ] as const)('%s is %p', (name, value) => {
    expect(all[name](p, q)).toBeCloseTo(value, 10);
    expect(all[name](q, p)).toBeCloseTo(value, 10);
  });

  it('differs by .08 at an edge, and by no more than the largest bin beyond', () => {
    expect(kolmogorovSmirnov(p, q).atEdges).toBeCloseTo(0.08, 12);
    expect(kolmogorovSmirnov(p, q).upperBound).toBeCloseTo(0.46, 12);
  });
});

describe('the same counts, three verdicts: a bin the reference never saw', () => {
  const [then, now] = [
    [500, 300, 200, 0],
    [450, 300, 200, 50],
  ] as const;

  it('is .236 in Jeffreys-smoothed PSI and infinite without smoothing', () => {
    expect(populationStabilityIndex(smoothedShares(then), smoothedShares(now))).toBeCloseTo(0.236, 3);
    expect(populationStabilityIndex(sharesOf(then), sharesOf(now))).toBe(Infinity);
  });

  it('is .161 in Jensen-Shannon distance, which needs none', () => {
    expect(jensenShannonDistance(sharesOf(then), sharesOf(now))).toBeCloseTo(0.161, 3);
  });
});

describe('extremes', () => {
  it.each(Object.entries(all))('%s is exactly 0 for equal shares, empty bins included', (_name, distance) => {
    expect(distance([0.5, 0, 0.5], [0.5, 0, 0.5])).toBe(0);
  });

  it.each([
    ['jensenShannonDistance', jensenShannonDistance],
    ['hellingerDistance', hellingerDistance],
    ['totalVariation', totalVariation],
  ])('%s is exactly 1 where no bin is shared', (_name, distance) => {
    expect(distance([0.25, 0.75, 0, 0], [0, 0, 0.5, 0.5])).toBe(1);
  });

  it('keeps its digits where both sides are nearly equal', () => {
    // To second order the divergence is sum (p-q)^2 / 8m in nats; here 1e-12 / 4.
    const distance = jensenShannonDistance([0.5, 0.5], [0.5 + 5e-7, 0.5 - 5e-7]);
    expect(distance ** 2 * Math.LN2 * 8).toBeCloseTo(1e-12, 20);
  });
});
