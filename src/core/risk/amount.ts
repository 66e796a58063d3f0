import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import normalCDF from '@stdlib/stats-base-dists-normal-cdf';
import { assertNever } from '../../shared/assert-never.ts';

/** Money lost in one incident, as a person estimates it; all in one currency. */
export type Amount =
  /** `low` and `high` are its 5 % and 95 % points; no loss is above `cap`. */
  | { readonly kind: 'Lognormal'; readonly low: number; readonly high: number; readonly cap: number | null }
  | { readonly kind: 'PERT'; readonly min: number; readonly mode: number; readonly max: number }
  | { readonly kind: 'Constant'; readonly amount: number };

/** 95 % point of the standard normal distribution. */
const normal95 = 1.6448536269514722;
/** Weight of the mode in a PERT distribution. */
const pertWeight = 4;

export function lognormalParameters({ low, high }: { readonly low: number; readonly high: number }) {
  return { mu: (Math.log(low) + Math.log(high)) / 2, sigma: (Math.log(high) - Math.log(low)) / (2 * normal95) };
}

export function pertParameters({ min, mode, max }: { readonly min: number; readonly mode: number; readonly max: number }) {
  const span = max - min;
  return { alpha: 1 + (pertWeight * (mode - min)) / span, beta: 1 + (pertWeight * (max - mode)) / span };
}

/** Mean, in closed form. */
export function meanAmount(amount: Amount): number {
  switch (amount.kind) {
    case 'Lognormal': {
      const { mu, sigma } = lognormalParameters(amount);
      const mean = Math.exp(mu + (sigma * sigma) / 2);
      if (amount.cap === null) return mean;
      // E[min(X, cap)]: what lies below the cap, and the cap for all that lies above.
      const score = (Math.log(amount.cap) - mu) / sigma;
      return mean * normalCDF(score - sigma, 0, 1) + amount.cap * normalCDF(-score, 0, 1);
    }
    case 'PERT':
      return (amount.min + pertWeight * amount.mode + amount.max) / (pertWeight + 2);
    case 'Constant':
      return amount.amount;
    default:
      return assertNever(amount);
  }
}

/** The amount at a normal score: its quantile at the probability with which a standard normal variable stays under `score`. */
export function amountAt(amount: Amount, score: number): number {
  switch (amount.kind) {
    case 'Lognormal': {
      const { mu, sigma } = lognormalParameters(amount);
      return Math.min(Math.exp(mu + sigma * score), amount.cap ?? Infinity);
    }
    case 'PERT': {
      const { alpha, beta } = pertParameters(amount);
      return amount.min + (amount.max - amount.min) * betaQuantile(normalCDF(score, 0, 1), alpha, beta);
    }
    case 'Constant':
      return amount.amount;
    default:
      return assertNever(amount);
  }
}

/** The same estimate of `factor` units, or in another currency. */
export function scaleAmount(amount: Amount, factor: number): Amount {
  switch (amount.kind) {
    case 'Lognormal':
      return {
        kind: 'Lognormal',
        low: amount.low * factor,
        high: amount.high * factor,
        cap: amount.cap === null ? null : amount.cap * factor,
      };
    case 'PERT':
      return { kind: 'PERT', min: amount.min * factor, mode: amount.mode * factor, max: amount.max * factor };
    case 'Constant':
      return { kind: 'Constant', amount: amount.amount * factor };
    default:
      return assertNever(amount);
  }
}
