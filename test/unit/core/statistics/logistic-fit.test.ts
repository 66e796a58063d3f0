import { describe, expect, it } from '@jest/globals';
import { fitLogistic, type LogisticGroup } from '../../../../src/core/statistics/logistic-fit.ts';

/** The calibration vector of risk-quant 2.3, whose fit statsmodels 0.13.5 gave. */
const published: readonly LogisticGroup[] = [
  [400, 0.08, 28],
  [300, 0.22, 75],
  [200, 0.41, 90],
  [80, 0.63, 48],
  [20, 0.85, 15],
].map(([n = 0, score = 0, successes = 0]) => ({ n, successes, x: Math.log(score / (1 - score)), offset: 0 }));

describe('fitLogistic', () => {
  it('gives the published slope and intercept with their standard errors', () => {
    const fit = fitLogistic(published, 'InterceptAndSlope');
    expect(fit?.slope).toBeCloseTo(0.99214, 5);
    expect(fit?.slopeError).toBeCloseTo(0.08169, 5);
    expect(fit?.intercept).toBeCloseTo(0.04906, 5);
    expect(fit?.interceptError).toBeCloseTo(0.11212, 5);
  });

  it('gives the published calibration in the large with the slope fixed at one', () => {
    const offsets = published.map((group) => ({ ...group, offset: group.x }));
    const fit = fitLogistic(offsets, 'Intercept');
    expect(fit?.intercept).toBeCloseTo(0.05656, 5);
    expect(fit?.interceptError).toBeCloseTo(0.08068, 5);
    expect(fit?.slope).toBeNull();
  });

  it.each([
    ['separated groups', [group(0, 10, 0), group(1, 10, 10)]],
    ['no spread of the predictor', [group(1, 10, 3), group(1, 10, 4)]],
    ['no rows', [group(0, 0, 0), group(1, 0, 0)]],
    ['no groups', []],
    ['all outcomes alike', [group(0, 10, 0), group(1, 10, 0)]],
  ])('fits nothing to %s', (_what, groups) => {
    expect(fitLogistic(groups, 'InterceptAndSlope')).toBeNull();
  });

  it('is the same however rows are grouped', () => {
    const halves = published.flatMap(({ n, successes, ...rest }) => [
      { ...rest, n: n / 2, successes: successes / 2 },
      { ...rest, n: n / 2, successes: successes / 2 },
    ]);
    const [whole, split] = [published, halves].map((groups) => fitLogistic(groups, 'InterceptAndSlope'));
    expect(split?.slope).toBeCloseTo(whole?.slope ?? NaN, 10);
  });
});

function group(x: number, n: number, successes: number): LogisticGroup {
  return { x, n, successes, offset: 0 };
}
