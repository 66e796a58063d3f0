import { total } from './histogram.ts';

/*
 * Distances between two rows of shares over the same bins, each summing to 1; `p` is the reference, `q` the live one. None but PSI needs smoothing:
 * an empty bin is a share of 0. Formulas: Lin 1991 (Jensen-Shannon), Yurdakul 2018 (PSI); Hellinger and total variation: Gibbs and Su 2002.
 */

/** Shares of counts whose sum is above 0. */
export function sharesOf(counts: readonly number[]): readonly number[] {
  const sum = total(counts);
  return counts.map((count) => count / sum);
}

/** (c + 0.5) / (n + 0.5 B), after Jeffreys: an empty bin is a small share, not an infinite surprise. */
export function smoothedShares(counts: readonly number[]): readonly number[] {
  const denominator = total(counts) + 0.5 * counts.length;
  return counts.map((count) => (count + 0.5) / denominator);
}

/** Sum of (q-p) ln(q/p) over bins, in nats, from 0 up. A share of 0 on one side gives Infinity; smooth first. */
export function populationStabilityIndex(p: readonly number[], q: readonly number[]): number {
  return sumOver(p, q, (a, b) => (a === b ? 0 : (b - a) * Math.log(b / a)));
}

/** Square root of the Jensen-Shannon divergence in bits: 0 for equal shares, 1 where no bin is shared. */
export function jensenShannonDistance(p: readonly number[], q: readonly number[]): number {
  // With shares m(1-d) and m(1+d) every bin adds something positive: nothing cancels between bins, so small distances keep their digits.
  const nats = sumOver(p, q, (a, b) => {
    if (a === b) return 0;
    const d = (b - a) / (a + b);
    return ((a + b) / 4) * (xLogX(1 - d, -d) + xLogX(1 + d, d));
  });
  return Math.min(1, Math.sqrt(Math.max(0, nats) / Math.LN2));
}

/** Square root of half the sum of (sqrt p - sqrt q)^2: from 0 to 1. */
export function hellingerDistance(p: readonly number[], q: readonly number[]): number {
  return Math.min(1, Math.sqrt(sumOver(p, q, (a, b) => (Math.sqrt(a) - Math.sqrt(b)) ** 2) / 2));
}

/** Share of the rows that would have to move for the two to be equal: from 0 to 1. */
export function totalVariation(p: readonly number[], q: readonly number[]): number {
  return Math.min(1, sumOver(p, q, (a, b) => Math.abs(a - b)) / 2);
}

/** Largest difference of one bin's share: from 0 to 1. */
export function largestDifference(p: readonly number[], q: readonly number[]): number {
  return p.reduce((largest, a, bin) => Math.max(largest, Math.abs(a - (q[bin] ?? 0))), 0);
}

/** What ordered bins say of the Kolmogorov-Smirnov distance: it lies between these two. */
export interface KolmogorovSmirnov {
  /** Largest difference of the cumulative shares at a bin's edge. */
  readonly atEdges: number;
  /** Rows may stand in the worst order inside one bin; that adds at most the bin's larger share. */
  readonly upperBound: number;
}

export function kolmogorovSmirnov(p: readonly number[], q: readonly number[]): KolmogorovSmirnov {
  let [difference, atEdges] = [0, 0];
  p.forEach((a, bin) => {
    difference += a - (q[bin] ?? 0);
    atEdges = Math.max(atEdges, Math.abs(difference));
  });
  return {
    atEdges: Math.min(1, atEdges),
    upperBound: Math.min(1, atEdges + [...p, ...q].reduce((most, share) => Math.max(most, share), 0)),
  };
}

function sumOver(p: readonly number[], q: readonly number[], term: (a: number, b: number) => number): number {
  return p.reduce((sum, a, bin) => sum + term(a, q[bin] ?? 0), 0);
}

/** x ln x for x = 1 + d, exact for small d; 0 at 0. */
function xLogX(x: number, d: number): number {
  return x <= 0 ? 0 : x * Math.log1p(d);
}
