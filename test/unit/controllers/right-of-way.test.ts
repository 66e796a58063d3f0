import { describe, expect, it } from '@jest/globals';
import { createRightOfWay } from '../../../src/controllers/right-of-way.ts';
import { createManualClock } from '../../builders/manual-clock.ts';

function setUp() {
  const clock = createManualClock();
  const state = { protecting: false };
  const seen: string[] = [];
  const way = createRightOfWay({ clock, isProtecting: () => state.protecting, longestMs: 1000 });
  way.onFree(() => seen.push('resumed'));
  return { clock, state, seen, way };
}

describe('the right of way of patches that protect', () => {
  it('holds nothing up while there are none', () => {
    const { way, seen, clock } = setUp();
    way.whenFree(() => seen.push('told'));
    expect(way.isFree()).toBe(true);
    expect(seen).toEqual(['told']);
    expect(clock.pending()).toBe(0);
  });

  it('keeps bookkeeping back until the last one is answered, in its order', () => {
    const { way, seen, state, clock } = setUp();
    state.protecting = true;
    way.whenFree(() => seen.push('first'));
    way.whenFree(() => seen.push('second'));
    way.review();
    expect(way.isFree()).toBe(false);
    expect(seen).toEqual([]);
    state.protecting = false;
    way.review();
    expect(seen).toEqual(['first', 'second', 'resumed']);
    way.review();
    expect(seen.filter((each) => each === 'first')).toHaveLength(1);
    expect(clock.pending()).toBe(0);
  });

  it('keeps nobody in the dark for longer than its bound, and begins anew once they were all answered', async () => {
    const { way, seen, state, clock } = setUp();
    state.protecting = true;
    way.whenFree(() => seen.push('told'));
    await clock.advance(999);
    expect(seen).toEqual([]);
    await clock.advance(1);
    expect(seen).toEqual(['told', 'resumed']);
    expect(way.isFree()).toBe(true);
    state.protecting = false;
    way.review();
    state.protecting = true;
    expect(way.isFree()).toBe(false);
  });
});
