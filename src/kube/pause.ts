import type { Clock } from '../shared/clock.ts';

/** Resolves after the delay, or at once when the signal is aborted. */
export function pause(clock: Clock, delayMs: number, abort: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      cancel();
      abort.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(delayMs, finish);
    abort.addEventListener('abort', finish);
    if (abort.aborted) finish();
  });
}
