import { describe, expect, it } from '@jest/globals';
import { amountAt, lognormalParameters, meanAmount, pertParameters, scaleAmount } from '../../../../src/core/risk/amount.ts';
import { constant, lognormal, pert } from '../../../builders/risk.ts';

const at95 = 1.6448536269514722;

describe('a lognormal amount', () => {
  it.each([
    [1, 10, 4.0400128269],
    [635_000, 19_000_000, 5_922_706.83],
    [50_000, 2_000_000, 592_982.05],
  ])('from %d to %d has the mean %d', (low, high, mean) => {
    expect(meanAmount(lognormal(low, high)) / mean).toBeCloseTo(1, 8);
  });

  it('has the ends that were written as its 5 % and 95 % points, and their geometric middle as its median', () => {
    const amount = lognormal(50_000, 2_000_000);
    expect(lognormalParameters({ low: 50_000, high: 2_000_000 }).mu).toBeCloseTo(12.664218, 6);
    expect(lognormalParameters({ low: 50_000, high: 2_000_000 }).sigma).toBeCloseTo(1.1213397, 7);
    expect(amountAt(amount, -at95)).toBeCloseTo(50_000, 6);
    expect(amountAt(amount, at95)).toBeCloseTo(2_000_000, 5);
    expect(amountAt(amount, 0)).toBeCloseTo(316_227.77, 2);
  });

  it('is cut at its cap: the mean falls, and no quantile is above', () => {
    const capped = lognormal(50_000, 2_000_000, 2_500_000);
    expect(meanAmount(capped)).toBeLessThan(meanAmount(lognormal(50_000, 2_000_000)));
    expect(amountAt(capped, 6)).toBe(2_500_000);
    expect(meanAmount(lognormal(50_000, 2_000_000, 1e15))).toBeCloseTo(meanAmount(lognormal(50_000, 2_000_000)), 4);
  });

  it('with a cap has the mean of what is left: the area under its survival', () => {
    const [low, high, cap] = [100_000, 5_000_000, 6_000_000];
    const amount = lognormal(low, high, cap);
    const strata = 200_000;
    let area = 0;
    for (let i = 0; i < strata; i++) {
      const score = -8 + (16 * (i + 0.5)) / strata;
      area += (amountAt(amount, score) * Math.exp((-score * score) / 2) * (16 / strata)) / Math.sqrt(2 * Math.PI);
    }
    expect(meanAmount(amount) / area).toBeCloseTo(1, 6);
  });
});

describe('a PERT amount', () => {
  it('10, 30, 100 has the parameters and quantiles of the research', () => {
    expect(pertParameters({ min: 10, mode: 30, max: 100 }).alpha).toBeCloseTo(1.8889, 4);
    expect(pertParameters({ min: 10, mode: 30, max: 100 }).beta).toBeCloseTo(4.1111, 4);
    expect(meanAmount(pert(10, 30, 100))).toBeCloseTo(38.3333, 4);
    expect([-at95, 0, at95].map((score) => amountAt(pert(10, 30, 100), score).toFixed(4))).toEqual(['15.9858', '36.3853', '67.3834']);
  });

  it('stays within its ends, mode at an end or not', () => {
    for (const amount of [pert(10, 10, 100), pert(10, 100, 100), pert(0, 1, 2)] as const) {
      expect(amountAt(amount, -7)).toBeGreaterThanOrEqual(amount.kind === 'PERT' ? amount.min : 0);
      expect(amountAt(amount, 7)).toBeLessThanOrEqual(amount.kind === 'PERT' ? amount.max : 0);
    }
  });
});

describe('scaleAmount', () => {
  it.each([lognormal(1, 10), lognormal(1, 10, 12), pert(1, 2, 9), constant(7)])('multiplies mean and quantiles: %j', (amount) => {
    const scaled = scaleAmount(amount, 250);
    expect(meanAmount(scaled) / meanAmount(amount)).toBeCloseTo(250, 8);
    for (const score of [-2, 0, 1, 3]) expect(amountAt(scaled, score) / amountAt(amount, score)).toBeCloseTo(250, 8);
  });
});
