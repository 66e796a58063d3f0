/** What the candidate was given by the object from then on, in percent. */
export interface ShareFrom {
  readonly atMs: number;
  readonly percent: number;
}

/** A stretch of time; wall-clock milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * How long each time the candidate was given more than `capPercent` within the span, in milliseconds, oldest first. Before the first
 * state it is given nothing.
 */
export function timesAbove(states: readonly ShareFrom[], capPercent: number, { fromMs, toMs }: Span): readonly number[] {
  const times: number[] = [];
  let sinceMs: number | null = null;
  const close = (atMs: number): void => {
    if (sinceMs !== null && atMs > Math.max(sinceMs, fromMs)) times.push(Math.min(atMs, toMs) - Math.max(sinceMs, fromMs));
    sinceMs = null;
  };
  for (const { atMs, percent } of states) {
    if (atMs >= toMs) break;
    if (percent <= capPercent) close(atMs);
    else sinceMs ??= atMs;
  }
  close(toMs);
  return times;
}

/** Part of the requests the candidate got beyond its cap, in percent of all; 0 when it got no more than that. */
export function requestsAbove({ served, candidate }: { readonly served: number; readonly candidate: number }, capPercent: number): number {
  return served === 0 ? 0 : Math.max(0, (100 * candidate) / served - capPercent);
}

export interface Promised {
  readonly routeWrites: number;
  readonly statedRouteWrites: number;
  readonly timeAbovePercent: number;
  readonly statedTimeAbovePercent: number;
  readonly requestErrors: number;
  /** From the record's word that it is contested to a person's receiver; null: never. */
  readonly contestedToNotifiedMs: number | null;
}

/** People must have been told within this time. */
const notifiedWithinMs = 10_000;

/** One sentence for each promise that was broken. */
export function brokenIn(seen: Promised): readonly string[] {
  const { routeWrites, statedRouteWrites, timeAbovePercent, statedTimeAbovePercent, requestErrors, contestedToNotifiedMs } = seen;
  const isTold = contestedToNotifiedMs !== null && contestedToNotifiedMs <= notifiedWithinMs;
  const isHeld = timeAbovePercent <= statedTimeAbovePercent;
  return [
    ...(routeWrites > statedRouteWrites ? [`${routeWrites} writes of the route, more than the stated ${statedRouteWrites}`] : []),
    ...(isHeld ? [] : [`above its cap ${timeAbovePercent} % of the time, more than the stated ${statedTimeAbovePercent} %`]),
    ...(isTold ? [] : ['nobody was notified within 10 s after it was contested']),
    ...(requestErrors > 0 ? [`${requestErrors} requests failed`] : []),
  ];
}
