import { total } from './histogram.ts';

/** Shares of the bins between finite edges, with what lies below and above them. */
export interface FiniteShares {
  readonly below: number;
  readonly inside: readonly number[];
  readonly above: number;
}

/**
 * Integral of |F - G| between the first and the last edge, in the unit of the edges: how far the average row has moved, at least. Mass is uniform
 * inside a bin, so F - G is a straight line there. `edges` has one entry more than there are bins.
 */
export function wassersteinDistance(edges: readonly number[], p: FiniteShares, q: FiniteShares): number {
  let left = p.below - q.below;
  return p.inside.reduce((area, share, bin) => {
    const right = left + share - (q.inside[bin] ?? 0);
    const width = widthOf(edges, bin);
    const [a, b] = [Math.abs(left), Math.abs(right)];
    const crosses = left * right < 0;
    left = right;
    return area + (crosses ? (width * (a * a + b * b)) / (2 * (a + b)) : (width * (a + b)) / 2);
  }, 0);
}

/** Value below which this share of the rows lies, uniform inside a bin; null where that is beyond the edges. */
export function quantileOf(edges: readonly number[], { below, inside }: FiniteShares, share: number): number | null {
  let reached = below;
  if (share < reached) return null;
  for (const [bin, each] of inside.entries()) {
    if (each > 0 && reached + each >= share) return (edges[bin] ?? NaN) + widthOf(edges, bin) * ((share - reached) / each);
    reached += each;
  }
  return null;
}

/**
 * What the distance between two samples of one distribution stays under, but for the probability that belongs to `z`, times the square root of
 * 1/n + 1/m: the mean of the integral of a Brownian bridge over F, and z times the standard deviation of a row. A Lipschitz function of a Gaussian
 * process leaves its median by no more than that (Borell 1975), and the median of a convex one lies below its mean (Kwapien 1994).
 */
export function wassersteinNoise(edges: readonly number[], pooled: FiniteShares, z: number): number {
  // Counted from the first edge: far from 0 a square would swallow the spread.
  const origin = edges[0] ?? 0;
  const end = (edges.at(-1) ?? 0) - origin;
  let reached = pooled.below;
  let [spread, mean, square] = [0, pooled.above * end, pooled.above * end ** 2];
  pooled.inside.forEach((share, bin) => {
    const width = widthOf(edges, bin);
    const middle = (edges[bin] ?? 0) - origin + width / 2;
    // The root of F(1-F) is concave in F: its middle is at least its average over the bin.
    const atMiddle = Math.min(1, reached + share / 2);
    spread += width * Math.sqrt(atMiddle * (1 - atMiddle));
    reached += share;
    mean += share * middle;
    square += share * (middle ** 2 + width ** 2 / 12);
  });
  const mass = pooled.below + total(pooled.inside) + pooled.above;
  const variance = Math.max(0, square / mass - (mean / mass) ** 2);
  return Math.sqrt(2 / Math.PI) * spread + z * Math.sqrt(variance);
}

function widthOf(edges: readonly number[], bin: number): number {
  return (edges[bin + 1] ?? NaN) - (edges[bin] ?? NaN);
}
