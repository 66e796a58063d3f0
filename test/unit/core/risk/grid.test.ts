import { describe, expect, it } from '@jest/globals';
import { convolve, disperse, gridTo95, quantileStep } from '../../../../src/core/risk/grid.ts';

const masses = (...values: readonly number[]) => Float64Array.from(values);

describe('gridTo95', () => {
  it('reaches the 95 % point of any loss with that mean and variance: one that is worst for it', () => {
    // Cantelli is tight for two points: 0 with probability 0.95 + a little, and one far away with what is left.
    const [rare, amount] = [0.0501, 1_000_000];
    const { step, size } = gridTo95(rare * amount, rare * (1 - rare) * amount ** 2);
    expect((size - 1) * step).toBeGreaterThanOrEqual(amount);
  });

  it('holds a loss that is certain, and one of nothing', () => {
    expect(gridTo95(1000, 0)).toEqual({ step: 0.5, size: 2002 });
    expect(gridTo95(0, 0).step).toBeGreaterThan(0);
  });
});

describe('disperse', () => {
  it('splits a point between its neighbours so that the mean stays', () => {
    expect([...disperse(masses(2.25), masses(1), { step: 1, size: 5 })]).toEqual([0, 0, 0.75, 0.25, 0]);
    expect([...disperse(masses(20), masses(0.5), { step: 10, size: 5 })]).toEqual([0, 0, 0.5, 0, 0]);
  });

  it('drops what lies beyond the grid', () => {
    expect([...disperse(masses(1, 9), masses(0.5, 0.5), { step: 1, size: 3 })]).toEqual([0, 0.5, 0]);
    expect([...disperse(masses(2.5), masses(1), { step: 1, size: 3 })]).toEqual([0, 0, 0.5]);
  });
});

describe('convolve', () => {
  it('is the sum of two dice, as far as the grid goes', () => {
    const die = masses(0, 0.5, 0.5, 0);
    expect([...convolve(die, die)]).toEqual([0, 0, 0.25, 0.5]);
  });
});

describe('quantileStep', () => {
  it('is the first step that holds the probability', () => {
    expect(quantileStep(masses(0.5, 0.25, 0.25), 0.5)).toBe(0);
    expect(quantileStep(masses(0.5, 0.25, 0.25), 0.51)).toBe(1);
    expect(quantileStep(masses(0.5, 0.25), 0.95)).toBe(1);
  });
});
