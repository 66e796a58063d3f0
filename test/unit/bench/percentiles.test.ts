import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { percentile, spreadOf } from '../../../bench/percentiles.ts';

describe('percentiles', () => {
  it.each([
    [[5], 50, 5],
    [[3, 1, 2], 50, 2],
    [[4, 3, 2, 1], 50, 2],
    [[1, 2], 99, 2],
    [Array.from({ length: 200 }, (_, index) => index + 1), 99, 198],
    [Array.from({ length: 200 }, (_, index) => index + 1), 100, 200],
  ])('of %j at %d is %d', (measurements, percent, expected) => {
    expect(percentile(measurements, percent)).toBe(expected);
  });

  it('is always a value that was measured, with that share at or below it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (measurements, percent) => {
        const found = percentile(measurements, percent);
        const below = measurements.filter((each) => each < found).length;
        const upTo = measurements.filter((each) => each <= found).length;
        return measurements.includes(found) && upTo * 100 >= percent * measurements.length && below * 100 < percent * measurements.length;
      }),
    );
  });

  it('of nothing is an error, not a zero', () => {
    expect(() => spreadOf([])).toThrow('nothing was measured');
  });

  it('leaves the order of what it is given alone', () => {
    const measurements = [3, 1, 2];
    percentile(measurements, 50);
    expect(measurements).toEqual([3, 1, 2]);
  });

  it('is rounded to a hundredth in a spread', () => {
    expect(spreadOf([1.23456, 9.87654])).toEqual({ p50: 1.23, p99: 9.88 });
  });
});
