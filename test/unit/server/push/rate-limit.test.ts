import { describe, expect, it } from '@jest/globals';
import { createMemo } from '../../../../src/server/push/memo.ts';
import { createRateLimit } from '../../../../src/server/push/rate-limit.ts';
import { createManualClock } from '../../../builders/manual-clock.ts';

describe('a rate limit', () => {
  it('lets a burst pass, then so many a second, for each key apart', async () => {
    const clock = createManualClock();
    const limit = createRateLimit(clock, { perSecond: 2, burst: 3 });
    const take = (key: string, times: number) => Array.from({ length: times }, () => limit.take(key));
    expect(take('a', 5)).toEqual([true, true, true, false, false]);
    expect(take('b', 1)).toEqual([true]);
    await clock.advance(1000);
    expect(take('a', 3)).toEqual([true, true, false]);
    await clock.advance(3_600_000);
    expect(take('a', 4)).toEqual([true, true, true, false]);
  });

  it('remembers a bounded number of keys, and lets strangers wait rather than known ones pass again', async () => {
    const clock = createManualClock();
    const limit = createRateLimit(clock, { perSecond: 1, burst: 1 });
    for (let key = 0; key < 4096; key += 1) limit.take(String(key));
    expect([limit.take('stranger'), limit.take('0')]).toEqual([false, false]);
    await clock.advance(1000);
    expect(limit.take('stranger')).toBe(true);
  });
});

describe('a memo', () => {
  it('forgets what no longer holds, and the oldest when there is too much', async () => {
    const clock = createManualClock();
    const memo = createMemo<number>(clock, 2);
    memo.set('a', 1, 1000);
    memo.set('b', 2, 5000);
    await clock.advance(999);
    expect(memo.get('a')).toBe(1);
    await clock.advance(1);
    expect([memo.get('a'), memo.get('b')]).toEqual([undefined, 2]);
    memo.set('c', 3, 1000);
    memo.set('d', 4, 1000);
    expect([memo.get('b'), memo.get('c'), memo.get('d')]).toEqual([undefined, 3, 4]);
  });
});
