import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  hellingerDistance,
  jensenShannonDistance,
  kolmogorovSmirnov,
  largestDifference,
  populationStabilityIndex,
  sharesOf,
  smoothedShares,
  totalVariation,
} from '../../../src/core/statistics/divergence.ts';
import { driftMetrics, measureDivergence } from '../../../src/core/statistics/drift-metric.ts';
import { total } from '../../../src/core/statistics/histogram.ts';
import { mergeThinBins, testHomogeneity } from '../../../src/core/statistics/homogeneity.ts';

const aCount = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0.001, max: 1e15, noNaN: true }));

/** Counts of both sides over 2 to 30 bins, neither side empty. */
const aPair = fc
  .integer({ min: 2, max: 30 })
  .chain((bins) =>
    fc.record({
      reference: fc.array(aCount, { minLength: bins, maxLength: bins }),
      live: fc.array(aCount, { minLength: bins, maxLength: bins }),
    }),
  )
  .filter(({ reference, live }) => total(reference) > 0 && total(live) > 0);

const distances = { jensenShannonDistance, hellingerDistance, totalVariation, largestDifference } as const;
const slack = 1e-9;

/** Bins `at` and the one after it as one. */
const merged = (counts: readonly number[], at: number): readonly number[] => [
  ...counts.slice(0, at),
  (counts[at] ?? 0) + (counts[at + 1] ?? 0),
  ...counts.slice(at + 2),
];

describe('distances between shares', () => {
  it('lie between 0 and 1, are symmetric, and 0 for equal shares', () => {
    fc.assert(
      fc.property(aPair, ({ reference, live }) => {
        const [p, q] = [sharesOf(reference), sharesOf(live)];
        for (const distance of Object.values(distances)) {
          expect(distance(p, q)).toBeGreaterThanOrEqual(0);
          expect(distance(p, q)).toBeLessThanOrEqual(1);
          expect(Math.abs(distance(p, q) - distance(q, p))).toBeLessThanOrEqual(slack);
          expect(distance(p, p)).toBe(0);
        }
        expect(populationStabilityIndex(p, p)).toBe(0);
      }),
    );
  });

  it('keep the inequalities between them', () => {
    fc.assert(
      fc.property(aPair, ({ reference, live }) => {
        const [p, q] = [sharesOf(reference), sharesOf(live)];
        const [js, h, tv] = [jensenShannonDistance(p, q), hellingerDistance(p, q), totalVariation(p, q)];
        expect(h * h).toBeLessThanOrEqual(tv + slack);
        expect(tv).toBeLessThanOrEqual(h * Math.SQRT2 + slack);
        expect(0.8493 * tv).toBeLessThanOrEqual(js + slack);
        expect(js).toBeLessThanOrEqual(Math.sqrt(tv) + slack);
        expect(largestDifference(p, q)).toBeLessThanOrEqual(tv + slack);
        const { atEdges, upperBound } = kolmogorovSmirnov(p, q);
        expect(atEdges).toBeLessThanOrEqual(tv + slack);
        expect(upperBound).toBeGreaterThanOrEqual(atEdges);
      }),
    );
  });

  it('never grow when two bins become one', () => {
    fc.assert(
      fc.property(aPair, fc.nat(), ({ reference, live }, place) => {
        const at = place % (reference.length - 1);
        const [p, q] = [sharesOf(reference), sharesOf(live)];
        const [coarseP, coarseQ] = [merged(p, at), merged(q, at)];
        for (const distance of [jensenShannonDistance, hellingerDistance, totalVariation, populationStabilityIndex]) {
          const fine = distance(p, q);
          if (Number.isFinite(fine)) expect(distance(coarseP, coarseQ)).toBeLessThanOrEqual(fine + slack * (1 + fine));
        }
        expect(kolmogorovSmirnov(coarseP, coarseQ).atEdges).toBeLessThanOrEqual(kolmogorovSmirnov(p, q).atEdges + slack);
      }),
    );
  });

  it('do not depend on how many rows the shares come from', () => {
    fc.assert(
      fc.property(aPair, fc.double({ min: 0.001, max: 1000, noNaN: true }), ({ reference, live }, factor) => {
        for (const distance of Object.values(distances))
          expect(
            Math.abs(
              distance(sharesOf(reference), sharesOf(live)) -
                distance(sharesOf(reference.map((count) => count * factor)), sharesOf(live.map((count) => count * factor))),
            ),
          ).toBeLessThanOrEqual(1e-7);
      }),
    );
  });
});

describe('smoothing', () => {
  it('leaves shares that sum to 1, none of them 0', () => {
    fc.assert(
      fc.property(aPair, ({ reference }) => {
        const shares = smoothedShares(reference);
        expect(total(shares)).toBeCloseTo(1, 9);
        expect(Math.min(...shares)).toBeGreaterThan(0);
      }),
    );
  });
});

describe('merging thin bins', () => {
  it('loses no row and leaves five expected in every bin of either side', () => {
    fc.assert(
      fc.property(aPair, fc.boolean(), (pair, isOrdered) => {
        const thick = mergeThinBins(pair, isOrdered);
        if (thick === null) return;
        const [n, m] = [total(thick.reference), total(thick.live)];
        expect(Math.abs(n - total(pair.reference))).toBeLessThanOrEqual(slack * n);
        expect(Math.abs(m - total(pair.live))).toBeLessThanOrEqual(slack * m);
        for (const [bin, count] of thick.reference.entries())
          expect(((count + (thick.live[bin] ?? 0)) * Math.min(n, m)) / (n + m)).toBeGreaterThanOrEqual(5);
        const test = testHomogeneity(thick);
        expect(test?.cramersV).toBeGreaterThanOrEqual(0);
        expect(test?.cramersV).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('measureDivergence', () => {
  it('answers every pair of counts with a finite value and noise floor, or says why not', () => {
    fc.assert(
      fc.property(aPair, fc.constantFrom(...driftMetrics), fc.boolean(), (pair, metric, isOrdered) => {
        const edges = isOrdered ? [0, ...pair.live.slice(1).map((_count, bin) => bin + 1), Infinity] : null;
        const read = measureDivergence({ metric, falseAlarmProbability: 0.001, designEffect: 2 }, { ...pair, edges });
        if (!read.ok) {
          expect(read.failure.message.length).toBeGreaterThan(20);
          return;
        }
        expect(Number.isFinite(read.value.value) && read.value.value >= 0).toBe(true);
        expect(Number.isFinite(read.value.noiseFloor) && read.value.noiseFloor >= 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
