import type { Clock } from '../shared/clock.ts';

/** Longest delay Node's timers take; a longer one would fire at once. */
const longestDelayMs = 2 ** 31 - 1;

/** Wall time read once, then carried on by the monotonic clock: never goes back, whatever is done to the machine's clock. */
export function createSystemClock(): Clock {
  const anchorMs = Date.now() - performance.now();
  return {
    nowMs: () => Math.floor(anchorMs + performance.now()),
    after(delayMs, run) {
      let timer: NodeJS.Timeout;
      const arm = (remainingMs: number): void => {
        const stepMs = Math.min(Math.max(remainingMs, 0), longestDelayMs);
        timer = setTimeout(() => {
          if (remainingMs > stepMs) arm(remainingMs - stepMs);
          else run();
        }, stepMs);
      };
      arm(delayMs);
      return () => {
        clearTimeout(timer);
      };
    },
  };
}
