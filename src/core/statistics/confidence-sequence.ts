import type { Interval } from '../model/observation.ts';

/** An estimate that is near normal around the truth, as means of many rows are. */
export interface NormalEstimate {
  readonly value: number;
  /** Of the estimate; above 0. */
  readonly variance: number;
}

export interface MixtureRule {
  /** Standard deviation of the normal mixture: the distance from the truth at which the interval is to be narrow. Any value is valid if chosen before. */
  readonly scale: number;
  /** Chance that the interval leaves the truth out at any look, however often it is looked at while the sample grows. */
  readonly alpha: number;
}

/** Logarithm of the evidence against the truth being 0: 1/2 ln(V/(V+s^2)) + s^2 x^2 / (2 V (V+s^2)), Robbins 1970. On average never above 1 where it is 0. */
export function logEvidence({ value, variance }: NormalEstimate, scale: number): number {
  const spread = variance + scale ** 2;
  return Math.log(variance / spread) / 2 + (scale ** 2 * value ** 2) / (2 * variance * spread);
}

/** All values the evidence has not ruled out: where it is below 1/alpha. */
export function confidenceSequence({ value, variance }: NormalEstimate, { scale, alpha }: MixtureRule): Interval {
  const spread = variance + scale ** 2;
  const half = Math.sqrt(((2 * variance * spread) / scale ** 2) * (Math.log(spread / variance) / 2 - Math.log(alpha)));
  return { low: value - half, high: value + half };
}
