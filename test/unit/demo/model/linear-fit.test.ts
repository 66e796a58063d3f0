import { describe, expect, it } from '@jest/globals';

import { dotProduct, fitLogistic, fitWeightedLeastSquares, toLogOdds, toProbability } from '../../../../demo/model/linear-fit.ts';
import type { DesignMatrix } from '../../../../demo/model/linear-fit.ts';

/** Intercept and one value a row. */
function line(values: readonly number[]): DesignMatrix {
  return { width: 2, rows: values.map((value) => ({ positions: [0, 1], values: [1, value] })) };
}

const many = Array.from({ length: 4000 }, (_, index) => (index % 8) - 3.5);

describe('least squares', () => {
  it('finds the line the targets lie on', () => {
    const [intercept = NaN, slope = NaN] = fitWeightedLeastSquares(
      line(many),
      many.map((x) => 2 - 3 * x),
    );
    expect(intercept).toBeCloseTo(2, 2);
    expect(slope).toBeCloseTo(-3, 3);
  });

  it('follows the rows with weight', () => {
    const targets = many.map((_, index) => (index % 2 === 0 ? 10 : 0));
    const weights = many.map((_, index) => (index % 2 === 0 ? 9 : 1));
    const constant = { width: 1, rows: many.map(() => ({ positions: [0], values: [1] })) };
    expect(fitWeightedLeastSquares(constant, targets, weights)[0]).toBeCloseTo(9, 2);
  });

  it('stays solvable when two columns say the same', () => {
    const twins = { width: 2, rows: many.map((x) => ({ positions: [0, 1], values: [x, x] })) };
    const [a = NaN, b = NaN] = fitWeightedLeastSquares(twins, many);
    expect(a).toBeCloseTo(0.5, 3);
    expect(b).toBeCloseTo(0.5, 3);
  });

  it('refuses a feature outside the matrix', () => {
    expect(() => fitWeightedLeastSquares({ width: 1, rows: [{ positions: [1], values: [1] }] }, [1])).toThrow('outside the matrix');
  });
});

describe('logistic regression', () => {
  it('finds the log-odds the outcomes were counted from', () => {
    // Group x = 0: one in four is true; group x = 1: three in four.
    const values = Array.from({ length: 8000 }, (_, index) => index % 2);
    const outcomes = values.map((x, index) => (x === 0 ? index % 8 === 0 : index % 8 !== 1));
    const [intercept = NaN, slope = NaN] = fitLogistic(line(values), outcomes);
    expect(toProbability(intercept)).toBeCloseTo(0.25, 2);
    expect(toProbability(intercept + slope)).toBeCloseTo(0.75, 2);
  });

  it('does not run away where a feature separates the outcomes', () => {
    const values = [...Array<number>(50).fill(-1), ...Array<number>(50).fill(1)];
    const coefficients = fitLogistic(
      line(values),
      values.map((x) => x > 0),
    );
    expect(coefficients.every(Number.isFinite)).toBe(true);
    expect(coefficients[1]).toBeGreaterThan(1);
  });

  it('gives the same coefficients each time', () => {
    const outcomes = many.map((x, index) => x + (index % 5) > 1);
    expect(fitLogistic(line(many), outcomes)).toEqual(fitLogistic(line(many), outcomes));
  });
});

describe('small arithmetic', () => {
  it('takes probabilities to log-odds and back', () => {
    for (const probability of [0.001, 0.5, 0.93]) expect(toProbability(toLogOdds(probability))).toBeCloseTo(probability, 12);
  });

  it('multiplies only where a row has a feature', () => {
    expect(dotProduct({ positions: [0, 3], values: [2, 5] }, [1, 100, 100, 10])).toBe(52);
  });
});
