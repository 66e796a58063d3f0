import type { Computation, Interval, NoDataCause } from '../../core/model/observation.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { Missing } from '../answers.ts';
import type { Sample } from './answer.ts';
import type { Demultiplexed } from './demultiplex.ts';

export interface Reading {
  readonly value: number;
  readonly sampleCount: number | null;
  readonly noiseFloor: number | null;
  readonly interval: Interval | null;
  readonly computation: Computation | null;
  readonly dataTimeMs: EpochMs;
  /** Where the value rests on more than the signal's own window. */
  readonly windowSeconds?: number;
}

/** The number of one part for one identity: exactly one series with a finite value. */
export function readNumber(samples: readonly Sample[], what: string): Result<number, Missing> {
  const [only] = samples;
  if (only === undefined) return missing('Empty', `the ${what} query has no series for this model`);
  if (samples.length > 1)
    return missing('SeveralSeries', `the ${what} query has ${samples.length} series for this model; aggregate it by the identity labels`);
  if (Number.isNaN(only.value)) return missing('NotANumber', `the ${what} query gives NaN for this model`);
  if (!Number.isFinite(only.value)) return missing('Infinite', `the ${what} query gives ${only.value} for this model`);
  return success(only.value);
}

/** The time of the data behind the value; without one the value may be left over from a target that is gone. */
export function readDataTime(answer: Demultiplexed, identity: readonly string[]): Result<EpochMs, Missing> {
  const dataTimeMs = answer.dataTimeMs(identity);
  if (dataTimeMs !== null && Number.isFinite(dataTimeMs)) return success(dataTimeMs);
  return missing('Stale', 'a series behind the value has no current sample: its target is gone or has not been scraped lately');
}

export function missing(cause: NoDataCause, message: string): { readonly ok: false; readonly failure: Missing } {
  return failure({ cause, message });
}
