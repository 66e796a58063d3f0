import type { Clock } from '../shared/clock.ts';

/** Longest delay Node's timers take; longer ones would fire at once. */
const longestDelayMs = 2 ** 31 - 1;

/** Wall time read once, then carried on by the monotonic clock: never goes back, whatever is done to the machine's clock. */
export function createSystemClock(): Clock {
  const anchorMs = Date.now() - performance.now();
  return {
    nowMs: () => Math.floor(anchorMs + performance.now()),
    after(delayMs, run) {
      const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), longestDelayMs));
      return () => {
        clearTimeout(timer);
      };
    },
  };
}
