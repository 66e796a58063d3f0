import { describe, expect, it } from '@jest/globals';

import { accuracy, areaUnderCurve, explainedVariance } from '../../../../demo/model/evaluation.ts';

describe('area under the curve', () => {
  it.each([
    ['perfect order', [0.1, 0.2, 0.8, 0.9], [false, false, true, true], 1],
    ['reverse order', [0.9, 0.8, 0.2, 0.1], [false, false, true, true], 0],
    ['one score for all', [0.5, 0.5, 0.5, 0.5], [false, true, false, true], 0.5],
    ['one pair of four wrong', [0.1, 0.6, 0.5, 0.9], [false, false, true, true], 0.75],
    ['a tie across kinds counts half', [0.1, 0.5, 0.5, 0.9], [false, false, true, true], 0.875],
  ])('%s', (...[, scores, outcomes, expected]) => {
    expect(areaUnderCurve(scores, outcomes)).toBeCloseTo(expected, 12);
  });

  it('is unknown without both kinds', () => {
    expect(areaUnderCurve([0.1, 0.9], [true, true])).toBeNaN();
  });
});

it('counts one half as a yes', () => {
  expect(accuracy([0.5, 0.49, 0.9, 0.1], [true, true, true, false])).toBe(0.75);
});

describe('explained variance', () => {
  it('is 1 for exact estimates and 0 for the mean', () => {
    expect(explainedVariance([1, 2, 3], [1, 2, 3])).toBe(1);
    expect(explainedVariance([2, 2, 2], [1, 2, 3])).toBe(0);
  });

  it('is below 0 for estimates worse than the mean', () => {
    expect(explainedVariance([3, 2, 1], [1, 2, 3])).toBeLessThan(0);
  });
});
