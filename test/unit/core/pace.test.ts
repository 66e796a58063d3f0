import { describe, expect, it } from '@jest/globals';
import { initialPace, nextPace, paceAfterExtra } from '../../../src/core/pace.ts';

const intervalMs = 1000;

/** Whether the pace is too slow after each of these gaps. */
function after(gapsMs: readonly number[]): readonly boolean[] {
  let nowMs = 0;
  let pace = nextPace(initialPace, nowMs, intervalMs);
  return gapsMs.map((gapMs) => {
    nowMs += gapMs;
    pace = nextPace(pace, nowMs, intervalMs);
    return pace.isTooSlow;
  });
}

describe('nextPace', () => {
  it('is timely up to two intervals, as the indicator machine is', () => {
    expect(after([2000, 2000, 2000, 2000])).not.toContain(true);
    expect(after([2001, 2001])).toEqual([false, true]);
  });

  it('makes nothing of a late answer now and then', () => {
    expect(after(Array.from({ length: 60 }, (_unused, index) => (index % 6 === 0 ? 5000 : 1000)))).not.toContain(true);
  });

  it('sees that every second answer is late: that is enough to keep a wait from ending', () => {
    expect(after([3000, 1000, 3000, 1000, 3000, 1000])).toContain(true);
  });

  it('takes it back only after it was timely for a while, not at the first timely answer', () => {
    expect(after([3000, 3000, 3000, 1000, 1000, 1000, 1000, 1000, 1000])).toEqual([false, true, true, true, true, true, true, true, false]);
  });
});

describe('paceAfterExtra', () => {
  it('never takes back that due answers are late, however many extra ones come', () => {
    let pace = [0, 3000, 6000].reduce((each, nowMs) => nextPace(each, nowMs, intervalMs), initialPace);
    expect(pace.isTooSlow).toBe(true);
    for (let nowMs = 6100; nowMs < 8000; nowMs += 100) pace = paceAfterExtra(pace, nowMs, intervalMs);
    expect(pace).toMatchObject({ isTooSlow: true, lateness: 4, answeredAtMs: 7900 });
  });

  it('is no gap where it continues, and one where it came too late itself', () => {
    const pace = nextPace(initialPace, 0, intervalMs);
    const between = paceAfterExtra(pace, 2000, intervalMs);
    expect(nextPace(between, 4000, intervalMs).lateness).toBe(0);
    expect(paceAfterExtra(pace, 2001, intervalMs)).toMatchObject({ lateness: 2, longestGapMs: 2001 });
  });
});
