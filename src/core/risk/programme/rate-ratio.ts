import { clopperPearson } from '../../statistics/proportion.ts';
import type { Interval } from '../../model/observation.ts';

/** Below it the ratio of two counts is noise. */
export const leastEvents = 10;

export interface RateRatio {
  readonly before: number;
  readonly now: number;
  /** Now to before; null while there are too few of both together. */
  readonly ratio: number | null;
  readonly interval: Interval | null;
}

const alpha = 0.05;

function odds(share: number): number {
  return share >= 1 ? Infinity : share / (1 - share);
}

/**
 * Two Poisson counts over spans of one length: given their sum, the later one is binomial with half a chance if the rates are alike, so an
 * exact interval of its share (Clopper and Pearson) is one of their ratio, at 95 %.
 */
export function rateRatio(before: number, now: number): RateRatio {
  const trials = before + now;
  if (trials < leastEvents) return { before, now, ratio: null, interval: null };
  const { low, high } = clopperPearson({ successes: now, trials }, alpha);
  return { before, now, ratio: before === 0 ? Infinity : now / before, interval: { low: odds(low), high: odds(high) } };
}
