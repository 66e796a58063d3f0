/** Milliseconds since the Unix epoch. */
export type EpochMs = number;

/** Ends a pending timer; calling it again does nothing. */
export type Cancel = () => void;

/**
 * The only source of time. Production anchors a monotonic clock to the wall clock once at start,
 * so `nowMs` never goes back inside one process; tests freeze it and advance it by hand.
 */
export interface Clock {
  nowMs(): EpochMs;
  /** Calls `run` once, `delayMs` from now (0 = next turn of the event loop). */
  after(delayMs: number, run: () => void): Cancel;
}
