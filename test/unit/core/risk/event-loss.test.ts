import { describe, expect, it } from '@jest/globals';
import { eventLoss, eventMasses, meanImpact, singleEventP95 } from '../../../../src/core/risk/event-loss.ts';
import type { Impact } from '../../../../src/core/risk/event-loss.ts';
import { createScoreMesh } from '../../../../src/core/risk/score-mesh.ts';
import { component, constant, impactOf, lognormal, pert } from '../../../builders/risk.ts';

const mesh = createScoreMesh();
const fine = (chance: number) => component(lognormal(100_000, 5_000_000), 'regulatory', chance);
const harm = component(lognormal(50_000, 2_000_000));
const independent = (impact: Impact): Impact => ({ ...impact, dependence: 'Independent' });

describe('the mesh', () => {
  it('holds all probability, evenly about 0', () => {
    expect(mesh.weights.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 13);
    const length = mesh.scores.length;
    for (const index of [0, 17, 1000]) {
      expect(mesh.scores[index]).toBeCloseTo(-(mesh.scores[length - 1 - index] ?? 0), 12);
      expect(mesh.weights[index]).toBe(mesh.weights[length - 1 - index]);
    }
  });
});

describe('one incident', () => {
  it('costs the sum of the means of its components, fines times their chance', () => {
    const both = meanImpact(impactOf(harm)) + 0.2 * meanImpact(impactOf(fine(1)));
    expect(meanImpact(impactOf(harm, fine(0.2)))).toBeCloseTo(both, 6);
  });

  it.each([
    ['a lognormal', impactOf(harm)],
    ['a capped one', impactOf(component(lognormal(50_000, 2_000_000, 2_500_000)))],
    ['a PERT', impactOf(component(pert(10_000, 30_000, 100_000)))],
    ['a skewed PERT', impactOf(component(pert(0, 0, 5)))],
    ['a constant', impactOf(component(constant(42)))],
    ['a fine', impactOf(fine(0.05))],
    ['all of them', impactOf(harm, fine(0.3), component(pert(1e4, 3e4, 1e5), 'revenue'))],
    ['all of them, each for itself', independent(impactOf(harm, fine(0.3), component(pert(1e4, 3e4, 1e5), 'revenue')))],
  ])('of %s is read on the mesh with the mean of the closed form', (_what, impact) => {
    expect(eventLoss(impact, mesh).mean / meanImpact(impact)).toBeCloseTo(1, 2);
  });

  it('has the variance of the lognormal it is', () => {
    const sigma = 1.1213397;
    const { mean, variance } = eventLoss(impactOf(harm), mesh);
    expect(variance / mean ** 2).toBeCloseTo(Math.exp(sigma ** 2) - 1, 3);
  });

  it('keeps its mean on a grid that reaches far enough', () => {
    const grid = { step: 0.01, size: 1001 };
    const masses = eventMasses(eventLoss(independent(impactOf(component(pert(0, 1, 3)), component(pert(1, 2, 4)))), mesh), mesh, grid);
    const mean = masses.reduce((sum, mass, index) => sum + mass * index * grid.step, 0);
    expect(mean).toBeCloseTo((0 + 4 + 3) / 6 + (1 + 8 + 4) / 6, 3);
  });
});

describe('the loss that 19 of 20 incidents stay below', () => {
  it('of one lognormal component is its upper end as written', () => {
    expect(singleEventP95(impactOf(harm), mesh)).toBeCloseTo(2_000_000, 3);
  });

  it('of components that go together is the sum of theirs', () => {
    expect(singleEventP95(impactOf(harm, component(lognormal(10, 400_000 / 8))), mesh)).toBeCloseTo(2_050_000, 3);
  });

  it('is less when each is drawn for itself', () => {
    const impact = impactOf(harm, component(lognormal(50_000, 2_000_000), 'reputation'));
    const apart = singleEventP95(independent(impact), mesh);
    expect(apart).toBeLessThan(singleEventP95(impact, mesh));
    expect(apart).toBeGreaterThan(2_000_000);
  });

  it('leaves a fine out that comes in fewer than 1 incident of 20', () => {
    expect(singleEventP95(impactOf(fine(0.04)), mesh)).toBe(0);
    expect(singleEventP95(impactOf(fine(0.5)), mesh)).toBeLessThan(5_000_000);
    expect(singleEventP95(impactOf(fine(1)), mesh)).toBeCloseTo(5_000_000, 2);
  });

  it('of one component does not ask what goes together with what', () => {
    expect(singleEventP95(independent(impactOf(harm)), mesh)).toBe(singleEventP95(impactOf(harm), mesh));
  });
});
