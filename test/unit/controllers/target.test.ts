import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryPlan, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { contour, parentStatus } from '../../builders/http-route.ts';
import { incidentsIn } from '../../builders/memory-record.ts';
import { liveIn, planIn, routeIn, shareIn } from '../../builders/memory-story.ts';
import { overwrite } from '../../builders/rival.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

describe('a target of an engaged plan', () => {
  let world: MemoryOperator;

  beforeEach(async () => {
    world = await startMemoryOperator();
    await world.pass(1);
  });
  afterEach(() => world.stop());

  it.each([3, 6, 0.5])(
    'regression: stays bounded most of the time though another writer takes it back every %s s',
    async (everySeconds) => {
      world.read(0.9);
      await world.passUntil('capped', () => shareIn(world) === 10);
      let bounded = 0;
      let looks = 0;
      for (let seconds = 0; seconds < 60; seconds += everySeconds) {
        overwrite(world);
        for (let passed = 0; passed < everySeconds; passed += 0.25) {
          await world.pass(0.25);
          looks += 1;
          if (shareIn(world) <= 10) bounded += 1;
        }
      }
      expect(bounded / looks).toBeGreaterThan(everySeconds < 1 ? 0.2 : 0.95);
      expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'True', reason: 'ForeignEdits' });
      expect(conditionOf(planIn(world), 'Contested')?.message).toContain('flagger');
      expect(world.events.filter(({ reason }) => reason === 'Contested').map(({ regarding }) => regarding.kind)).toEqual([
        'MitigationPlan',
        'HTTPRoute',
      ]);
    },
  );

  it('regression: writes at its own pace against a writer that never tires', async () => {
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    const before = world.api.writes.length;
    for (let edit = 0; edit < 240; edit++) {
      overwrite(world);
      await world.pass(0.25);
    }
    const patches = world.api.writes.slice(before).filter(({ resource }) => resource === 'httproutes');
    // Ten at once, and one a second: `bench -- fight` counts the same on a real API server.
    expect(patches.length).toBeLessThanOrEqual(70);
  });

  it('regression: a plan that holds nothing on a contested route opens no record of it and says nothing of it', async () => {
    const { metadata, spec } = memoryPlan() as { readonly metadata: object; readonly spec: object };
    const neighbour = { ...metadata, name: 'neighbour' };
    world.api.apply('mitigationplans', {
      ...memoryPlan(),
      metadata: neighbour,
      spec: { ...spec, trigger: { indicators: ['another'] } },
    });
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    for (let edit = 0; edit < 7; edit++) {
      overwrite(world);
      await world.pass(2.25);
    }
    await world.pass(1);
    expect(incidentsIn(world).map(({ spec: { planRef, engagement } }) => `${planRef?.name ?? ''} ${String(engagement)}`)).toEqual([
      'credit 1',
    ]);
    expect(conditionOf(liveIn(world, 'mitigationplans', 'neighbour'), 'Contested')).toMatchObject({ status: 'False' });
    expect(await world.sample('modelrisk_contested_total', 'lending', 'credit')).toBe(7);
  });

  it('regression: is contested no more once the other writer has left it alone for long enough', async () => {
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    for (let edit = 0; edit < 8; edit++) {
      overwrite(world);
      await world.pass(2.25);
    }
    expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'True' });
    await world.pass(70);
    expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'False' });
  });

  it('regression: a plan that was contested is so no more once it has given everything back', async () => {
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    for (let edit = 0; edit < 8; edit++) {
      overwrite(world);
      await world.pass(2.25);
    }
    expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'True' });
    world.read(0.01);
    await world.passUntil('released', () => conditionOf(planIn(world), 'Engaged')?.status === 'False' && shareIn(world) === 50);
    await world.pass(1);
    expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'False', reason: 'No' });
  });

  it('regression: a patch the server denies is told in its words, and laid as soon as it is allowed', async () => {
    world.api.onWrite(({ resource }) => (resource === 'httproutes' ? 'Deny' : 'Pass'));
    world.read(0.9);
    await world.pass(60);
    expect(shareIn(world)).toBe(50);
    const effective = conditionOf(planIn(world), 'Effective');
    expect(effective).toMatchObject({ status: 'False', reason: 'Denied' });
    expect(effective?.message).toContain('this policy allows no such patch');
    world.api.onWrite(() => 'Pass');
    await world.pass(1.5);
    expect(shareIn(world)).toBeLessThanOrEqual(10);
    await world.pass(1);
    expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'True' });
  });

  it('regression: a stage its gateway takes no more is not told as in effect, and is again once it takes it', async () => {
    const stages = [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }];
    world.api.apply('mitigationplans', memoryPlan({ stages }));
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(2);
    expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'True' });
    const { generation = 1 } = routeIn(world).metadata;
    const refused = parentStatus(contour, { generation, accepted: 'False', message: 'the listener takes no such route' });
    world.api.setStatus('httproutes', 'credit', { parents: [refused] });
    await world.clock.advance(1000);
    expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'False', reason: 'NotTaken' });
    expect(conditionOf(planIn(world), 'Effective')?.message).toContain('the listener takes no such route');
    await world.pass(1);
    expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'True' });
  });

  it('regression: after an outage of the API server the constraint is laid within seconds, however long it was', async () => {
    world.api.onWrite(() => 'Lose');
    world.read(0.9);
    await world.pass(90);
    world.api.onWrite(() => 'Pass');
    await world.pass(1.5);
    expect(shareIn(world)).toBeLessThanOrEqual(10);
  });

  it("regression: a release that can't be carried out is not told as in effect", async () => {
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(1);
    world.api.onWrite(({ resource }) => (resource === 'httproutes' ? 'Deny' : 'Pass'));
    world.api.apply('mitigationplans', memoryPlan({ suspend: 'Release' }));
    await world.pass(3);
    expect(shareIn(world)).toBe(10);
    const effective = conditionOf(planIn(world), 'Effective');
    expect(effective).toMatchObject({ status: 'False', reason: 'Denied' });
    expect(effective?.message).toContain('traffic is not given back yet');
    expect(effective?.message).toContain('this policy allows no such patch');
    world.api.onWrite(() => 'Pass');
    await world.pass(3);
    expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'True', reason: 'NothingToHold' });
  });
});
