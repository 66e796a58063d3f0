import type { EpochMs } from '../shared/clock.ts';
import type { Indicator } from './model/indicator.ts';

/** How far apart the answers about one indicator come. */
export interface Pace {
  readonly answeredAtMs: EpochMs | null;
  /** Rises with every answer that came too late to continue what came before it, falls with every other. */
  readonly lateness: number;
  /** Longest such gap since the lateness was last 0. */
  readonly longestGapMs: number;
  /** More than now and then: waits that need unbroken answers may never end. */
  readonly isTooSlow: boolean;
}

export const initialPace: Pace = { answeredAtMs: null, lateness: 0, longestGapMs: 0, isTooSlow: false };

/** Two late answers of three say it, six timely ones in a row take it back: a condition that follows every answer would be a write each. */
const tooSlowAt = 4;
const highest = 6;

export function nextPace(pace: Pace, nowMs: EpochMs, intervalMs: number): Pace {
  if (pace.answeredAtMs === null) return { ...pace, answeredAtMs: nowMs };
  const gapMs = nowMs - pace.answeredAtMs;
  const isLate = gapMs > 2 * intervalMs;
  const lateness = isLate ? Math.min(highest, pace.lateness + 2) : Math.max(0, pace.lateness - 1);
  return {
    answeredAtMs: nowMs,
    lateness,
    longestGapMs: lateness === 0 ? 0 : Math.max(pace.longestGapMs, isLate ? gapMs : 0),
    isTooSlow: lateness >= tooSlowAt || (pace.isTooSlow && lateness > 0),
  };
}

/** An answer between two that were due: it continues what came before it, and says nothing of how timely the due ones are. */
export function paceAfterExtra(pace: Pace, nowMs: EpochMs, intervalMs: number): Pace {
  const next = nextPace(pace, nowMs, intervalMs);
  return next.lateness < pace.lateness ? { ...pace, answeredAtMs: nowMs } : next;
}

/** Whether the indicator waits for anything that late answers keep it from. */
export function isHinderedBy({ forSeconds, clearForSeconds }: Indicator, { isTooSlow }: Pace): boolean {
  return isTooSlow && forSeconds + clearForSeconds > 0;
}

export function explainPace({ name }: Indicator, { longestGapMs }: Pace, intervalSeconds: number): string {
  const seconds = Math.ceil(longestGapMs / 1000);
  return `${name} is answered up to ${String(seconds)} s apart, more than twice its evaluationIntervalSeconds (${String(intervalSeconds)}): every such gap starts forSeconds and clearForSeconds again, so a breach may never fire and a firing indicator never clear. Write evaluationIntervalSeconds: ${String(seconds)} or more, or make the query or its provider faster.`;
}
