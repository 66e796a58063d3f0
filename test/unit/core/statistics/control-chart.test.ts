import { describe, expect, it } from '@jest/globals';
import { cusumDistance, ewmaDistance, robustDistance } from '../../../../src/core/statistics/control-chart.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

const tolerance = 1e-9;

describe('ewmaDistance', () => {
  it.each(loadGolden('anomaly', 'ewma').map((vector) => [vector.name, vector] as const))('%s', (_name, { input, expected }) => {
    const { values, mean, sd, weight, width } = input;
    for (const [index, z] of expected.z.entries()) {
      const distance = ewmaDistance(values.slice(0, index + 1), { mean, standardDeviation: sd }, weight);
      // The limits stand `width` of the average's own deviations from the mean.
      const ownDeviation = ((expected.upper[index] ?? NaN) - mean) / width;
      expectRelative(distance * ownDeviation, Math.abs(z - mean), tolerance);
    }
  });

  it('is 0 before the first reading moved anything, and the same above as below', () => {
    const baseline = { mean: 10, standardDeviation: 2 };
    expect(ewmaDistance([10, 10], baseline)).toBe(0);
    expect(ewmaDistance([14], baseline)).toBe(ewmaDistance([6], baseline));
    expect(ewmaDistance([14], baseline)).toBeCloseTo(2, 12);
  });
});

describe('cusumDistance', () => {
  it.each(loadGolden('anomaly', 'cusum').map((vector) => [vector.name, vector] as const))('%s', (_name, { input, expected }) => {
    const { values, mean, sd, slack } = input;
    for (const index of values.keys()) {
      const distance = cusumDistance(values.slice(0, index + 1), { mean, standardDeviation: sd }, slack);
      expectRelative(distance, Math.max(expected.above[index] ?? NaN, expected.below[index] ?? NaN), tolerance);
    }
  });
});

describe('robustDistance', () => {
  it.each(loadGolden('anomaly', 'seasonal').map((vector) => [vector.name, vector] as const))('%s', (_name, { input, expected }) => {
    const { history, value, floor } = input;
    expectRelative(robustDistance(value, history, floor), Math.abs(expected.z), tolerance);
  });

  it('is not moved by one season that was itself broken', () => {
    const calm = robustDistance(12, [10, 11, 9, 10, 10], 0.5);
    expect(robustDistance(12, [10, 11, 9, 10, 1000], 0.5)).toBeLessThan(calm * 1.5);
  });
});
