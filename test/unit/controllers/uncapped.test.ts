import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryPlan, memoryRoute, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { backend, ruleAt } from '../../builders/http-route.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf, phaseOf } from '../../builders/traffic-view.ts';

const byPort = ruleAt('/batch', [backend('credit-v2', 1, { port: 9090 })]);

describe('a route with a way to the candidate’s Service that no limit reaches', () => {
  let world: MemoryOperator;

  beforeEach(async () => {
    world = await startMemoryOperator();
    world.api.apply(
      'mitigationplans',
      memoryPlan({ stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }] }),
    );
    await world.pass(3);
  });
  afterEach(() => world.stop());

  function route(more: readonly object[]): void {
    const { spec, ...rest } = memoryRoute() as { readonly spec: { readonly rules: readonly object[] } };
    world.api.apply('httproutes', { ...rest, spec: { ...spec, rules: [...spec.rules, ...more] } });
  }

  it('regression: is told of by name while nothing is held, and the plan is ready all the same', async () => {
    expect(conditionOf(planIn(world), 'UncappedPath')).toMatchObject({ status: 'False', reason: 'No' });
    route([byPort]);
    await world.pass(3);
    expect(conditionOf(planIn(world), 'UncappedPath')).toMatchObject({
      status: 'True',
      reason: 'CandidateBeside',
      message: expect.stringContaining('Rule 2 of HTTPRoute lending/credit sends requests to credit-v2:9090'),
    });
    expect(conditionOf(planIn(world), 'Ready')).toMatchObject({ status: 'True' });
    route([]);
    await world.pass(3);
    expect(conditionOf(planIn(world), 'UncappedPath')).toMatchObject({ status: 'False' });
  });

  it('regression: is told of while the limit holds, in the condition and in what the target is said to have', async () => {
    route([byPort]);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(3);
    expect(phaseOf(planIn(world))).toBe('Engaged');
    expect(conditionOf(planIn(world), 'UncappedPath')).toMatchObject({ status: 'True' });
    expect(planIn(world).status).toMatchObject({
      targets: expect.arrayContaining([expect.objectContaining({ effective: expect.stringContaining('rule 2: credit-v2:9090 100 %') })]),
    });
  });
});
