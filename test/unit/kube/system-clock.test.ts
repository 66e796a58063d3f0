import { describe, expect, it } from '@jest/globals';
import { jest } from '@jest/globals';
import { createSystemClock } from '../../../src/kube/system-clock.ts';

describe('system clock', () => {
  it('does not follow the machine clock back', () => {
    const clock = createSystemClock();
    const before = clock.nowMs();
    const wall = jest.spyOn(Date, 'now').mockReturnValue(0);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(before);
    wall.mockRestore();
  });

  it('starts at wall time', () => {
    expect(Math.abs(createSystemClock().nowMs() - Date.now())).toBeLessThan(60_000);
  });

  describe('after', () => {
    it('runs once, at its time, unless cancelled', () => {
      jest.useFakeTimers();
      const clock = createSystemClock();
      const ran: string[] = [];
      clock.after(100, () => ran.push('a'));
      const cancel = clock.after(100, () => ran.push('cancelled'));
      cancel();
      cancel();
      jest.advanceTimersByTime(99);
      expect(ran).toEqual([]);
      jest.advanceTimersByTime(10_000);
      expect(ran).toEqual(['a']);
      jest.useRealTimers();
    });

    it('keeps delays longer than the timers of Node can', () => {
      jest.useFakeTimers();
      const clock = createSystemClock();
      const sixtyDaysMs = 60 * 86_400_000;
      const ran: string[] = [];
      clock.after(sixtyDaysMs, () => ran.push('late'));
      const cancel = clock.after(sixtyDaysMs, () => ran.push('cancelled'));
      jest.advanceTimersByTime(sixtyDaysMs - 1);
      expect(ran).toEqual([]);
      cancel();
      jest.advanceTimersByTime(1);
      expect(ran).toEqual(['late']);
      jest.useRealTimers();
    });

    it('takes a time that has passed for now', () => {
      jest.useFakeTimers();
      const ran: string[] = [];
      createSystemClock().after(-5, () => ran.push('now'));
      jest.advanceTimersByTime(0);
      expect(ran).toEqual(['now']);
      jest.useRealTimers();
    });
  });
});
