import type { EpochMs } from '../shared/clock.ts';

const instant = /^(\d{4}-\d{2}-\d{2})T(?!24)\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** The year 10000 in seconds: what is later is in another unit, or no time. */
const latestSeconds = 253_402_300_800;

/** RFC 3339 text, or seconds since the Unix epoch; null for anything else. */
export function readDataTime(written: unknown): EpochMs | null {
  if (typeof written === 'string') {
    const day = instant.exec(written)?.[1];
    const timeMs = day === undefined || !isInCalendar(day) ? NaN : Date.parse(written);
    return Number.isNaN(timeMs) ? null : timeMs;
  }
  return typeof written === 'number' && written >= 0 && written < latestSeconds ? written * 1000 : null;
}

/** Date.parse takes February 31 for March 3, and data would look up to three days younger than it says. */
function isInCalendar(day: string): boolean {
  const midnightMs = Date.parse(day);
  return !Number.isNaN(midnightMs) && new Date(midnightMs).toISOString().startsWith(day);
}

/** What is further from 0 is no measure of a model: a mistake of unit, or a counter that ran away. */
export const largestValue = 1e15;

/** Whether a number may stand for a reading. NaN and infinity are not. */
export function isUsableValue(written: unknown): written is number {
  return typeof written === 'number' && Math.abs(written) < largestValue;
}
