import type { EpochMs } from '../../shared/clock.ts';

export interface ReportSchedule {
  /** When the first is due; each other one a whole number of periods later. */
  readonly startingAtMs: EpochMs;
  readonly everySeconds: number;
}

/** The times of a schedule on both sides of now; null: there is none. */
export interface ReportTimes {
  /** The last that is not after now. */
  readonly latestMs: EpochMs | null;
  readonly nextMs: EpochMs | null;
}

export type ReportDue =
  /** `dueMs`: the time it is due for, which names it. */
  { readonly kind: 'Now'; readonly dueMs: EpochMs } | { readonly kind: 'Later'; readonly atMs: EpochMs } | { readonly kind: 'Never' };

/** Counted from the start and not from the last one, so that neither a late delivery nor a restart moves them. */
export function periodTimes({ startingAtMs, everySeconds }: ReportSchedule, nowMs: EpochMs): ReportTimes {
  if (nowMs < startingAtMs) return { latestMs: null, nextMs: startingAtMs };
  const everyMs = everySeconds * 1000;
  const latestMs = startingAtMs + Math.floor((nowMs - startingAtMs) / everyMs) * everyMs;
  return { latestMs, nextMs: latestMs + everyMs };
}

/**
 * Whether a report is to be sent now. What fell due while nothing ran is sent once: the latest. `sentForMs`: time the last one was due for;
 * null: none was sent.
 */
export function reportDue({ latestMs, nextMs }: ReportTimes, sentForMs: EpochMs | null): ReportDue {
  // A schedule that was moved back, or a clock that was, sends nothing twice.
  if (latestMs !== null && (sentForMs === null || sentForMs < latestMs)) return { kind: 'Now', dueMs: latestMs };
  return nextMs === null ? { kind: 'Never' } : { kind: 'Later', atMs: nextMs };
}
