import { describe, expect, it } from '@jest/globals';
import { chiSquareLimit, rememberChiSquareLimits } from '../../../../src/core/statistics/chi-square-limit.ts';

describe('chiSquareLimit', () => {
  it.each([
    [0.95, 4, 9.488],
    [0.99, 9, 21.666],
    [0.999, 19, 43.82],
  ])('at %p with %p degrees of freedom is the published %p', (probability, degreesOfFreedom, published) => {
    expect(chiSquareLimit(probability, degreesOfFreedom)).toBeCloseTo(published, 3);
  });
});

describe('rememberChiSquareLimits', () => {
  it('answers as without memory, in whatever order it is asked', () => {
    const remembered = rememberChiSquareLimits();
    for (const [probability, degreesOfFreedom] of [
      [0.99, 9],
      [0.95, 9],
      [0.99, 4],
      [0.99, 9],
      [0.95, 9],
    ] as const) {
      expect(remembered(probability, degreesOfFreedom)).toBe(chiSquareLimit(probability, degreesOfFreedom));
    }
  });
});
