import { describe, expect, it } from '@jest/globals';
import { runBefore } from '../../../src/signals/deadline.ts';
import { createManualClock } from '../../builders/manual-clock.ts';

/** Ends only when it is told to stop. */
function endless(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('stopped'));
    });
  });
}

describe('runBefore', () => {
  it('hands on what the task gives and leaves no timer behind', async () => {
    const clock = createManualClock();
    const ending = await runBefore({ clock, timeoutMs: 100, abort: new AbortController().signal }, () => Promise.resolve(7));
    expect(ending).toEqual({ kind: 'Done', value: 7 });
    expect(clock.pending()).toBe(0);
  });

  it('stops a task at the deadline, not before', async () => {
    const clock = createManualClock();
    const ends: string[] = [];
    const running = runBefore({ clock, timeoutMs: 100, abort: new AbortController().signal }, endless).then(({ kind }) => ends.push(kind));
    await clock.advance(99);
    expect(ends).toEqual([]);
    await clock.advance(1);
    await running;
    expect(ends).toEqual(['Late']);
  });

  it('stops a task when its caller does', async () => {
    const clock = createManualClock();
    const abort = new AbortController();
    const running = runBefore({ clock, timeoutMs: 100, abort: abort.signal }, endless);
    abort.abort();
    expect(await running).toEqual({ kind: 'Stopped' });
    expect(clock.pending()).toBe(0);
  });

  it('does not start a task whose caller has stopped', async () => {
    const started: boolean[] = [];
    const ending = await runBefore({ clock: createManualClock(), timeoutMs: 100, abort: AbortSignal.abort() }, () =>
      Promise.resolve(started.push(true)),
    );
    expect([ending, started]).toEqual([{ kind: 'Stopped' }, []]);
  });

  it('hands a failure on as a value', async () => {
    const error = new Error('boom');
    const ending = await runBefore({ clock: createManualClock(), timeoutMs: 100, abort: new AbortController().signal }, () =>
      Promise.reject(error),
    );
    expect(ending).toEqual({ kind: 'Failed', error });
  });
});
