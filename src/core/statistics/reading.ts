import type { EpochMs } from '../../shared/clock.ts';
import type { Computation, Interval, Reservation } from '../model/observation.ts';

/** What a statistic says of one window of one model. */
export interface StatisticReading {
  readonly value: number;
  /** Whole rows behind the value, of the smallest group where there are several: `increase()` extrapolates to fractions. */
  readonly sampleCount: number;
  /** What the value stays under (with direction Below: over) without any change, but for the declared chance; null where an interval says it. */
  readonly noiseFloor: number | null;
  readonly interval: Interval | null;
  readonly computation: Computation;
  /** Which of several things the value is of, in words. Left out: there is only one. */
  readonly detail?: string;
  /** What of several things could not be measured beside it: the value counts as a breach or not at all. */
  readonly unless?: StatisticGap;
  /** Where the counts say themselves how old they are: end of the newest day counted. Left out: time of the newest sample. */
  readonly dataTimeMs?: EpochMs;
  /** Where counts were added up over more windows than the signal's own: seconds from the first to `dataTimeMs`. */
  readonly windowSeconds?: number;
}

/** Why there is no value. `Insufficient` is neither good nor bad; everything else is NoData with that cause. */
export type StatisticGap = Reservation;
