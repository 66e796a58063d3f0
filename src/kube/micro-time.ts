import type { EpochMs } from '../shared/clock.ts';

/** RFC 3339 in UTC with exactly six digits of fraction: the server refuses three for Lease and Event times. */
export function microTime(timeMs: EpochMs): string {
  return new Date(timeMs).toISOString().replace('Z', '000Z');
}
