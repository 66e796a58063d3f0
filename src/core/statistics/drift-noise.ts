import upperGamma from '@stdlib/math-base-special-gammainc';
import chiSquareQuantile from '@stdlib/stats-base-dists-chisquare-quantile';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { chiSquareLimit } from './chi-square-limit.ts';

/** Rows of both sides, after division by the design effect. */
export interface SampleSizes {
  readonly reference: number;
  readonly live: number;
}

/** What a PSI between two samples of one distribution stays under but for `alpha`, divided by 1/n + 1/m (Yurdakul 2018). */
export function psiNoise(bins: number, alpha: number, limit = chiSquareLimit): number {
  return bins < 2 ? 0 : limit(1 - alpha, bins - 1);
}

/** 1/n + 1/m: how much less two large samples differ by chance than two small ones. */
export function noiseScale({ reference, live }: SampleSizes): number {
  return 1 / reference + 1 / live;
}

/**
 * Live rows that keep a PSI of no change at or under `limit`; null where the reference alone is too small for that. An infinite reference is one
 * that is known exactly.
 */
export function leastLiveCount(reference: number, limit: number, noise: number): number | null {
  const ofLive = limit / noise - 1 / reference;
  // The tolerance keeps an exact number of rows from being rounded up to the next.
  return ofLive > 0 ? Math.ceil((1 / ofLive) * (1 - 1e-12)) : null;
}

/**
 * Limit of the two-sided Kolmogorov-Smirnov distance, divided by the root of 1/n + 1/m: alpha = 2 sum (-1)^(k-1) exp(-2 k^2 x^2). On bins it is
 * conservative, since the largest difference may lie inside of one.
 */
export function kolmogorovNoise(alpha: number): number {
  // The first term decides; the others are corrections that each step makes smaller.
  let x = Math.sqrt(-Math.log(alpha / 2) / 2);
  for (let step = 0; step < 40; step++) {
    const rest = [2, 3, 4, 5].reduce((sum, k) => sum + (k % 2 === 0 ? 1 : -1) * Math.exp(-2 * k * k * x * x), 0);
    x = Math.sqrt(-Math.log(alpha / 2 + rest) / 2);
  }
  return x;
}

/** Limit of the largest difference of one share among `shares`, divided by the root of 1/n + 1/m: normal, with Bonferroni over the bins. */
export function largestDifferenceNoise(shares: readonly number[], alpha: number): number {
  const spread = shares.reduce((most, share) => Math.max(most, Math.sqrt(share * (1 - share))), 0);
  return spread * normalQuantile(1 - alpha / (2 * shares.length), 0, 1);
}

/** Quantile of the standard normal that is exceeded with probability `alpha`. */
export function upperNormal(alpha: number): number {
  return normalQuantile(1 - alpha, 0, 1);
}

/** What one bin adds to a distance when it holds `count` of `expected` rows, in units in which a bin with many rows adds chi-square of 1. */
export type BinTerm = (expected: number, count: number) => number;

/** Jensen-Shannon divergence (in nats) times 8, and squared Hellinger distance times 8, bin by bin. */
export const jensenShannonTerm: BinTerm = (expected, count) =>
  4 * (expected * Math.log((2 * expected) / (expected + count)) + (count > 0 ? count * Math.log((2 * count) / (expected + count)) : 0));
export const hellingerTerm: BinTerm = (expected, count) => 4 * (Math.sqrt(count) - Math.sqrt(expected)) ** 2;

/** From so many expected rows on a bin is as good as normal. */
const manyRows = 50;

/**
 * Limit for a sum of bin terms, in place of chi-square with one degree of freedom less than bins. Without smoothing a thin bin adds more than a normal
 * one (an empty Hellinger bin up to four times its rows), so mean and variance of its term are taken from the Poisson distribution and a gamma
 * distribution is fitted to the sum; with many rows everywhere that is chi-square again. `scale` is 1/n + 1/m.
 */
export function thinBinNoise(
  shares: readonly number[],
  term: BinTerm,
  { alpha, scale }: { readonly alpha: number; readonly scale: number },
): number {
  const { mean, variance } = thinBinMoments(shares, term, scale);
  if (!(variance > 0)) return 0;
  return (variance / (2 * mean)) * chiSquareQuantile(1 - alpha, (2 * mean * mean) / variance);
}

/** Chance that the same sum, divided by `scale`, is above `level` without any change: the tail whose quantile is the noise. */
export function thinBinTail(
  shares: readonly number[],
  term: BinTerm,
  { level, scale }: { readonly level: number; readonly scale: number },
): number {
  const { mean, variance } = thinBinMoments(shares, term, scale);
  return variance > 0 ? chiSquareTail((2 * mean * level) / variance, (2 * mean * mean) / variance) : 0;
}

/** Chance that a chi-square is above `level`; exact far out, where 1 minus the distribution would be noise. */
export function chiSquareTail(level: number, degreesOfFreedom: number): number {
  return level > 0 ? upperGamma(level / 2, degreesOfFreedom / 2, true, true) : 1;
}

function thinBinMoments(shares: readonly number[], term: BinTerm, scale: number): { readonly mean: number; readonly variance: number } {
  let [mean, variance] = [0, 0];
  for (const share of shares) {
    const moments = momentsOf(term, share / scale);
    mean += moments.mean * (1 - share);
    variance += moments.variance * (1 - share);
  }
  return { mean, variance };
}

function momentsOf(term: BinTerm, expected: number): { readonly mean: number; readonly variance: number } {
  if (expected >= manyRows) return { mean: 1, variance: 2 };
  let [mean, square] = [0, 0];
  let probability = Math.exp(-expected);
  const last = Math.ceil(expected + 10 * Math.sqrt(expected) + 10);
  for (let count = 0; count <= last; count++) {
    const each = expected > 0 ? term(expected, count) : 0;
    mean += probability * each;
    square += probability * each * each;
    probability *= expected / (count + 1);
  }
  return { mean, variance: square - mean * mean };
}
