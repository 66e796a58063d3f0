import type { Cancel, Clock, EpochMs } from '../../../src/shared/clock.ts';
import { settle } from '../manual-clock.ts';

/**
 * A clock a year goes by on. Most timers of an operator are heartbeats that find nothing: it leaps from one appointment to the next, and
 * what beats meanwhile beats once, late, as in a process that was stopped for a while.
 */
export interface LeapingClock extends Clock {
  /** Every timer in order, and promises settle between them. */
  pass(byMs: number): Promise<void>;
  /** To the next appointment, or to `untilMs` if that comes first; whatever fell due runs there, oldest first. */
  leap(untilMs: EpochMs): Promise<void>;
}

interface Timer {
  readonly dueMs: EpochMs;
  readonly order: number;
  readonly isAppointment: boolean;
  readonly run: () => void;
}

/** Longer than every heartbeat of the operator, shorter than every interval and due date of the story. */
const longestBeatMs = 60_000;

export function createLeapingClock(startMs: EpochMs): LeapingClock {
  let nowMs = startMs;
  let order = 0;
  const timers = new Set<Timer>();

  function nextOf(isWanted: (timer: Timer) => boolean): Timer | null {
    let found: Timer | null = null;
    for (const timer of timers)
      if (isWanted(timer) && (found === null || timer.dueMs < found.dueMs || (timer.dueMs === found.dueMs && timer.order < found.order)))
        found = timer;
    return found;
  }

  async function runDue(untilMs: EpochMs): Promise<void> {
    const isDue = ({ dueMs }: Timer): boolean => dueMs <= untilMs;
    for (let timer = nextOf(isDue); timer !== null; timer = nextOf(isDue)) {
      timers.delete(timer);
      nowMs = Math.max(nowMs, timer.dueMs);
      timer.run();
      await settle();
    }
  }

  return {
    nowMs: () => nowMs,
    after(delayMs, run): Cancel {
      order += 1;
      const timer = { dueMs: nowMs + Math.max(delayMs, 0), order, isAppointment: delayMs > longestBeatMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async pass(byMs) {
      const untilMs = nowMs + byMs;
      await settle();
      await runDue(untilMs);
      nowMs = untilMs;
    },
    async leap(untilMs) {
      const next = nextOf(({ isAppointment }) => isAppointment);
      nowMs = Math.max(nowMs, Math.min(untilMs, next?.dueMs ?? untilMs));
      await runDue(nowMs);
    },
  };
}
