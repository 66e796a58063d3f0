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
import { measureDivergence, type DriftMetric } from '../../../../src/core/statistics/drift-metric.ts';
import { kolmogorovNoise, leastLiveCount, psiNoise } from '../../../../src/core/statistics/drift-noise.ts';
import { mergeThinBins, testHomogeneity } from '../../../../src/core/statistics/homogeneity.ts';
import { wassersteinDistance } from '../../../../src/core/statistics/wasserstein.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

const relative = 1e-9;
const drifts = loadGolden('divergences', 'counts');

describe('drift against scipy', () => {
  it.each(drifts)('distances: $name', ({ input: { reference, live }, expected }) => {
    const [p, q] = [sharesOf(reference), sharesOf(live)];
    expectRelative(populationStabilityIndex(p, q), expected.psi, relative);
    expectRelative(populationStabilityIndex(smoothedShares(reference), smoothedShares(live)), expected.psiJeffreys, relative);
    expectRelative(jensenShannonDistance(p, q), expected.jsDistanceBase2, relative);
    expectRelative(hellingerDistance(p, q), expected.hellinger, relative);
    expectRelative(totalVariation(p, q), expected.totalVariation, relative);
    expectRelative(largestDifference(p, q), expected.linf, relative);
    expectRelative(kolmogorovSmirnov(p, q).atEdges, expected.ksBins, relative);
    // No distance of two distributions is more than 1.
    expectRelative(kolmogorovSmirnov(p, q).upperBound, Math.min(1, expected.ksUpper), relative);
  });

  it.each(drifts)('chi-square and V: $name', ({ input, expected }) => {
    const test = testHomogeneity(input);
    // One bin with rows: there is no test, and no figure of one.
    expect(test?.degreesOfFreedom).toBe(expected.chi2?.df);
    expectRelative(test?.statistic ?? null, expected.chi2?.statistic ?? null, relative);
    expectRelative(test?.cramersV ?? null, expected.cramersVCorrected, relative);
  });

  it.each(drifts.filter(({ expected }) => expected.cochran !== null && expected.cochran.leastExpected >= 5))(
    'bins that hold enough are left alone: $name',
    ({ input }) => {
      const thick = mergeThinBins(input, true);
      const filled = (side: readonly number[], other: readonly number[]) => side.filter((count, bin) => count + (other[bin] ?? 0) > 0);
      expect(thick).toEqual({ reference: filled(input.reference, input.live), live: filled(input.live, input.reference) });
    },
  );

  it.each(drifts.filter(({ input }) => input.edges !== undefined))('Wasserstein: $name', ({ input, expected }) => {
    const closed = (counts: readonly number[]) => ({ below: 0, inside: sharesOf(counts), above: 0 });
    expectRelative(wassersteinDistance(input.edges ?? [], closed(input.reference), closed(input.live)), expected.w1, relative);
  });

  it.each(drifts.filter(({ input }) => input.reference.length > 1))('smoothed PSI and its noise floors: $name', ({ input, expected }) => {
    expect(expected.noiseFloors).toHaveLength(3);
    for (const { alpha, floor } of expected.noiseFloors) {
      const { value, noiseFloor, figures } = measured('PSI', input, alpha);
      expectRelative(value, expected.psiJeffreys, relative);
      expectRelative(noiseFloor, floor, relative);
      expectRelative(figures['excess'], expected.psiJeffreysExcess, relative);
    }
  });

  it.each(loadGolden('noise', 'chi-square'))('chi-square quantile: $name', ({ input, expected }) => {
    expectRelative(psiNoise(input.bins, input.alpha), expected.quantile, relative);
  });

  it.each(loadGolden('noise', 'kolmogorov-smirnov'))('Kolmogorov limit: $name', ({ input, expected }) => {
    expectRelative(kolmogorovNoise(input.alpha), expected.coefficient, relative);
    const half = (rows: number) => [rows / 2, rows / 2];
    const { noiseFloor } = measured(
      'KolmogorovSmirnov',
      { reference: half(input.reference), live: half(input.live), designEffect: 1 },
      input.alpha,
    );
    expectRelative(noiseFloor, expected.limit, relative);
  });

  it.each(loadGolden('noise', 'least-live-count'))('rows that are needed: $name', ({ input, expected }) => {
    expect(leastLiveCount(Infinity, input.threshold / 2, psiNoise(input.bins, input.alpha))).toBe(expected.samples);
  });
});

interface Input {
  readonly reference: readonly number[];
  readonly live: readonly number[];
  readonly designEffect: number;
}

function measured(metric: DriftMetric, { reference, live, designEffect }: Input, falseAlarmProbability: number) {
  const value = measureDivergence({ metric, designEffect, falseAlarmProbability }, { reference, live, edges: null });
  if (!value.ok) throw new Error(value.failure.message);
  return value.value;
}
