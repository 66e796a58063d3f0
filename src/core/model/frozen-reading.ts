import type { EpochMs } from '../../shared/clock.ts';
import type { Verdict } from './assessment.ts';
import type { Threshold } from './indicator.ts';
import type { Computation, Interval } from './observation.ts';

/** One reading as it stood when a plan acted on it: all it takes to compute its verdict again. */
export interface FrozenReading {
  readonly indicator: string;
  readonly verdict: Verdict;
  readonly provider: string;
  /** As it was sent; a cut one ends with an ellipsis. */
  readonly query: string;
  readonly windowSeconds: number;
  readonly threshold: Threshold;
  /** Null, like all that follows from it, when there was none; `message` then says why. */
  readonly value: number | null;
  readonly sampleCount: number | null;
  readonly noiseFloor: number | null;
  readonly interval: Interval | null;
  /** Null also where there was no room for it. */
  readonly computation: Computation | null;
  readonly dataTimeMs: EpochMs | null;
  /** Why there was no value; of a value what it consists of, where the signal can name it. */
  readonly message: string;
}
