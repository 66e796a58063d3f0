import { describe, expect, it } from '@jest/globals';
import { initialPace, nextPace } from '../../../src/core/pace.ts';

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
