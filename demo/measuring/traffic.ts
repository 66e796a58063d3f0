import { sentWithin, shareOf } from '../calling/ledger.ts';
import type { CallRecord, Span } from '../calling/ledger.ts';
import { findChange } from './change-point.ts';

export interface MeasuredShare {
  /** Answers behind the share. */
  readonly requests: number;
  readonly share: number;
}

/** Share of the candidate among the requests of a span that left the choice to the gateway. */
export function measureShare(records: readonly CallRecord[], span: Span, candidateVersion: string): MeasuredShare {
  const within = sentWithin(records, span).filter(({ version, askedForSafe }) => version !== null && !askedForSafe);
  return { requests: within.length, share: shareOf(within, candidateVersion) };
}

/** Whether every request of the span asked for the safe version and got it; false where there was none to tell by. */
export function allAskForSafe(records: readonly CallRecord[], span: Span, safeVersion: string): boolean {
  const within = sentWithin(records, span);
  return within.length > 0 && within.every(({ askedForSafe, version }) => askedForSafe && version === safeVersion);
}

export interface SplitChange {
  readonly candidateVersion: string;
  /** When the patch was acknowledged. */
  readonly patchedAtMs: number;
  /** Requests sent this long before and after the patch are looked at. */
  readonly reachMs: number;
  readonly before: number;
  readonly after: number;
}

export interface TrafficDelay {
  readonly mostLikelyMs: number;
  /** 95 % likelihood interval. */
  readonly earliestMs: number;
  readonly latestMs: number;
}

/**
 * From the acknowledgement of a patch to the first request of the new split; negative where requests moved before the
 * acknowledgement was sent. NaN where no request of the old or of the new split is in reach.
 */
export function patchToTraffic(records: readonly CallRecord[], change: SplitChange): TrafficDelay {
  const { patchedAtMs, reachMs, candidateVersion } = change;
  const around = sentWithin(records, { fromMs: patchedAtMs - reachMs, toMs: patchedAtMs + reachMs })
    .filter(({ version, askedForSafe }) => version !== null && !askedForSafe)
    .toSorted((a, b) => a.sentAtMs - b.sentAtMs);
  const found = findChange(
    around.map(({ version }) => version === candidateVersion),
    change,
  );
  const delayMs = (first: number): number => (first === 0 ? NaN : (around[first]?.sentAtMs ?? NaN) - patchedAtMs);
  return { mostLikelyMs: delayMs(found.mostLikely), earliestMs: delayMs(found.earliest), latestMs: delayMs(found.latest) };
}

/** When the request was sent that became the first faulty row: the latest one for that row before it was scored. NaN when there is none. */
export function sentAtOfRow(records: readonly CallRecord[], rowId: number, scoredAtMs: number): number {
  return records
    .filter((record) => record.rowId === rowId && record.sentAtMs <= scoredAtMs)
    .reduce((latest, { sentAtMs }) => (latest >= sentAtMs ? latest : sentAtMs), NaN);
}

/** Milliseconds, shares and PSI to three decimals. */
export function round(value: number): number {
  return Number(value.toFixed(3));
}
