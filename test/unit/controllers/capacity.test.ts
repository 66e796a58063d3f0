import { afterEach, describe, expect, it } from '@jest/globals';
import {
  applyScaledModelTo,
  capacityPlan,
  deploymentIn,
  minReplicas,
  readyWithinSeconds,
  replicasIn,
  safeEndpoints,
} from '../../builders/capacity.ts';
import { startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { flagIn, planIn, routeIn, shareIn, untilGivenBack } from '../../builders/memory-story.ts';
import { conditionOf, defaultVariant, isConstrained } from '../../builders/traffic-view.ts';

let world: MemoryOperator;
afterEach(() => world.stop());

async function guarded(plan = capacityPlan(), prepare: (api: MemoryOperator['api']) => void = () => undefined): Promise<void> {
  world = await startMemoryOperator((api) => {
    applyScaledModelTo(api, plan);
    prepare(api);
  });
  await world.pass(1);
}

/** `deployments 4` or `httproutes`: effective writes of the operator, in order. */
function moves(): readonly string[] {
  return world.api.writes.flatMap(({ verb, resource, body }) => {
    const changed = JSON.stringify(body).match(/"path":"\/spec\/(replicas|rules)[^}]*?"value":(\d+)?/);
    return verb === 'patch' && changed !== null ? [`${resource} ${changed[2] ?? ''}`.trim()] : [];
  });
}

describe('a stage that makes room before requests move', () => {
  it('asks for replicas first, moves requests once they are ready, and gives them up once requests have moved back', async () => {
    await guarded();
    expect(conditionOf(planIn(world), 'Ready')).toMatchObject({ status: 'True' });
    world.read(0.9);
    await world.passUntil('there are more replicas', () => replicasIn(world) === minReplicas);
    await world.pass(5);
    expect([shareIn(world), conditionOf(planIn(world), 'Stalled')?.status]).toEqual([50, 'False']);
    expect(conditionOf(planIn(world), 'Reconciling')).toMatchObject({ status: 'True', reason: 'SafeBackendNotReady' });

    safeEndpoints(world.api, minReplicas);
    await world.pass(0.25);
    expect(shareIn(world)).toBe(10);
    world.api.setStatus('deployments', 'credit-v1', { observedGeneration: 99, availableReplicas: minReplicas });
    await world.passUntil('Effective', () => conditionOf(planIn(world), 'Effective')?.status === 'True');

    world.read(0.01);
    await untilGivenBack(world);
    await world.passUntil('room is given up', () => replicasIn(world) === 2 && !isConstrained(deploymentIn(world)));
    expect(moves().slice(0, 1)).toEqual(['deployments 4']);
    expect(moves().at(-1)).toBe('deployments 2');
  });

  it('moves them at once where enough are ready already', async () => {
    await guarded(capacityPlan({ minReadyEndpoints: 2 }));
    world.read(0.9);
    await world.passUntil('limited', () => shareIn(world) === 10);
    expect([replicasIn(world), moves()[0]]).toEqual([minReplicas, 'deployments 4']);
  });

  it('counts evidence from when requests have moved, though pods are still starting', async () => {
    await guarded(capacityPlan({ minReadyEndpoints: 2 }));
    world.read(0.9);
    await world.passUntil('limited', () => shareIn(world) === 10);
    await world.pass(1);
    expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'False', reason: 'Waiting' });
    world.read(0.01);
    await untilGivenBack(world);
  });

  it('goes on to the next stage that needs nobody when they are not ready in time, and not before', async () => {
    const stages = (capacityPlan() as { spec: { stages: readonly object[] } }).spec.stages;
    const rollback = {
      name: 'rollback',
      actions: [
        { target: 'flag', flagRollback: {} },
        { target: 'capacity', scale: { minReplicas } },
      ],
    };
    await guarded(capacityPlan({ stages: [...stages, rollback] }));
    world.read(0.9);
    const isRolledBack = (): boolean => defaultVariant(flagIn(world)) === 'off';
    await world.passUntil('there are more replicas', () => replicasIn(world) === minReplicas);
    await world.pass(readyWithinSeconds - 2);
    expect(isRolledBack()).toBe(false);
    await world.pass(3);
    expect([isRolledBack(), shareIn(world), replicasIn(world)]).toEqual([true, 50, minReplicas]);
  });

  it('says that it is stalled once time is over and there is no such stage', async () => {
    await guarded();
    world.read(0.9);
    await world.pass(readyWithinSeconds + 5);
    expect(conditionOf(planIn(world), 'Stalled')).toMatchObject({ status: 'True', reason: 'SafeBackendNotReady' });
    safeEndpoints(world.api, minReplicas);
    await world.pass(1);
    expect(shareIn(world)).toBe(10);
  });
});

describe('protection does not wait for room', () => {
  it.each([
    ['refused by a policy', 'Deny'],
    ['lost', 'Lose'],
    ['taken without an answer', 'LoseAnswer'],
  ] as const)('that is %s', async (_what, fault) => {
    await guarded(capacityPlan({ minReadyEndpoints: 2 }));
    world.api.onWrite(({ resource }) => (resource === 'deployments' ? fault : 'Pass'));
    world.read(0.9);
    await world.pass(3);
    expect(shareIn(world)).toBe(10);
  });

  it('of a Deployment that is not there', async () => {
    await guarded(capacityPlan({ minReadyEndpoints: 2 }), (api) => {
      api.remove('deployments', 'credit-v1');
    });
    world.read(0.9);
    await world.pass(3);
    expect(shareIn(world)).toBe(10);
  });

  it('that nobody may ask for: the plan says so before, with the binding to make', async () => {
    await guarded(capacityPlan({ minReadyEndpoints: 2 }), (api) => {
      api.forbid('deployments');
    });
    const ready = conditionOf(planIn(world), 'Ready');
    expect(ready).toMatchObject({ status: 'False', reason: 'RightsMissing' });
    expect(ready?.message).toContain(
      'kubectl create rolebinding modelrisk-operator-deployments --namespace lending --clusterrole modelrisk-operator-deployments --serviceaccount modelrisk-system:modelrisk-operator',
    );
    world.read(0.9);
    await world.pass(3);
    expect(shareIn(world)).toBe(10);
  });
});

describe('room is kept', () => {
  async function limited(): Promise<void> {
    await guarded(capacityPlan({ minReadyEndpoints: 2 }));
    world.read(0.9);
    await world.passUntil('limited', () => shareIn(world) === 10);
  }

  it('until the route is given back and seen to be', async () => {
    await limited();
    const free = world.api.hold('httproutes');
    world.read(0.01);
    await world.pass(10);
    expect(replicasIn(world)).toBe(minReplicas);
    free();
    await untilGivenBack(world);
    await world.passUntil('room is given up', () => replicasIn(world) === 2);
  });

  it('while the gateway has not taken the route back, for at most 300 s', async () => {
    await limited();
    await world.pass(2);
    world.read(0.01);
    let isDeaf = true;
    // Its controller stops reporting: what it last said is of an earlier generation.
    const restore = world.api.setStatus.bind(world.api);
    Object.assign(world.api, {
      setStatus: (...given: Parameters<typeof restore>) => {
        if (!isDeaf || given[0] !== 'httproutes') restore(...given);
      },
    });
    await world.passUntil('the route is given back', () => shareIn(world) === 50);
    await world.pass(290);
    expect(replicasIn(world)).toBe(minReplicas);
    await world.pass(15);
    expect(replicasIn(world)).toBe(2);
    isDeaf = false;
    await untilGivenBack(world);
  });

  it('for users who want more than the floor, and is never less than they want', async () => {
    await limited();
    const scaled = structuredClone(deploymentIn(world)) as unknown as { spec: { replicas: number } };
    scaled.spec.replicas = 7;
    world.api.apply('deployments', scaled);
    await world.pass(2);
    expect(replicasIn(world)).toBe(7);
    world.read(0.01);
    await untilGivenBack(world);
    await world.pass(5);
    expect([replicasIn(world), isConstrained(deploymentIn(world)), isConstrained(routeIn(world))]).toEqual([7, false, false]);
  });
});
