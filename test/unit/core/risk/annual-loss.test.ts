import { describe, expect, it } from '@jest/globals';
import { annualLoss, annualQuantile, compound } from '../../../../src/core/risk/annual-loss.ts';
import type { AnnualLoss } from '../../../../src/core/risk/annual-loss.ts';
import { createScoreMesh } from '../../../../src/core/risk/score-mesh.ts';
import { aRisk, component, constant, impactOf, lognormal, pert } from '../../../builders/risk.ts';

const mesh = createScoreMesh();
const grid = { step: 5000, size: 2001 };
/** So sure of its rate that the count is Poisson. */
const certain = (rate: number) => ({ shape: rate * 1e13, years: 1e13 });
const total = (masses: Float64Array) => masses.reduce((sum, each) => sum + each, 0);

function chanceAbove({ grid: { step }, masses }: AnnualLoss, loss: number): number {
  return 1 - total(masses.slice(0, Math.round(loss / step) + 1));
}

describe('the year of one risk from 50 thousand to 2 million', () => {
  const { impact } = aRisk();

  it.each([
    { what: 'Poisson .5', rate: certain(0.5), none: 0.60653, above: 0.086, p90: 0.88e6, p95: 1.49e6, p99: 3.48e6 },
    { what: 'Gamma(2, 4)', rate: { shape: 2, years: 4 }, none: 0.64, above: 0.0888, p90: 0.9e6, p95: 1.55e6, p99: 3.64e6 },
  ])('$what: as the research has it, to one step of 5,000', ({ rate, none, above, p90, p95, p99 }) => {
    const year = annualLoss([{ rate, impact }], mesh, grid);
    expect(year.masses[0]).toBeCloseTo(none, 4);
    expect(chanceAbove(year, 1e6)).toBeCloseTo(above, 4);
    for (const [probability, quantile] of [
      [0.9, p90],
      [0.95, p95],
      [0.99, p99],
    ] as const)
      expect(Math.abs(annualQuantile(year, probability) - quantile)).toBeLessThanOrEqual(grid.step);
  });

  it('finds the same 95 % point on the grid it chooses for itself', () => {
    const chosen = annualQuantile(annualLoss([aRisk()], mesh), 0.95);
    expect(Math.abs(chosen - annualQuantile(annualLoss([aRisk()], mesh, grid), 0.95))).toBeLessThanOrEqual(grid.step);
  });
});

describe('the recursion', () => {
  const rate = { shape: 2, years: 4 };

  it('is the negative binomial count when each incident costs one step', () => {
    const counts = compound([{ rate, masses: Float64Array.from([0, 1, 0, 0, 0]) }]);
    const p = 4 / 5;
    expect([...counts].map((each) => each.toFixed(12))).toEqual([0, 1, 2, 3, 4].map((k) => (p ** 2 * (k + 1) * (1 - p) ** k).toFixed(12)));
  });

  it('of two risks is the convolution of their years', () => {
    const steps = 60;
    const one = Float64Array.from({ length: steps }, (_, i) => (i > 0 && i < 4 ? 1 / 3 : 0));
    const two = Float64Array.from({ length: steps }, (_, i) => (i === 7 ? 0.75 : i === 2 ? 0.25 : 0));
    const parts = [
      { rate, masses: one },
      { rate: { shape: 0.5, years: 1 }, masses: two },
    ];
    const [first, second] = parts.map((part) => compound([part]));
    const convolved = Array.from({ length: steps }, (_, k) =>
      Array.from({ length: k + 1 }, (__, j) => (first?.[j] ?? 0) * (second?.[k - j] ?? 0)).reduce((a, b) => a + b, 0),
    );
    const together = compound(parts);
    for (let k = 0; k < steps; k++) expect(together[k]).toBeCloseTo(convolved[k] ?? 0, 14);
  });

  it('holds no less than everything when the grid is long enough, and never a negative mass', () => {
    const masses = Float64Array.from({ length: 4000 }, (_, i) => (i > 0 && i <= 10 ? 0.1 : 0));
    const year = compound([{ rate: { shape: 30, years: 3 }, masses }]);
    expect(total(year)).toBeCloseTo(1, 10);
    expect(Math.min(...year)).toBeGreaterThanOrEqual(0);
  });

  it('bears a rate at which a year without an incident is rarer than the smallest double', () => {
    const masses = Float64Array.from({ length: 6000 }, (_, i) => (i === 1 ? 1 : 0));
    const year = compound([{ rate: certain(2000), masses }]);
    expect(total(year)).toBeCloseTo(1, 9);
    const median = year.findIndex((_, index) => total(year.slice(0, index + 1)) >= 0.5);
    expect(Math.abs(median - 2000)).toBeLessThanOrEqual(1);
  });
});

describe('annualQuantile', () => {
  it('of rare incidents is 0: 19 of 20 years have none', () => {
    expect(annualQuantile(annualLoss([aRisk({ prior: [1, 100] })], mesh), 0.95)).toBe(0);
  });

  it('of nothing is 0', () => {
    expect(annualQuantile(annualLoss([], mesh), 0.95)).toBe(0);
    expect(annualQuantile(annualLoss([aRisk({ impact: impactOf(component(constant(0))) })], mesh), 0.95)).toBe(0);
  });

  it('of frequent small and rare large losses together misses neither', () => {
    const small = aRisk({ prior: [1000, 4], impact: impactOf(component(constant(1000))) });
    const large = aRisk({ impact: impactOf(component(lognormal(1e6, 5e7))) });
    const p95 = annualQuantile(annualLoss([small, large], mesh), 0.95);
    const alone = annualQuantile(annualLoss([large], mesh), 0.95);
    expect((p95 - alone) / 250_000).toBeCloseTo(1, 0);
  });

  it('of risks together is less than the sum of their own', () => {
    const risks = [aRisk(), aRisk({ impact: impactOf(component(pert(1e5, 3e5, 2e6))) }), aRisk({ prior: [1, 2] })];
    const own = risks.map((risk) => annualQuantile(annualLoss([risk], mesh), 0.95));
    const together = annualQuantile(annualLoss(risks, mesh), 0.95);
    expect(together).toBeLessThan(own.reduce((sum, each) => sum + each, 0));
    expect(together).toBeGreaterThan(Math.max(...own));
  });

  it('of a full register of 64 risks rests on one grid of the size of any other', () => {
    const risks = Array.from({ length: 64 }, (_, i) => aRisk({ prior: [1 + (i % 5), 1 + (i % 7)] }));
    const year = annualLoss(risks, mesh);
    expect(year.masses).toHaveLength(2002);
    expect(annualQuantile(year, 0.95)).toBeLessThan(year.grid.step * 2001);
  });
});
