import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryPlan, memoryPolicy, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

function planWithSafeVersion(version: string): object {
  const safe = { service: 'credit-v1', port: 8080, version };
  const targets = [{ name: 'traffic', httpRoute: { name: 'credit', candidate: { service: 'credit-v2', port: 8080 }, safe } }];
  return memoryPlan({ targets, stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }] });
}

describe('what an operator takes a signal for', () => {
  let world: MemoryOperator;

  beforeEach(async () => {
    world = await startMemoryOperator();
  });
  afterEach(() => world.stop());

  it('regression: a signal that knows no versions is never read as the safe one: the cause always looked shared and nothing moved', async () => {
    world.api.apply('riskpolicies', memoryPolicy({ identity: { namespace: 'namespace', model: 'model' } }));
    world.api.apply('mitigationplans', planWithSafeVersion('2.2.0'));
    await world.pass(2);
    world.read(0.9, 0.01);
    await world.passUntil('capped', () => shareIn(world) <= 10);
    expect(conditionOf(planIn(world), 'Engaged')).toMatchObject({ status: 'True' });
  });

  it('still moves nothing when a signal that knows versions breaches on the safe one too', async () => {
    world.api.apply('mitigationplans', planWithSafeVersion('2.2.0'));
    await world.pass(2);
    world.read(0.9, 0.9);
    await world.pass(10);
    expect(shareIn(world)).toBe(50);
  });

  it('regression: a plan that calls the candidate safe is not ready, and its reading never counts as both', async () => {
    world.api.apply('mitigationplans', planWithSafeVersion('2.3.0'));
    await world.pass(2);
    expect(conditionOf(planIn(world), 'Ready')).toMatchObject({
      status: 'False',
      reason: 'SafeVersionIsCandidate',
      message: expect.stringContaining('safe.version 2.3.0 is the version under guard'),
    });
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 10);
  });
});
