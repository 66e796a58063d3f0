import type { Cancel, Clock } from '../src/shared/clock.ts';

export interface OpenLoopOptions {
  readonly clock: Clock;
  readonly perSecond: number;
  /** Begins the next call and resolves when it is over, without ever rejecting; null ends the loop. */
  readonly begin: () => Promise<void> | null;
}

export interface OpenLoop {
  /** Answers when `begin` had no more or `stop` was called, and the last call is over. */
  readonly finished: Promise<void>;
  readonly stop: () => void;
}

/** Begins one call every 1/rate seconds by the clock. Late ticks catch up, so the rate holds on a busy machine; a slow answer delays nobody. */
export function startOpenLoop({ clock, perSecond, begin }: OpenLoopOptions): OpenLoop {
  const open = new Set<Promise<void>>();
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const startMs = clock.nowMs();
  let begun = 0;
  let stopped = false;
  let cancel: Cancel = () => undefined;

  const stop = (): void => {
    if (stopped) return;
    stopped = true;
    cancel();
    void Promise.all(open).then(() => {
      finish();
    });
  };
  const tick = (): void => {
    const due = Math.floor(((clock.nowMs() - startMs) * perSecond) / 1000) + 1;
    while (begun < due) {
      const begunCall = begin();
      if (begunCall === null) {
        stop();
        return;
      }
      begun += 1;
      const call = begunCall.then(() => {
        open.delete(call);
      });
      open.add(call);
    }
    const nextAtMs = startMs + (begun * 1000) / perSecond;
    cancel = clock.after(Math.max(1, nextAtMs - clock.nowMs()), tick);
  };
  tick();
  return { finished, stop };
}
