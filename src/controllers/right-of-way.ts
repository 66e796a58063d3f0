import type { Cancel, Clock, EpochMs } from '../shared/clock.ts';

export interface RightOfWayOptions {
  readonly clock: Clock;
  /** Patches that protect wait or are on their way. */
  readonly isProtecting: () => boolean;
  /** Bookkeeping waits this long at most: an API server that answers no patch must not keep people in the dark. */
  readonly longestMs: number;
}

/**
 * Protection first, on the wire too: record, status and events of a step are sent when its patch is acknowledged. Sent beside it
 * they would compete with it for connections and for the API server, which takes longer for them than for the patch.
 */
export interface RightOfWay {
  /** Bookkeeping may go on. */
  isFree(): boolean;
  /** Runs it now, or as soon as the way is free. */
  whenFree(run: () => void): void;
  /** Called each time the way becomes free. */
  onFree(listener: () => void): void;
  /** A patch was answered, or failed: the way may be free now. */
  review(): void;
}

class ProtectionFirst implements RightOfWay {
  readonly #options: RightOfWayOptions;
  readonly #listeners: (() => void)[] = [];
  #deferred: (() => void)[] = [];
  #held: { readonly sinceMs: EpochMs; readonly cancel: Cancel } | null = null;

  constructor(options: RightOfWayOptions) {
    this.#options = options;
  }

  isFree(): boolean {
    const { clock, isProtecting, longestMs } = this.#options;
    if (!isProtecting()) {
      this.#held?.cancel();
      this.#held = null;
      return true;
    }
    const review = (): void => {
      this.review();
    };
    this.#held ??= { sinceMs: clock.nowMs(), cancel: clock.after(longestMs, review) };
    return clock.nowMs() - this.#held.sinceMs >= longestMs;
  }

  whenFree(run: () => void): void {
    if (this.isFree()) run();
    else this.#deferred.push(run);
  }

  onFree(listener: () => void): void {
    this.#listeners.push(listener);
  }

  review(): void {
    if (!this.isFree()) return;
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const run of [...deferred, ...this.#listeners]) run();
  }
}

export function createRightOfWay(options: RightOfWayOptions): RightOfWay {
  return new ProtectionFirst(options);
}
