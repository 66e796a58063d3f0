import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryBackend, memoryPlan, memoryRoute, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { flagIn, planIn, routeIn, shareIn, untilGivenBack } from '../../builders/memory-story.ts';
import { conditionOf, defaultVariant, isMirrored } from '../../builders/traffic-view.ts';

describe('a flag that callers of the route are behind', () => {
  let world: MemoryOperator;
  beforeEach(async () => {
    world = await startMemoryOperator();
  });
  afterEach(() => world.stop());

  const isRolledBack = (): boolean => defaultVariant(flagIn(world)) === 'off';
  const limit = { name: 'limit', escalateAfterSeconds: 4, actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] };
  const shadow = { name: 'shadow', escalateAfterSeconds: 4, actions: [{ target: 'traffic', shadow: { percent: 100 } }] };
  const flagOnly = { name: 'flag', actions: [{ target: 'flag', flagRollback: {} }] };
  const both = { name: 'rollback', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 0 } }, ...flagOnly.actions] };

  it('regression: is rolled back though the route sends nobody to the candidate', async () => {
    const route = structuredClone(memoryRoute()) as { spec: { rules: { backendRefs: { name: string }[] }[] } };
    for (const reference of route.spec.rules[0]?.backendRefs ?? []) if (reference.name === 'credit-v2') reference.name = 'credit-v3';
    world.api.apply('httproutes', route);
    world.api.apply('mitigationplans', memoryPlan({ stages: [both] }));
    world.read(0.9);
    await world.passUntil('rolled back', isRolledBack);
    await world.pass(2);
    expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'False', reason: 'CandidateAbsent' });
    world.read(0.01);
    world.api.apply('mitigationplans', memoryPlan({ stages: [both], suspend: 'Release' }));
    await untilGivenBack(world);
  });

  it('regression: is rolled back though the route is gone', async () => {
    world.api.remove('httproutes', 'credit');
    world.api.apply('mitigationplans', memoryPlan({ stages: [both] }));
    world.read(0.9);
    await world.passUntil('rolled back', isRolledBack);
  });

  it('waits with a route whose safe backend is not ready: callers are not sent to a version that is not there', async () => {
    memoryBackend(world.api, 'credit-v1', false);
    world.api.apply('mitigationplans', memoryPlan({ stages: [both] }));
    world.read(0.9);
    await world.pass(10);
    expect(isRolledBack()).toBe(false);
  });

  it.each([
    ['refused', { name: 'credit-flags', flag: 'use-v2', safeVariant: 'nope' }],
    ['missing', { name: 'no-flags', flag: 'use-v2', safeVariant: 'off' }],
    ['of a flag that is not there', { name: 'credit-flags', flag: 'nope', safeVariant: 'off' }],
  ])('keeps the route’s constraint as long as it is %s: nothing would hold callers back', async (_what, flag) => {
    const { spec } = memoryPlan() as { readonly spec: { readonly targets: readonly object[] } };
    const targets = [spec.targets[0], { name: 'flag', featureFlag: { ...flag, behind: 'traffic' } }];
    world.api.apply('mitigationplans', memoryPlan({ targets, stages: [limit, flagOnly] }));
    world.read(0.9);
    await world.passUntil('limited', () => shareIn(world) === 10);
    await world.passUntil('in the second stage', () => (planIn(world)['status'] as { stage?: { name: string } }).stage?.name === 'flag');
    await world.pass(10);
    expect(shareIn(world)).toBe(10);
  });

  it('takes the place of a route’s constraint at no moment that lets callers have more', async () => {
    world.api.apply('mitigationplans', memoryPlan({ stages: [limit, shadow, flagOnly] }));
    world.read(0.9);
    await world.passUntil('in shadow', () => isMirrored(routeIn(world)));
    let openly = 0;
    world.api.onWrite(() => {
      openly += Number(shareIn(world) > 10 && !isRolledBack());
      return 'Pass';
    });
    await world.passUntil('rolled back', isRolledBack);
    await world.passUntil('the route is given back', () => shareIn(world) === 50);
    world.read(0.01);
    await world.passUntil('back in shadow', () => isMirrored(routeIn(world)) && !isRolledBack());
    expect(openly).toBe(0);
  });
});
