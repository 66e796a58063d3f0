import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryPlan, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { shareIn } from '../../builders/memory-story.ts';

describe('the share a residual loss is computed with', () => {
  let world: MemoryOperator;
  type Figures = { readonly liveSharePercent: number };
  const share = () =>
    (world.api.get('modelrisks', 'credit') as unknown as { readonly status: { readonly expectedAnnualLoss: Figures } }).status
      .expectedAnnualLoss.liveSharePercent;
  const secondPlan = (targets: readonly object[], changes: object = {}) => ({
    ...memoryPlan({ targets, stages: [{ name: 'limit', actions: [{ target: 'other', canaryLimit: { maxPercent: 30 } }] }], ...changes }),
    metadata: { name: 'second', namespace: 'lending', annotations: { 'modelrisk.dev/contributors': 'olga' } },
  });
  const routeTarget = (route: string) => ({
    name: 'other',
    httpRoute: { name: route, candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } },
  });

  beforeEach(async () => {
    world = await startMemoryOperator();
    const risk = world.api.get('modelrisks', 'credit') as unknown as { readonly spec: object };
    const register = [
      {
        name: 'stale-population',
        category: 'DataQuality',
        likelihood: { incidents: 1, years: 1 },
        impact: { revenue: { constant: 100 } },
      },
    ];
    world.api.apply('modelrisks', { ...risk, spec: { ...risk.spec, risks: register } });
    world.api.apply(
      'mitigationplans',
      memoryPlan({ stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }] }),
    );
    await world.pass(2);
  });
  afterEach(() => world.stop());

  it('is the cap of the stage in force, and all of it again after the release', async () => {
    expect(share()).toBe(100);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(2);
    expect(share()).toBe(10);
    world.read(0.01);
    await world.passUntil('released', () => shareIn(world) === 50);
    await world.pass(4);
    expect(share()).toBe(100);
  });

  it('is the tighter of two plans on one route', async () => {
    world.api.apply('mitigationplans', secondPlan([routeTarget('credit')]));
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(2);
    expect(share()).toBe(10);
  });

  it('is all of it while another way to the candidate is open', async () => {
    world.api.apply('mitigationplans', secondPlan([routeTarget('back-door')], { mode: 'Observe' }));
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(2);
    expect(share()).toBe(100);
  });
});
