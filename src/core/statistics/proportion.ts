import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { Interval } from '../model/observation.ts';

/** `successes` of `trials`, both real numbers: `increase()` extrapolates to fractions. Trials are above 0, successes within them. */
export interface Share {
  readonly successes: number;
  readonly trials: number;
}

/** One of several strata: the share of either side in it. */
export interface StratumPair {
  readonly one: Share;
  readonly other: Share;
}

export interface Estimate {
  readonly value: number;
  readonly interval: Interval;
}

/*
 * `alpha` below is the chance that an interval leaves the truth out, on either side. Of fractions, less than half a row is none.
 */
const leastRow = 0.5;

/** As many independent rows as these say as much as; their rate is the same. */
export function independentRows({ successes, trials }: Share, designEffect: number): Share {
  return { successes: successes / designEffect, trials: trials / designEffect };
}

export function rate({ successes, trials }: Share): number {
  return successes / trials;
}

/** Score interval of a proportion (Wilson 1927): inside [0, 1], and never of no width. */
export function wilson(share: Share, alpha: number): Interval {
  const { successes, trials } = share;
  const z = reach(alpha);
  const p = rate(share);
  const centre = p + (z * z) / (2 * trials);
  const half = z * Math.sqrt((p * (1 - p)) / trials + (z / (2 * trials)) ** 2);
  const scale = 1 + (z * z) / trials;
  // At the ends the two terms cancel, but for float noise.
  return {
    low: successes <= 0 ? 0 : Math.max(0, (centre - half) / scale),
    high: successes >= trials ? 1 : Math.min(1, (centre + half) / scale),
  };
}

/** Rows on either side from which on the beta quantile takes longer than it is worth: with 1e15 it doesn't come back. */
const manyRows = 200_000;

/**
 * Exact interval of a proportion (Clopper and Pearson 1934): it never covers less than it says, and is wider for it. Where there are more than 200,000
 * successes and as many failures it is Wilson's with half a row more on either side, which differs from it by less than a thousandth of its width.
 */
export function clopperPearson({ successes, trials }: Share, alpha: number): Interval {
  const failures = trials - successes;
  if (Math.min(successes, failures) > manyRows) {
    const ends = [successes - leastRow, successes + leastRow].map((each) => wilson({ successes: each, trials }, alpha));
    return { low: ends[0]?.low ?? 0, high: ends[1]?.high ?? 1 };
  }
  return {
    low: successes < leastRow ? 0 : betaQuantile(alpha / 2, successes, failures + 1),
    high: failures < leastRow ? 1 : betaQuantile(1 - alpha / 2, successes + 1, failures),
  };
}

/** Difference one - other of two independent proportions (Newcombe 1998, method 10: square-and-add of the Wilson ends). */
export function newcombe({ one, other }: StratumPair, alpha: number): Estimate {
  const [p, q] = [rate(one), rate(other)];
  const [a, b] = [wilson(one, alpha), wilson(other, alpha)];
  const value = p - q;
  return { value, interval: { low: value - Math.hypot(p - a.low, b.high - q), high: value + Math.hypot(a.high - p, q - b.low) } };
}

/**
 * Ratio one / other of two independent proportions (Katz 1978, on the logarithm). Without a success on a side half a success more is counted in
 * both counts and both totals (Walter 1975), in the value too: of rows as they are counted, whatever their design effect. Of no width where everything
 * succeeded on both sides.
 */
export function katz({ one, other }: StratumPair, alpha: number, designEffect = 1): Estimate {
  const more = one.successes < leastRow || other.successes < leastRow ? 0.5 : 0;
  const [a, n, b, m] = [one.successes + more, one.trials + more, other.successes + more, other.trials + more];
  const value = a / n / (b / m);
  const factor = Math.exp(reach(alpha) * Math.sqrt(designEffect * Math.max(0, 1 / a - 1 / n + 1 / b - 1 / m)));
  return { value, interval: { low: value / factor, high: value * factor } };
}

/**
 * Difference one - other pooled over strata (Mantel and Haenszel), its variance after Sato, Greenland and Robins (1989), good for many thin strata and
 * for few thick ones. Null where no stratum has both sides, or where none varies: then nothing is known of the spread.
 */
export function mantelHaenszel(strata: readonly StratumPair[], alpha: number): Estimate | null {
  const sums = { weight: 0, difference: 0, p: 0, q: 0 };
  for (const { one, other } of strata) {
    if (!(one.trials > 0 && other.trials > 0)) continue;
    const [a, n, b, m] = [one.successes, one.trials, other.successes, other.trials];
    const total = n + m;
    // Shares before products: counts may be as large as floats go.
    const [u, v] = [n / total, m / total];
    sums.weight += u * m;
    sums.difference += v * a - u * b;
    sums.p += u * u * b - v * v * a + (u * v * (m - n)) / 2;
    sums.q += (u * (a / n) * (m - b) + v * (b / m) * (n - a)) / 2;
  }
  const value = sums.difference / sums.weight;
  const half = (reach(alpha) * Math.sqrt(value * sums.p + sums.q)) / sums.weight;
  if (!(half > 0)) return null;
  return { value, interval: { low: Math.max(-1, value - half), high: Math.min(1, value + half) } };
}

/** Half width of a two-sided interval in standard errors. */
export function reach(alpha: number): number {
  return -normalQuantile(alpha / 2, 0, 1);
}
