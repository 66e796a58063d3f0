import { describe, expect, it } from '@jest/globals';
import { multinomial, seededRandom, shuffled } from '../../../../bench/statistics/random.ts';

describe('seededRandom', () => {
  it('gives the same numbers for the same seed and others for another', () => {
    const numbers = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 5 }, random);
    };
    expect(numbers(1)).toEqual(numbers(1));
    expect(numbers(1)).not.toEqual(numbers(2));
    expect(numbers(1).every((number) => number >= 0 && number < 1)).toBe(true);
  });
});

describe('shuffled', () => {
  it('keeps every item once and leaves the list it was given alone', () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    const other = shuffled(items, seededRandom(3));
    expect(other).not.toEqual(items);
    expect([...other].sort((a, b) => a - b)).toEqual(items);
    expect(items[0]).toBe(0);
  });
});

describe('multinomial', () => {
  it('spreads all draws over the shares, in their proportions', () => {
    const counts = multinomial(100_000, [0.5, 0.3, 0.2], seededRandom(7));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100_000);
    // Six standard errors.
    expect(Math.abs((counts[0] ?? NaN) - 50_000)).toBeLessThan(6 * Math.sqrt(25_000));
    expect(Math.abs((counts[2] ?? NaN) - 20_000)).toBeLessThan(6 * Math.sqrt(16_000));
  });

  it('never draws a bin without a share', () => {
    expect(multinomial(1000, [0, 1, 0], seededRandom(1))).toEqual([0, 1000, 0]);
  });
});
