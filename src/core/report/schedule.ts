import type { EpochMs } from '../../shared/clock.ts';

export interface ReportSchedule {
  /** When the first is due; each other one a whole number of periods later. */
  readonly startingAtMs: EpochMs;
  readonly everySeconds: number;
}

export type ReportDue =
  /** `dueMs`: the time it is due for, which names it. */
  { readonly kind: 'Now'; readonly dueMs: EpochMs } | { readonly kind: 'Later'; readonly atMs: EpochMs };

/**
 * Whether a report is to be sent now. Times are counted from the start and not from the last one, so that neither a late delivery nor a
 * restart moves them. What fell due while nothing ran is sent once: the latest. `sentForMs`: time the last one was due for; null: none was sent.
 */
export function reportDue({ startingAtMs, everySeconds }: ReportSchedule, sentForMs: EpochMs | null, nowMs: EpochMs): ReportDue {
  if (nowMs < startingAtMs) return { kind: 'Later', atMs: startingAtMs };
  const everyMs = everySeconds * 1000;
  const dueMs = startingAtMs + Math.floor((nowMs - startingAtMs) / everyMs) * everyMs;
  // A schedule that was moved back, or a clock that was, sends nothing twice.
  return sentForMs !== null && sentForMs >= dueMs ? { kind: 'Later', atMs: dueMs + everyMs } : { kind: 'Now', dueMs };
}
