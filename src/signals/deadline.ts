import type { Clock } from '../shared/clock.ts';

export interface Deadline {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Stops the task earlier. */
  readonly abort: AbortSignal;
}

export type Ending<Value> =
  | { readonly kind: 'Done'; readonly value: Value }
  | { readonly kind: 'Late' }
  | { readonly kind: 'Stopped' }
  | { readonly kind: 'Failed'; readonly error: unknown };

/**
 * Runs a task that obeys the signal it is given, for `timeoutMs` at most, counted on the clock from now to the end of the task and not of one of its
 * steps. A task that ends well after it was told to stop is still Done.
 */
export async function runBefore<Value>(deadline: Deadline, task: (signal: AbortSignal) => Promise<Value>): Promise<Ending<Value>> {
  if (deadline.abort.aborted) return { kind: 'Stopped' };
  const stop = new AbortController();
  const stopAs = (reason: 'Late' | 'Stopped') => (): void => {
    stop.abort(reason);
  };
  const onAbort = stopAs('Stopped');
  const cancel = deadline.clock.after(deadline.timeoutMs, stopAs('Late'));
  // Not AbortSignal.any: the outer signal lives as long as the process and would keep a trace of every task.
  deadline.abort.addEventListener('abort', onAbort, { once: true });
  try {
    return { kind: 'Done', value: await task(stop.signal) };
  } catch (error) {
    if (!stop.signal.aborted) return { kind: 'Failed', error };
    return { kind: stop.signal.reason === 'Late' ? 'Late' : 'Stopped' };
  } finally {
    cancel();
    deadline.abort.removeEventListener('abort', onAbort);
  }
}
