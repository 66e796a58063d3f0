import { describe, expect, it } from '@jest/globals';
import { lossWithoutFines, modelLoss } from '../../../../src/core/risk/model-loss.ts';
import type { ModelLossInput } from '../../../../src/core/risk/model-loss.ts';
import { createScoreMesh } from '../../../../src/core/risk/score-mesh.ts';
import { aRisk, component, constant, impactOf, lognormal } from '../../../builders/risk.ts';

const mesh = createScoreMesh();
const says = (ratio: number) => [{ indicator: 'parity', risk: 'unfair-denials', category: 'Fairness', ratio }];

function lossOf(changes: Partial<ModelLossInput> = {}) {
  return modelLoss({ risks: [aRisk()], evidence: [], liveShare: 1, safeLoss: null, ...changes }, mesh);
}

describe('expected annual loss', () => {
  it('of the research example is 296,491, between the rate at 5 % and at 95 % times the mean of an incident', () => {
    const { expected, inherent, risks } = lossOf();
    expect(expected.value).toBeCloseTo(296_491, 0);
    expect(inherent.expectedAnnualLoss).toBe(expected.value);
    // Gamma(2, 4): quantiles 0.0888454 and 1.185966 of the rate.
    expect(expected.low / (risks[0]?.meanImpact ?? NaN)).toBeCloseTo(0.0888454, 4);
    expect(expected.high / (risks[0]?.meanImpact ?? NaN)).toBeCloseTo(1.185966, 4);
  });

  it('of two risks has an interval narrower than the sum of theirs', () => {
    const one = lossOf().expected;
    const two = lossOf({ risks: [aRisk(), aRisk({ name: 'other' })] }).expected;
    expect(two.value).toBeCloseTo(2 * one.value, 6);
    expect(two.high).toBeLessThan(2 * one.high);
    expect(two.low).toBeGreaterThan(2 * one.low);
  });

  it('follows live evidence by the odds, and what is inherent does not', () => {
    const live = lossOf({ evidence: says(5) });
    const rate = Math.log1p(5 * Math.expm1(0.5));
    expect(live.expected.value / live.inherent.expectedAnnualLoss).toBeCloseTo(rate / 0.5, 12);
    expect(live.inherent).toEqual(lossOf().inherent);
    expect(live.p95).toBeGreaterThan(lossOf().p95);
    expect(live.risks[0]?.evidence).toEqual(says(5)[0]);
  });

  it('of a risk that costs nothing is nothing', () => {
    const nothing = lossOf({ risks: [aRisk({ impact: impactOf(component(constant(0))) })] });
    expect(nothing.expected).toEqual({ value: 0, low: 0, high: 0 });
    expect(nothing).toMatchObject({ p95: 0, residual: 0 });
  });
});

describe('the worst single event', () => {
  it('is that of the worst risk, whatever its rate', () => {
    const rare = aRisk({ name: 'rare', prior: [1, 100], impact: impactOf(component(lognormal(1e6, 1e8))) });
    expect(lossOf({ risks: [aRisk(), rare] }).inherent.singleEventP95).toBeCloseTo(1e8, 0);
  });
});

describe('residual loss', () => {
  const fined = aRisk({
    prior: [1, 1],
    impact: impactOf(component(constant(100)), component(constant(1000), 'regulatory', 0.3)),
  });

  it('is all of it while nothing holds', () => {
    const { expected, residual } = lossOf({ risks: [fined], evidence: says(5) });
    expect(residual).toBeCloseTo(expected.value, 9);
  });

  it('under a cap is x candidate + (1 - x) safe, fines in full', () => {
    expect(lossOf({ risks: [fined], liveShare: 0.1, safeLoss: 20 }).residual).toBeCloseTo(0.1 * 100 + 0.9 * 20 + 300, 9);
  });

  it('takes a safe version nobody priced for as bad as the candidate was before anything was read', () => {
    expect(lossOf({ risks: [fined], liveShare: 0, evidence: says(5) }).residual).toBeCloseTo(100 + 300 * Math.log1p(5 * Math.expm1(1)), 9);
  });

  it('counts a safe version without its fines: they are for what was done', () => {
    expect(lossWithoutFines([fined])).toBe(100);
  });
});
