import type { Cancel, Clock, EpochMs } from '../../src/shared/clock.ts';

/** A clock that stands still until told otherwise. */
export interface ManualClock extends Clock {
  /** Runs every timer that falls due, in order, and lets promises settle between them. */
  advance(byMs: number): Promise<void>;
  /** Timers not yet due. */
  pending(): number;
}

interface Timer {
  readonly dueMs: EpochMs;
  readonly order: number;
  readonly run: () => void;
}

export const someTimeMs: EpochMs = Date.UTC(2026, 5, 1, 12, 0, 0);

export function createManualClock(startMs: EpochMs = someTimeMs): ManualClock {
  let nowMs = startMs;
  let order = 0;
  const timers = new Set<Timer>();

  function nextDue(untilMs: EpochMs): Timer | undefined {
    return [...timers]
      .filter((timer) => timer.dueMs <= untilMs)
      .sort((left, right) => left.dueMs - right.dueMs || left.order - right.order)[0];
  }

  return {
    nowMs: () => nowMs,
    after(delayMs, run): Cancel {
      order += 1;
      const timer = { dueMs: nowMs + Math.max(delayMs, 0), order, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(byMs) {
      const untilMs = nowMs + byMs;
      await settle();
      for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
        timers.delete(timer);
        nowMs = Math.max(nowMs, timer.dueMs);
        timer.run();
        await settle();
      }
      nowMs = untilMs;
    },
    pending: () => timers.size,
  };
}

/** Lets everything run that waits for nothing but its turn. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => {
      setImmediate(resolve);
    });
  });
}
