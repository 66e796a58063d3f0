import type { EpochMs } from '../shared/clock.ts';

/** RFC 3339, UTC, milliseconds. */
export function toInstant(atMs: EpochMs): string {
  return new Date(atMs).toISOString();
}

/** The schema has seen that `instant` is RFC 3339; NaN never gets here. */
export function fromInstant(instant: string): EpochMs {
  return Date.parse(instant);
}
