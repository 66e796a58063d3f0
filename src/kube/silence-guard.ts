import type { Cancel, Clock, EpochMs } from '../shared/clock.ts';
import type { Result } from '../shared/result.ts';
import type { APIFailure } from './api-failure.ts';
import type { APIStream } from './transport.ts';

export interface SilenceGuardOptions {
  readonly clock: Clock;
  readonly silenceMs: number;
  /** Opens another watch from where we are. */
  readonly open: (abort: AbortSignal) => Promise<Result<APIStream, APIFailure>>;
  /** The other watch answered while this one was still silent. Called at most once; the guard has ended. */
  readonly onReplacement: (stream: APIStream, silentMs: number) => void;
  /** The other watch could not be opened. Returns when to try again, null to give up. */
  readonly onFailure: (failure: APIFailure) => number | null;
}

/** Watches over one watch: a half-open connection looks like a quiet one, so a silent one is replaced. */
export interface SilenceGuard {
  /** A byte arrived: the watch lives, a replacement under way is dropped. */
  heard(): void;
  end(): void;
}

/**
 * Exactly one of two watches is ever listened to. A byte from the old one takes back the attempt to replace it,
 * because the new one starts where the attempt began and would tell the same events again, out of order.
 */
export function createSilenceGuard(options: SilenceGuardOptions): SilenceGuard {
  const { clock, silenceMs } = options;
  let heardAtMs: EpochMs = clock.nowMs();
  let attempt: AbortController | null = null;
  let ended = false;
  let cancelTimer: Cancel = clock.after(silenceMs, check);

  function check(): void {
    const leftMs = heardAtMs + silenceMs - clock.nowMs();
    if (leftMs > 0) cancelTimer = clock.after(leftMs, check);
    else void replace();
  }

  async function replace(): Promise<void> {
    const own = new AbortController();
    attempt = own;
    const opened = await options.open(own.signal);
    if (own.signal.aborted) {
      if (opened.ok) opened.value.cancel();
      return;
    }
    attempt = null;
    if (opened.ok) {
      ended = true;
      options.onReplacement(opened.value, clock.nowMs() - heardAtMs);
      return;
    }
    const retryMs = options.onFailure(opened.failure);
    if (retryMs !== null) cancelTimer = clock.after(retryMs, check);
  }

  return {
    heard() {
      heardAtMs = clock.nowMs();
      if (attempt === null || ended) return;
      attempt.abort();
      attempt = null;
      cancelTimer = clock.after(silenceMs, check);
    },
    end() {
      ended = true;
      cancelTimer();
      attempt?.abort();
    },
  };
}
