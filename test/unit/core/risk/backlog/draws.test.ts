import { expect, it } from '@jest/globals';
import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import { drawCount, quantilesOf, rateQuantilesOf, slicesOf } from '../../../../../src/core/risk/backlog/draws.ts';
import { rateQuantile } from '../../../../../src/core/risk/incident-rate.ts';
import { certain } from '../../../../builders/backlog.ts';

it('every slice of probability is drawn once', () => {
  expect([...slicesOf('cost of a')].sort((a, b) => a - b)).toEqual(Array.from({ length: drawCount }, (_, index) => index));
});

it('the same name is drawn alike, another in another order', () => {
  expect(slicesOf('cost of a')).toEqual(slicesOf('cost of a'));
  expect(slicesOf('cost of a')).not.toEqual(slicesOf('cost of b'));
});

it('quantities with different names are not correlated', () => {
  const names = Array.from({ length: 12 }, (_, index) => `cost of lending/credit/fix-${String(index)}`);
  const ranks = names.map((name) => [...slicesOf(name)].map((slice) => slice - (drawCount - 1) / 2));
  for (const [index, one] of ranks.entries())
    for (const other of ranks.slice(index + 1)) {
      const product = one.reduce((sum, each, draw) => sum + each * (other[draw] ?? 0), 0);
      const square = one.reduce((sum, each) => sum + each * each, 0);
      // Of 1,024 independent ranks a correlation beyond 4.5 standard deviations comes once in 150,000 pairs.
      expect(Math.abs(product / square)).toBeLessThan(4.5 / Math.sqrt(drawCount - 1));
    }
});

it.each([
  { min: 10, mode: 30, max: 100 },
  { min: 0, mode: 0, max: 5 },
  { min: 2, mode: 9, max: 9 },
  { min: 0.99, mode: 1, max: 1.01 },
])('quantiles of $min, $mode, $max are those of the PERT distribution', (estimate) => {
  const { min, mode, max } = estimate;
  const [alpha, beta] = [1 + (4 * (mode - min)) / (max - min), 1 + (4 * (max - mode)) / (max - min)];
  const quantiles = quantilesOf(estimate);
  for (let slice = 0; slice < drawCount; slice += 31) {
    const exact = min + (max - min) * betaQuantile((slice + 0.5) / drawCount, alpha, beta);
    expect(Math.abs((quantiles[slice] ?? NaN) - exact)).toBeLessThan(2e-5 * (max - min));
  }
});

it.each([0.5, 1, 2.5, 60, 1e6])('quantiles of a rate of shape %d are those of the Gamma distribution', (shape) => {
  const rate = { shape, years: 3 };
  const quantiles = rateQuantilesOf(rate);
  for (let slice = 0; slice < drawCount; slice += 93) {
    const exact = rateQuantile(rate, (slice + 0.5) / drawCount);
    expect(Math.abs((quantiles[slice] ?? NaN) / exact - 1)).toBeLessThan(1e-4);
  }
});

it('what is certain is the same in every slice', () => {
  expect(new Set(quantilesOf(certain(7)))).toEqual(new Set([7]));
});
