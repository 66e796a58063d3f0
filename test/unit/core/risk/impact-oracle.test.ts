import { describe, it } from '@jest/globals';
import { amountAt, lognormalParameters, meanAmount, pertParameters } from '../../../../src/core/risk/amount.ts';
import { eventLoss } from '../../../../src/core/risk/event-loss.ts';
import { modelLoss } from '../../../../src/core/risk/model-loss.ts';
import { createScoreMesh } from '../../../../src/core/risk/score-mesh.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';
import { aRisk, component, impactOf, lognormal, pert } from '../../../builders/risk.ts';

const mesh = createScoreMesh();
/** Standard normal points of the quantiles the goldens name. */
const scores = {
  p5: -1.6448536269514729,
  p50: 0,
  p90: 1.2815515655446004,
  p95: 1.6448536269514722,
  p99: 2.3263478740408408,
} as const;
const names = ['p5', 'p50', 'p90', 'p95', 'p99'] as const;

describe('amounts against scipy', () => {
  it.each(loadGolden('impact', 'lognormal'))('lognormal $name', ({ input: { low, high }, expected }) => {
    expectRelative(lognormalParameters({ low, high }).mu, expected.mu, 1e-9);
    expectRelative(lognormalParameters({ low, high }).sigma, expected.sigma, 1e-9);
    expectRelative(meanAmount(lognormal(low, high)), expected.mean, 1e-9);
    for (const name of names) expectRelative(amountAt(lognormal(low, high), scores[name]), expected.quantiles[name], 1e-9);
  });

  it.each(loadGolden('impact', 'limited-lognormal'))('lognormal $name', ({ input: { low, high, limit }, expected }) => {
    expectRelative(meanAmount(lognormal(low, high, limit)), expected.mean, 1e-9);
  });

  it.each(loadGolden('impact', 'pert'))('PERT $name', ({ input: { min, mode, max }, expected }) => {
    expectRelative(pertParameters({ min, mode, max }).alpha, expected.alpha, 1e-9);
    expectRelative(pertParameters({ min, mode, max }).beta, expected.beta, 1e-9);
    expectRelative(meanAmount(pert(min, mode, max)), expected.mean, 1e-9);
    for (const name of names) expectRelative(amountAt(pert(min, mode, max), scores[name]), expected.quantiles[name], 1e-9);
  });

  // What the grid's span is chosen by; strata of 0.007 standard deviations do not give nine digits, and need not.
  it.each(loadGolden('impact', 'pert').filter(({ input }) => input.min >= 0))('PERT $name on the mesh', ({ input, expected }) => {
    const { mean, variance } = eventLoss(impactOf(component(pert(input.min, input.mode, input.max))), mesh);
    expectRelative(variance + mean ** 2, expected.secondMoment, 2e-3);
  });
});

describe('expected annual loss against scipy', () => {
  it.each(loadGolden('impact', 'year'))('$name', ({ input, expected }) => {
    const risk = {
      ...aRisk({ impact: impactOf(component(lognormal(input.low, input.high))) }),
      rate: { shape: input.shape, years: input.exposureYears },
    };
    const { expected: loss } = modelLoss({ risks: [risk], evidence: [], liveShare: 1, safeLoss: null }, mesh);
    expectRelative(loss.value, expected.expectedLoss, 1e-9);
    expectRelative(loss.low, expected.lowOfExpected, 1e-9);
    expectRelative(loss.high, expected.highOfExpected, 1e-9);
  });
});
