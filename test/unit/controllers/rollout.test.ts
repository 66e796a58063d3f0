import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { KubeObject } from '../../../testbed/api-client.ts';
import { applyGuardedModelTo, memoryPlan, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { finishStep } from '../../builders/memory-rollouts.ts';
import { describeWrite, flagIn, liveIn, planIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf, defaultVariant, entriesOf, isConstrained, phaseOf, stepsOf } from '../../builders/traffic-view.ts';

const image = (tag: string) => ({ spec: { containers: [{ name: 'model', image: `example.com/credit:${tag}` }] } });

/** Rollout credit-update, over the HTTPRoute of the story unless told otherwise. */
function anUpdate(tag: string, routing: object = { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'credit' } } }): object {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'credit-update', namespace: 'lending' },
    spec: {
      template: image(tag),
      strategy: { canary: { trafficRouting: routing, steps: [{ setWeight: 10 }, { setWeight: 30 }, { setWeight: 60 }] } },
    },
  };
}

const update = { name: 'update', rollout: { name: 'credit-update', settleSeconds: 0 } };
const [traffic, flag] = (memoryPlan() as { readonly spec: { readonly targets: readonly object[] } }).spec.targets;
const limit = (target: string, maxPercent: number) => ({ target, canaryLimit: { maxPercent } });

const updateIn = (world: MemoryOperator): KubeObject => liveIn(world, 'rollouts', 'credit-update');
const isPaused = (world: MemoryOperator): boolean => (updateIn(world)['spec'] as { readonly paused?: boolean }).paused === true;
const statusIn = (world: MemoryOperator) =>
  (updateIn(world)['status'] ?? {}) as {
    readonly abort?: boolean;
    readonly canary?: { readonly weights: { readonly canary: { readonly weight: number } } };
  };
const isAborted = (world: MemoryOperator): boolean => statusIn(world).abort === true;
const weightIn = (world: MemoryOperator): number => statusIn(world).canary?.weights.canary.weight ?? 0;
const incidentIn = (world: MemoryOperator): KubeObject => world.api.list('riskincidents')[0] as unknown as KubeObject;
const ourWrites = (world: MemoryOperator): readonly string[] =>
  world.api.writes.filter(({ resource }) => resource === 'rollouts').map(describeWrite);

describe('a plan over an update by Argo Rollouts (a stand-in reports for its controller)', () => {
  let world: MemoryOperator;

  const begin = async (targets: readonly object[], stages: readonly object[], routing?: object): Promise<void> => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('rollouts', anUpdate('2', routing));
      api.apply('mitigationplans', memoryPlan({ targets, stages }));
    });
    await world.pass(2);
  };

  afterEach(() => world.stop());

  describe('within the limit', () => {
    beforeEach(() => begin([update], [{ name: 'hold', actions: [limit('update', 20)] }]));

    it('is paused where it stands, goes no further, and goes on when all is well again', async () => {
      world.read(0.9);
      await world.passUntil('held', () => isPaused(world));
      finishStep(world.api, 'credit-update');
      await world.pass(1);
      expect(weightIn(world)).toBe(10);
      expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'True' });
      world.read(0.01);
      await world.passUntil('free', () => !isConstrained(updateIn(world)));
      expect(updateIn(world)['spec']).toEqual((anUpdate('2') as KubeObject)['spec']);
      finishStep(world.api, 'credit-update');
      await world.pass(1);
      expect(weightIn(world)).toBe(30);
      expect(stepsOf(incidentIn(world))).toEqual(['Engaged', 'Released', 'Closed']);
    });

    it('is aborted where the pause came too late for the next step', async () => {
      world.read(0.9);
      world.api.onWrite(({ resource }) => {
        // The controller ends the step while our patch is on its way; it does not see the pause.
        if (resource === 'rollouts' && !isPaused(world) && weightIn(world) === 10) finishStep(world.api, 'credit-update');
        return 'Pass';
      });
      await world.passUntil('aborted', () => isAborted(world));
      await world.pass(1);
      expect([weightIn(world), isPaused(world)]).toEqual([0, false]);
    });
  });

  describe('beyond the limit', () => {
    beforeEach(() =>
      begin(
        [update, ...(flag === undefined ? [] : [{ ...flag, featureFlag: { name: 'credit-flags', flag: 'use-v2', safeVariant: 'off' } }])],
        [{ name: 'abort', actions: [limit('update', 0), { target: 'flag', flagRollback: {} }] }],
      ),
    );

    it('is recorded on the object, then aborted, then everything else', async () => {
      world.read(0.9);
      await world.passUntil('aborted', () => isAborted(world));
      await world.pass(1);
      expect(ourWrites(world).slice(0, 2)).toEqual(['patch rollouts credit-update', 'patch rollouts credit-update status']);
      const writes = world.api.writes.map(describeWrite);
      expect(writes.indexOf('patch rollouts credit-update status')).toBeLessThan(writes.findIndex((each) => each.includes('featureflags')));
      expect(writes.indexOf('patch rollouts credit-update status')).toBeLessThan(
        writes.findIndex((each) => each.includes('riskincidents')),
      );
      expect(weightIn(world)).toBe(0);
      expect(defaultVariant(flagIn(world))).toBe('off');
      const applied = entriesOf(incidentIn(world)).filter(({ type }) => type === 'Applied');
      expect(applied.map((entry) => (entry as unknown as { readonly target: string }).target)).toEqual(
        expect.arrayContaining(['Rollout/credit-update']),
      );
    });

    it('is aborted by the next process where the first ended between the two patches', async () => {
      world.read(0.9);
      world.api.onWrite(({ resource, subresource }) => (resource === 'rollouts' && subresource === 'status' ? 'Lose' : 'Pass'));
      await world.passUntil('recorded', () => isConstrained(updateIn(world)));
      await world.pass(1);
      expect(isAborted(world)).toBe(false);
      // Nothing was brought to the stage yet: the flag waits, as for every route.
      expect(defaultVariant(flagIn(world))).toBe('on');
      world.api.onWrite(() => 'Pass');
      await world.restart();
      await world.passUntil('aborted', () => isAborted(world));
      await world.pass(1);
      expect(defaultVariant(flagIn(world))).toBe('off');
      expect(stepsOf(incidentIn(world))).toEqual(['Engaged']);
    });

    it('is not sent twice where only the answer was lost', async () => {
      world.read(0.9);
      let lost = 0;
      world.api.onWrite(({ resource, subresource }) => {
        if (resource !== 'rollouts' || subresource !== 'status' || lost > 0) return 'Pass';
        lost += 1;
        return 'LoseAnswer';
      });
      await world.passUntil('aborted', () => isAborted(world));
      await world.pass(3);
      expect(ourWrites(world).filter((each) => each.endsWith('status'))).toHaveLength(1);
      expect(defaultVariant(flagIn(world))).toBe('off');
    });

    it('keeps a plan that is deleted between the two patches until the record is off the object', async () => {
      world.read(0.9);
      world.api.onWrite(({ resource, subresource }) => (resource === 'rollouts' && subresource === 'status' ? 'Lose' : 'Pass'));
      await world.passUntil('recorded', () => isConstrained(updateIn(world)));
      const letGo = world.api.hold('rollouts');
      world.api.remove('mitigationplans', 'credit');
      await world.pass(2);
      expect(world.api.get('mitigationplans', 'credit')).not.toBeNull();
      letGo();
      await world.passUntil('gone', () => world.api.get('mitigationplans', 'credit') === null);
      expect(isConstrained(updateIn(world))).toBe(false);
    });

    it('tells people where the status may not be patched', async () => {
      world.api.onWrite(({ resource, subresource }) => (resource === 'rollouts' && subresource === 'status' ? 'Deny' : 'Pass'));
      world.read(0.9);
      await world.passUntil('stalled', () => conditionOf(planIn(world), 'Stalled')?.reason === 'Denied');
      expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'False' });
      // Its record stands: a plan that goes takes it along.
      world.api.remove('mitigationplans', 'credit');
      await world.passUntil('gone', () => world.api.get('mitigationplans', 'credit') === null);
      expect(isConstrained(updateIn(world))).toBe(false);
    });

    it('stays aborted after a person’s release: to begin again is their own word', async () => {
      world.read(0.9);
      await world.passUntil('aborted', () => isAborted(world));
      world.api.apply('mitigationplans', memoryPlan({ ...(planIn(world)['spec'] as object), suspend: 'Release' }));
      await world.passUntil('free', () => !isConstrained(updateIn(world)));
      await world.pass(2);
      expect(isAborted(world)).toBe(true);
    });

    it('is Contested where somebody begins it again and again', async () => {
      world.read(0.9);
      await world.passUntil('aborted', () => isAborted(world));
      for (let round = 0; round < 8; round++) {
        await world.pass(1);
        const { abort: _, ...begun } = statusIn(world);
        world.api.setStatus('rollouts', 'credit-update', begun);
      }
      await world.passUntil('contested', () => conditionOf(planIn(world), 'Contested')?.status === 'True');
      await world.passUntil('aborted again', () => isAborted(world));
    });
  });

  describe('that is promoted', () => {
    beforeEach(async () => {
      await begin([update], [{ name: 'hold', actions: [limit('update', 20)] }]);
      for (let step = 0; step < 3; step++) {
        finishStep(world.api, 'credit-update');
        await world.pass(0.5);
      }
    });

    it('leaves the plan ready for the next, refuses, and holds the next from its first step', async () => {
      expect(conditionOf(planIn(world), 'Ready')).toMatchObject({ status: 'True' });
      world.read(0.9);
      await world.passUntil('refused', () => conditionOf(planIn(world), 'Stalled')?.reason === 'AlreadyPromoted');
      expect(updateIn(world)['spec']).toEqual((anUpdate('2') as KubeObject)['spec']);
      world.api.apply('rollouts', anUpdate('3'));
      await world.passUntil('held', () => isPaused(world));
      await world.pass(1);
      expect(weightIn(world)).toBe(10);
      expect(conditionOf(planIn(world), 'Stalled')).toMatchObject({ status: 'False' });
    });
  });
});

describe('a plan over a route Argo Rollouts is moving requests on', () => {
  let world: MemoryOperator;

  const begin = async (targets: readonly unknown[], stages: readonly object[]): Promise<void> => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('rollouts', anUpdate('2'));
      api.apply('mitigationplans', memoryPlan({ targets, stages }));
    });
    await world.pass(2);
  };

  afterEach(() => world.stop());

  it('says so before anything happens, leaves the route alone, tells people, and takes the next stage', async () => {
    const ownFlag = { name: 'flag', featureFlag: { name: 'credit-flags', flag: 'use-v2', safeVariant: 'off', behind: 'traffic' } };
    await begin(
      [traffic, ownFlag],
      [
        { name: 'limit', escalateAfterSeconds: 600, actions: [limit('traffic', 10)] },
        { name: 'rollback', actions: [{ target: 'flag', flagRollback: {} }] },
      ],
    );
    expect(conditionOf(planIn(world), 'Ready')).toMatchObject({ status: 'False', reason: 'RolloutInProgress' });
    world.read(0.9);
    await world.passUntil('rolled back', () => defaultVariant(flagIn(world)) === 'off');
    await world.pass(1);
    expect(shareIn(world)).toBe(50);
    expect(stepsOf(incidentIn(world))).toEqual(['Engaged', 'Escalated']);
  });

  it('is stalled and on record where there is no other way, and caps as soon as the update is over', async () => {
    await begin([traffic], [{ name: 'limit', actions: [limit('traffic', 10)] }]);
    world.read(0.9);
    await world.passUntil('stalled', () => conditionOf(planIn(world), 'Stalled')?.reason === 'RolloutInProgress');
    await world.pass(1);
    expect(entriesOf(incidentIn(world)).find(({ type }) => type === 'Stalled')?.reason).toContain('rollout: {name: credit-update}');
    expect(shareIn(world)).toBe(50);
    for (let step = 0; step < 3; step++) {
      finishStep(world.api, 'credit-update');
      await world.pass(0.25);
    }
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(1);
    expect(conditionOf(planIn(world), 'Stalled')).toMatchObject({ status: 'False' });
  });

  it('holds the update instead where the plan names it, is in effect by that, and caps the route afterwards', async () => {
    await begin([traffic, update], [{ name: 'limit', actions: [limit('traffic', 20), limit('update', 20)] }]);
    world.read(0.9);
    await world.passUntil('held', () => isPaused(world));
    await world.pass(1);
    expect(shareIn(world)).toBe(50);
    expect(conditionOf(planIn(world), 'Stalled')).toMatchObject({ status: 'False' });
    expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'True' });
    // Somebody ends the update: back to the stable revision.
    world.api.setStatus('rollouts', 'credit-update', { ...(updateIn(world)['status'] as object), abort: true });
    await world.passUntil('capped', () => shareIn(world) === 20);
    await world.pass(1);
    expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'True' });
  });

  it('yields with what it holds when an update begins meanwhile: no writing against each other', async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('mitigationplans', memoryPlan({ targets: [traffic], stages: [{ name: 'limit', actions: [limit('traffic', 10)] }] }));
    });
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    world.api.apply('rollouts', anUpdate('2'));
    await world.pass(1);
    const before = world.api.writes.filter(({ resource }) => resource === 'httproutes').length;
    for (const [first, second] of [
      [70, 30],
      [40, 60],
      [65, 35],
    ] as const) {
      const route = liveIn(world, 'httproutes', 'credit');
      const moved = JSON.stringify(route['spec'])
        .replace(/"weight":\d+/, `"weight":${String(first)}`)
        .replace(/("weight":\d+.*"weight":)\d+/, `$1${String(second)}`);
      world.api.apply('httproutes', { ...route, spec: JSON.parse(moved) as object });
      await world.pass(1);
      expect(shareIn(world)).toBe(second);
    }
    expect(world.api.writes.filter(({ resource }) => resource === 'httproutes')).toHaveLength(before);
    expect(conditionOf(planIn(world), 'Contested')?.status).not.toBe('True');
    expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'False', reason: 'RolloutInProgress' });
    // Without a word from the route: the Rollout's own news wakes the plan.
    world.api.remove('rollouts', 'credit-update');
    await world.passUntil('capped again', () => shareIn(world) === 10);
    await world.passUntil('in effect', () => conditionOf(planIn(world), 'Effective')?.status === 'True');
    world.read(0.01);
    await world.passUntil('given back', () => !isConstrained(liveIn(world, 'httproutes', 'credit')));
    expect(shareIn(world)).toBe(35);
    await world.passUntil('idle', () => phaseOf(planIn(world)) === 'Idle');
  });
});

describe('a plan over a route a Canary of Flagger makes', () => {
  it('regression: caps the route it took over as soon as the Canary is gone, though its mark stays', async () => {
    const world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      const { metadata, ...route } = api.get('httproutes', 'credit') as unknown as KubeObject;
      const annotations = { ...metadata.annotations, 'flagger.kubernetes.io/original-configuration': '{}' };
      api.apply('httproutes', { ...route, metadata: { ...metadata, annotations } });
      api.apply('canaries', {
        ...{ apiVersion: 'flagger.app/v1beta1', kind: 'Canary', metadata: { name: 'credit', namespace: 'lending' } },
        spec: { provider: 'gatewayapi:v1', targetRef: { kind: 'Deployment', name: 'credit' }, service: { port: 80 } },
      });
      api.apply('mitigationplans', memoryPlan({ targets: [traffic], stages: [{ name: 'limit', actions: [limit('traffic', 10)] }] }));
    });
    await world.passUntil('not ready', () => conditionOf(planIn(world), 'Ready')?.reason === 'GeneratedTarget');
    world.read(0.9);
    await world.passUntil('engaged', () => phaseOf(planIn(world)) === 'Engaged');
    await world.pass(10);
    expect(shareIn(world)).toBe(50);
    world.api.remove('canaries', 'credit');
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.stop();
  });

  it('is not ready, and ready once that is another’s', async () => {
    const canary = (name: string) => ({
      apiVersion: 'flagger.app/v1beta1',
      kind: 'Canary',
      metadata: { name: 'credit', namespace: 'lending' },
      spec: { provider: 'gatewayapi:v1', targetRef: { kind: 'Deployment', name }, service: { port: 80 }, analysis: { interval: '1m' } },
    });
    const world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      const route = api.get('httproutes', 'credit') as unknown as KubeObject;
      const spec = JSON.parse(JSON.stringify(route['spec']).replaceAll('credit-v1', 'credit-primary')) as object;
      api.apply('httproutes', { ...route, spec });
      api.apply('canaries', canary('credit'));
      api.apply('mitigationplans', memoryPlan({ targets: [traffic], stages: [{ name: 'limit', actions: [limit('traffic', 10)] }] }));
    });
    await world.passUntil('not ready', () => conditionOf(planIn(world), 'Ready')?.reason === 'GeneratedTarget');
    expect(conditionOf(planIn(world), 'Ready')?.message).toContain('Canary credit (Flagger)');
    world.api.apply('canaries', canary('other'));
    await world.passUntil('ready', () => conditionOf(planIn(world), 'Ready')?.status === 'True');
    await world.stop();
  });
});
