import type { Clock, EpochMs } from '../shared/clock.ts';

export interface ClockStepOptions {
  /** Wall time as of the start of the process, carried on by the monotonic clock. */
  readonly clock: Clock;
  /** The machine's wall clock, which may be set. */
  readonly wallMs: () => EpochMs;
  readonly everyMs: number;
  /** Less apart than this is as good as together. */
  readonly toleranceMs: number;
  /** Positive: the machine's clock is ahead. Called once, then the watch has ended. */
  readonly onStep: (stepMs: number) => void;
}

/**
 * Tells when the machine's clock was set, or stood still in suspension, since the process began. Ours goes on as it was, so that no lease and no hold
 * ends early; but data carry the machine's time, and all of it would be stale, or from the future, for ever.
 */
export function watchForClockStep({ clock, wallMs, everyMs, toleranceMs, onStep }: ClockStepOptions): void {
  const check = (): void => {
    const stepMs = wallMs() - clock.nowMs();
    if (Math.abs(stepMs) > toleranceMs) onStep(stepMs);
    else clock.after(everyMs, check);
  };
  check();
}
