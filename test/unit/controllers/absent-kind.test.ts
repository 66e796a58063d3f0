import { afterEach, describe, expect, it } from '@jest/globals';
import { actuators } from '../../../src/actuators/registry.ts';
import { applyGuardedModelTo, memoryFlag, memoryPlan, memoryRoute, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { storyTargets } from '../../builders/story-target.ts';
import { planIn, shareIn, tellStory, flagIn } from '../../builders/memory-story.ts';
import { conditionOf, defaultVariant } from '../../builders/traffic-view.ts';

const routeTarget = {
  name: 'traffic',
  httpRoute: { name: 'credit', candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } },
};
const limit = { name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] };
const routeOnly = memoryPlan({ targets: [routeTarget], stages: [limit] });
const flagOnly = memoryPlan({
  targets: [{ name: 'flag', featureFlag: { name: 'credit-flags', flag: 'use-v2', safeVariant: 'off' } }],
  stages: [{ name: 'rollback', actions: [{ target: 'flag', flagRollback: {} }] }],
});

describe('a cluster without the CRDs of one kind of target (the operator never led there)', () => {
  let world: MemoryOperator;

  afterEach(() => world.stop());

  const readiness = () => conditionOf(planIn(world), 'Ready');
  const startWithout = async (plural: string, plan: object): Promise<void> => {
    world = await startMemoryOperator(
      (api) => {
        applyGuardedModelTo(api);
        api.serve(plural, false);
        api.apply('mitigationplans', plan);
      },
      { rollsOut: true },
    );
    await world.pass(2);
  };

  it('starts, and guards what needs none of it', async () => {
    await startWithout('featureflags', routeOnly);
    expect(readiness()).toMatchObject({ status: 'True' });
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
  });

  it('guards flags where there is no gateway', async () => {
    await startWithout('httproutes', flagOnly);
    expect(readiness()).toMatchObject({ status: 'True' });
    world.read(0.9);
    await world.passUntil('rolled back', () => defaultVariant(flagIn(world)) === 'off');
  });

  it('says of a plan that needs it what is missing and what to install', async () => {
    await startWithout('httproutes', routeOnly);
    expect(readiness()).toMatchObject({
      status: 'False',
      reason: 'KindNotServed',
      message: expect.stringMatching(/HTTPRoute \(gateway\.networking\.k8s\.io\/v1\).*target traffic.*install the CRDs of the Gateway API/),
    });
  });

  it.each(storyTargets)(
    'says what to install for a $kind, and is ready once kind and object are there',
    async ({ kind, resource, ...story }) => {
      const plan = memoryPlan({
        targets: story.targets,
        stages: story.engage.map((actions, index) => ({ name: `s${String(index)}`, actions })),
      });
      await startWithout(resource.plural, plan);
      const comesWith = [...actuators.values()].find(({ targetKind }) => targetKind === kind)?.resource.comesWith;
      expect(readiness()).toMatchObject({
        reason: 'KindNotServed',
        message: expect.stringContaining(`install the CRDs of ${comesWith ?? ''}`),
      });
      world.api.serve(resource.plural, true);
      // A Deployment has nothing to go back to before it was rolled out twice.
      if (story.earlier !== undefined) world.api.apply(resource.plural, story.earlier('lending'));
      await world.pass(1);
      for (const each of [{ resource, ...story }, ...story.alongside]) world.api.apply(each.resource.plural, each.manifest('lending'));
      await world.passUntil('ready', () => readiness()?.status === 'True');
    },
  );

  it('says so of an engaged plan too, which holds until the kind is there', async () => {
    await startWithout('httproutes', routeOnly);
    world.read(0.9);
    await world.passUntil('engaged', () => conditionOf(planIn(world), 'Engaged')?.status === 'True');
    await world.pass(1);
    expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'False', reason: 'KindNotServed' });
    world.api.serve('httproutes', true);
    world.api.apply('httproutes', memoryRoute());
    await world.passUntil('capped', () => shareIn(world) === 10);
  });

  it('turns the plan Ready by itself once kind and object are there, in that order', async () => {
    await startWithout('httproutes', routeOnly);
    world.api.serve('httproutes', true);
    await world.passUntil('the kind is found', () => readiness()?.reason === 'TargetMissing');
    world.api.apply('httproutes', memoryRoute());
    await world.passUntil('ready', () => readiness()?.status === 'True');
  });

  it('asks for it twice a minute at most once it has waited, and writes nothing meanwhile', async () => {
    await startWithout('httproutes', routeOnly);
    await world.pass(60);
    const before = world.api.requests.length;
    await world.pass(120);
    const asked = world.api.requests.slice(before).filter(({ verb }) => verb !== 'watch');
    expect(asked.every(({ verb, resource }) => verb === 'list' && resource === 'httproutes')).toBe(true);
    expect(asked.length).toBeLessThanOrEqual(8);
  });
});

describe('a kind of target whose CRD is deleted and comes back', () => {
  it('takes its plans back to KindNotServed, then guards them as before', async () => {
    const world = await startMemoryOperator();
    await world.pass(2);
    world.api.serve('featureflags', false);
    await world.passUntil('seen to be gone', () => conditionOf(planIn(world), 'Ready')?.reason === 'KindNotServed');
    world.api.serve('featureflags', true);
    world.api.apply('featureflags', memoryFlag());
    await world.passUntil('ready', () => conditionOf(planIn(world), 'Ready')?.status === 'True');
    await tellStory(world);
    expect(defaultVariant(flagIn(world))).toBe('on');
    await world.stop();
  });
});
