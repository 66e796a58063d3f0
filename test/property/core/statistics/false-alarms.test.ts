import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { falseAlarms } from '../../../../src/core/statistics/false-alarms.ts';

const timing = fc.record({
  windowSeconds: fc.integer({ min: 1, max: 100_000 }),
  intervalSeconds: fc.integer({ min: 1, max: 3600 }),
  forSeconds: fc.integer({ min: 0, max: 20_000 }),
  clearForSeconds: fc.integer({ min: 0, max: 20_000 }),
});
const probability = fc.double({ min: 0, max: 1, noNaN: true });
const chance = (atLeast: number, atMost: number, windowsAreIndependent: boolean) =>
  ({ atLeast, atMost, windowsAreIndependent, hypothesis: 'NoDrift' }) as const;

describe('expected false alarms', () => {
  it('are bounds in their order, finite and never negative', () => {
    fc.assert(
      fc.property(probability, probability, fc.boolean(), timing, (a, b, independent, looks) => {
        const { low, high } = falseAlarms(chance(Math.min(a, b), Math.max(a, b), independent), looks, 1000);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeGreaterThanOrEqual(low);
        expect(high).toBeLessThanOrEqual(1000 / looks.intervalSeconds);
      }),
    );
  });

  it('are no more at most when a breach is rarer, must hold for longer, or may be looked at less often', () => {
    fc.assert(
      fc.property(probability, probability, fc.boolean(), timing, (p, part, independent, looks) => {
        const most = (one: number, at: typeof looks) => falseAlarms(chance(0, one, independent), at, 1000).high * (1 - 1e-12);
        const now = falseAlarms(chance(0, p, independent), looks, 1000).high;
        expect(most(p * part, looks)).toBeLessThanOrEqual(now);
        expect(most(p, { ...looks, forSeconds: looks.forSeconds + looks.intervalSeconds })).toBeLessThanOrEqual(now);
        expect(most(p, { ...looks, clearForSeconds: looks.clearForSeconds + 1 })).toBeLessThanOrEqual(now);
      }),
    );
  });
});
