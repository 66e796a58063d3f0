import { describe, expect, it } from '@jest/globals';

import type { APIFailure } from '../../../src/kube/api-failure.ts';
import { createSilenceGuard } from '../../../src/kube/silence-guard.ts';
import type { APIStream } from '../../../src/kube/transport.ts';
import { failureOf, goneFailure } from '../../../src/kube/watch-failure.ts';
import { failure, success } from '../../../src/shared/result.ts';
import type { Result } from '../../../src/shared/result.ts';
import { createManualClock } from '../../builders/manual-clock.ts';

const silenceMs = 25_000;
const refused: APIFailure = { kind: 'Unavailable', landed: 'No', status: null, message: 'connection refused' };

/** A guard over one watch, with every attempt to replace it left open until the test answers it. */
function guarded({ retryMs = 1000 }: { readonly retryMs?: number | null } = {}) {
  const clock = createManualClock();
  const attempts: { readonly abort: AbortSignal; readonly answer: (result: Result<APIStream, APIFailure>) => void }[] = [];
  const replaced: number[] = [];
  const failures: APIFailure[] = [];
  const guard = createSilenceGuard({
    clock,
    silenceMs,
    open: (abort) =>
      new Promise((answer) => {
        attempts.push({ abort, answer });
      }),
    onReplacement: (_stream, silentMs) => replaced.push(silentMs),
    onFailure: (each) => {
      failures.push(each);
      return retryMs;
    },
  });
  return { clock, guard, attempts, replaced, failures };
}

function aStream(): APIStream & { readonly cancelled: () => number } {
  let cancelled = 0;
  return {
    chunks: { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true as const, value: undefined }) }) },
    cancel: () => {
      cancelled += 1;
    },
    cancelled: () => cancelled,
  };
}

describe('a watch that is silent', () => {
  it('is left alone until the last moment, and replaced then, once', async () => {
    const { clock, attempts, replaced } = guarded();
    await clock.advance(silenceMs - 1);
    expect(attempts).toHaveLength(0);
    await clock.advance(1);
    expect(attempts).toHaveLength(1);
    await clock.advance(3 * silenceMs);
    expect(attempts).toHaveLength(1);
    attempts[0]?.answer(success(aStream()));
    await clock.advance(10 * silenceMs);
    expect(replaced).toEqual([4 * silenceMs]);
    expect(clock.pending()).toBe(0);
  });

  it('has its time from the last byte, whenever that came', async () => {
    const { clock, guard, attempts } = guarded();
    await clock.advance(20_000);
    guard.heard();
    await clock.advance(silenceMs - 1);
    expect(attempts).toHaveLength(0);
    await clock.advance(1);
    expect(attempts).toHaveLength(1);
  });

  it('is never replaced while bytes keep coming', async () => {
    const { clock, guard, attempts } = guarded();
    for (let beats = 0; beats < 20; beats++) {
      await clock.advance(silenceMs - 1);
      guard.heard();
    }
    expect(attempts).toHaveLength(0);
  });
});

describe('a byte that comes while the other watch is being opened', () => {
  it('takes the attempt back: the other one would tell the same events again', async () => {
    const { clock, guard, attempts, replaced, failures } = guarded();
    await clock.advance(silenceMs);
    guard.heard();
    expect(attempts[0]?.abort.aborted).toBe(true);
    const late = aStream();
    attempts[0]?.answer(success(late));
    await clock.advance(0);
    expect([late.cancelled(), replaced, failures]).toEqual([1, [], []]);
  });

  it('begins the silence anew, with an attempt of its own at its end', async () => {
    const { clock, guard, attempts } = guarded();
    await clock.advance(silenceMs);
    guard.heard();
    attempts[0]?.answer(failure(refused));
    await clock.advance(silenceMs - 1);
    expect(attempts).toHaveLength(1);
    await clock.advance(1);
    expect(attempts).toHaveLength(2);
    expect(attempts[1]?.abort.aborted).toBe(false);
  });
});

describe('another watch that can not be opened', () => {
  it('is tried again after the time that is named, as long as this one is silent', async () => {
    const { clock, attempts, failures, replaced } = guarded({ retryMs: 700 });
    await clock.advance(silenceMs);
    attempts[0]?.answer(failure(refused));
    await clock.advance(699);
    expect([attempts.length, failures]).toEqual([1, [refused]]);
    await clock.advance(1);
    expect(attempts).toHaveLength(2);
    attempts[1]?.answer(success(aStream()));
    await clock.advance(0);
    expect(replaced).toEqual([silenceMs + 700]);
  });

  it('is not tried again where this one was heard of meanwhile, but when its time is over', async () => {
    const { clock, guard, attempts } = guarded({ retryMs: 700 });
    await clock.advance(silenceMs);
    attempts[0]?.answer(failure(refused));
    await clock.advance(100);
    guard.heard();
    await clock.advance(silenceMs - 1);
    expect(attempts).toHaveLength(1);
    await clock.advance(1);
    expect(attempts).toHaveLength(2);
  });

  it('is given up for good where nobody names a time', async () => {
    const { clock, attempts } = guarded({ retryMs: null });
    await clock.advance(silenceMs);
    attempts[0]?.answer(failure(goneFailure));
    await clock.advance(10 * silenceMs);
    expect([attempts.length, clock.pending()]).toEqual([1, 0]);
  });
});

describe('the end of the watch', () => {
  it('leaves no timer behind', async () => {
    const { clock, guard, attempts } = guarded();
    guard.end();
    await clock.advance(10 * silenceMs);
    expect([attempts.length, clock.pending()]).toEqual([0, 0]);
  });

  it('closes what an attempt under way still brings', async () => {
    const { clock, guard, attempts, replaced } = guarded();
    await clock.advance(silenceMs);
    guard.end();
    const late = aStream();
    attempts[0]?.answer(success(late));
    await clock.advance(10 * silenceMs);
    expect([attempts[0]?.abort.aborted, late.cancelled(), replaced, attempts.length]).toEqual([true, 1, [], 1]);
  });
});

describe('how a watch ended', () => {
  it('is nothing wrong where the server closes it in its time, and a broken stream where it closes at once', () => {
    expect(failureOf({ kind: 'ServerClosed' }, false)).toBeNull();
    expect(failureOf({ kind: 'ServerClosed' }, true)).toMatchObject({ kind: 'Unavailable', landed: 'No', status: null });
  });

  it.each([
    [410, 'Gone'],
    [403, 'Denied'],
    [429, 'Throttled'],
    [500, 'Unavailable'],
  ])('is what the server says of it: %i is %s', (status, kind) => {
    expect(failureOf({ kind: 'ServerError', status, message: 'so it is' }, false)).toMatchObject({ kind, status, message: 'so it is' });
  });

  it.each(['Truncated', 'Broken'] as const)('is a broken stream where it is %s, whether it was short or not', (kind) => {
    for (const tooShort of [true, false])
      expect(failureOf({ kind, message: 'in the middle' }, tooShort)).toMatchObject({
        kind: 'Unavailable',
        message: 'watch: in the middle',
      });
  });
});
