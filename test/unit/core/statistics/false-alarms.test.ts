import { describe, expect, it } from '@jest/globals';
import type { BreachChance } from '../../../../src/core/statistics/breach-chance.ts';
import { falseAlarms, secondsPerYear } from '../../../../src/core/statistics/false-alarms.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

const chanceOf = (chance: number, windowsAreIndependent = true): BreachChance => ({
  ...{ atLeast: chance, atMost: chance, hypothesis: 'NoDrift', windowsAreIndependent },
});
const looks = { windowSeconds: 600, intervalSeconds: 5, forSeconds: 0, clearForSeconds: 600 };

describe('falseAlarms', () => {
  it.each(loadGolden('false-alarms', 'firings'))('against scipy: $name', ({ input, expected }) => {
    const { chance, windowsAreIndependent, ...timing } = input;
    const { low, high } = falseAlarms(chanceOf(chance, windowsAreIndependent), timing, secondsPerYear);
    // Simpson's rule over a kink two hundredths wide.
    expectRelative(low, expected.low, 1e-6);
    expectRelative(high, expected.high, 1e-9);
  });

  it('is a union over all looks where nothing is waited for', () => {
    expect(falseAlarms(chanceOf(1e-6), looks, 5_000_000).high).toBeCloseTo(1, 12);
  });

  it('asks disjoint windows to agree once forSeconds outlasts one, unless they share a sample', () => {
    const patient = { ...looks, forSeconds: 1800 };
    const [apart, shared] = [true, false].map((independent) => falseAlarms(chanceOf(1e-4, independent), patient, secondsPerYear).high);
    expect((apart ?? NaN) * 1000).toBeLessThan(shared ?? NaN);
  });

  it('never fires more often than it can have cleared', () => {
    expect(falseAlarms(chanceOf(1), { ...looks, forSeconds: 95 }, 7000).high).toBe(10);
  });

  it.each([
    ['a sample of many windows', 604_800, 604_800 - looks.windowSeconds],
    // A second window would make it too long, so it ends after one.
    ['a sample of less than two windows', 1.9 * looks.windowSeconds, looks.windowSeconds],
    ['a sample of one window', looks.windowSeconds, looks.windowSeconds],
  ])(
    'counts what holds for all looks at a sample once in the shortest time in which another can begin: %s',
    (_what, holdsForSeconds, shortest) => {
      const chance = { ...chanceOf(0.01), atLeast: 0, holdsForSeconds };
      expect(falseAlarms(chance, looks, shortest)).toEqual({ low: 0, high: expect.closeTo(0.01, 12) });
    },
  );

  it('is nothing where nothing can breach', () => {
    expect(falseAlarms(chanceOf(0), { ...looks, forSeconds: 60 }, secondsPerYear)).toEqual({ low: 0, high: 0 });
  });
});
