/** Uniform in [0, 1). Passed in, so that tests choose it. */
export type Random = () => number;

export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * Delay before attempt `failures + 1`: doubles from `baseMs` to `maxMs`, spread over its upper half
 * so that many clients do not come back together. `failures` counts from 1.
 */
export function backoffMs(backoff: Backoff, failures: number, random: Random): number {
  const ceiling = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(failures - 1, 52));
  return Math.round(ceiling * (0.5 + random() / 2));
}
