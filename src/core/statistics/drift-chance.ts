import normalCDF from '@stdlib/stats-base-dists-normal-cdf';
import { assertNever } from '../../shared/assert-never.ts';
import { sharesOf, smoothedShares } from './divergence.ts';
import { pooledCounts, type AlignedCounts, type DriftMeasure } from './drift-metric.ts';
import { chiSquareTail, hellingerTerm, jensenShannonTerm, noiseScale, thinBinTail, type BinTerm } from './drift-noise.ts';
import { total } from './histogram.ts';
import { mergeThinBins, testHomogeneity } from './homogeneity.ts';

/** Bounds of a probability; equal where the law is known, apart where only a bound of it is. */
export interface Chance {
  readonly atLeast: number;
  readonly atMost: number;
}

/**
 * Chance that a distance between two samples of one distribution is above `level`, which lies at or above its noise floor: the tails of the very laws
 * the noise floors are quantiles of. Total variation is bounded by half the root of PSI, Kolmogorov's law by what lies between the bounds of buckets,
 * and of a Wasserstein distance no more is known than that it exceeds its floor by at most the declared chance.
 */
export function driftChance(measure: DriftMeasure, counts: AlignedCounts, level: number): Chance {
  const { metric, falseAlarmProbability, designEffect } = measure;
  const scale = designEffect * noiseScale({ reference: total(counts.reference), live: total(counts.live) });
  const freedom = counts.reference.length - 1;
  const unsmoothed = (term: BinTerm, divergence: number): Chance =>
    known(thinBinTail(smoothedShares(pooledCounts(counts)), term, { level: (8 * divergence) / scale, scale }));
  switch (metric) {
    case 'PSI':
      return known(chiSquareTail(level / scale, freedom));
    case 'JensenShannon':
      return unsmoothed(jensenShannonTerm, level ** 2 * Math.LN2);
    case 'Hellinger':
      return unsmoothed(hellingerTerm, level ** 2);
    case 'TotalVariation':
      return bound(chiSquareTail((2 * level) ** 2 / scale, freedom));
    case 'LInfinity':
      return bound(largestDifferenceTail(sharesOf(pooledCounts(counts)), level / Math.sqrt(scale)));
    case 'KolmogorovSmirnov':
      return bound(kolmogorovTail(level / Math.sqrt(scale)));
    case 'CramersV':
      return known(associationTail(measure, counts, level));
    case 'Wasserstein':
      return bound(falseAlarmProbability);
    default:
      return assertNever(metric);
  }
}

function known(chance: number): Chance {
  return { atLeast: chance, atMost: chance };
}

function bound(chance: number): Chance {
  return { atLeast: 0, atMost: Math.min(1, chance) };
}

function largestDifferenceTail(shares: readonly number[], level: number): number {
  const spread = shares.reduce((most, share) => Math.max(most, Math.sqrt(share * (1 - share))), 0);
  return 2 * shares.length * normalCDF(-level / spread, 0, 1);
}

/** 2 sum (-1)^(k-1) exp(-2 k^2 x^2). */
function kolmogorovTail(x: number): number {
  return [1, 2, 3, 4, 5].reduce((sum, k) => sum + (k % 2 === 0 ? -2 : 2) * Math.exp(-2 * k * k * x * x), 0);
}

function associationTail({ designEffect }: DriftMeasure, counts: AlignedCounts, level: number): number {
  const effective = (side: readonly number[]): readonly number[] => side.map((count) => count / designEffect);
  const merged = mergeThinBins({ reference: effective(counts.reference), live: effective(counts.live) }, counts.edges !== null);
  const test = merged === null ? null : testHomogeneity(merged);
  return test === null ? 0 : chiSquareTail(test.fromCramersV(level), test.degreesOfFreedom);
}
