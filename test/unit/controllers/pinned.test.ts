import { afterEach, describe, expect, it } from '@jest/globals';
import { deploymentIn } from '../../builders/capacity.ts';
import { imageOf } from '../../builders/deployment.ts';
import { applyGuardedModelTo, memoryPlan, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { memoryDeployment } from '../../builders/memory-cluster.ts';
import { planIn } from '../../builders/memory-story.ts';
import { conditionOf, isConstrained, phaseOf } from '../../builders/traffic-view.ts';

let world: MemoryOperator;
afterEach(() => world.stop());

function run(version: string): void {
  const live = structuredClone(deploymentIn(world, 'credit-v2')) as unknown as {
    spec: { template: { spec: { containers: { image: string }[] } } };
  };
  const [server] = live.spec.template.spec.containers;
  if (server !== undefined) server.image = `models/credit:${version}`;
  world.api.apply('deployments', live);
}

const running = (): string => imageOf(deploymentIn(world, 'credit-v2'));
const pods = (more: object = {}) => ({ name: 'pods', deployment: { name: 'credit-v2', ...more } });
const plan = (changes: object = {}) =>
  memoryPlan({ targets: [pods()], stages: [{ name: 'rollback', actions: [{ target: 'pods', pin: {} }] }], ...changes });

/** A Deployment without a route before it; 2.3.0 came after 2.2.0. */
async function guarded(manifest = plan()): Promise<void> {
  world = await startMemoryOperator(
    (api) => {
      applyGuardedModelTo(api);
      memoryDeployment(api, { name: 'credit-v2' });
      api.apply('mitigationplans', manifest);
    },
    { rollsOut: true },
  );
  run('2.2.0');
  await world.pass(1);
  run('2.3.0');
  await world.pass(1);
}

describe('a Deployment callers reach by no route', () => {
  it('is pinned on a breach, and a person takes it off: nothing of the candidate can be measured', async () => {
    await guarded();
    expect(conditionOf(planIn(world), 'Ready')).toMatchObject({ status: 'True' });
    world.read(0.9);
    await world.passUntil('pinned', () => running() === 'models/credit:2.2.0');
    await world.passUntil('Effective', () => conditionOf(planIn(world), 'Effective')?.status === 'True');
    world.read(0.01);
    await world.pass(30);
    expect([running(), conditionOf(planIn(world), 'AwaitingEvidence')?.status]).toEqual(['models/credit:2.2.0', 'True']);
    world.api.apply('mitigationplans', plan({ suspend: 'Release' }));
    await world.passUntil('given back', () => running() === 'models/credit:2.3.0' && !isConstrained(deploymentIn(world, 'credit-v2')));
    await world.passUntil('idle', () => phaseOf(planIn(world)) === 'Idle');
  });

  it('is pinned again after a restart in between, to the same revision', async () => {
    await guarded();
    world.read(0.9);
    await world.passUntil('pinned', () => running() === 'models/credit:2.2.0');
    await world.restart();
    run('2.4.0');
    await world.passUntil('pinned again', () => running() === 'models/credit:2.2.0');
    world.api.apply('mitigationplans', plan({ suspend: 'Release' }));
    await world.passUntil('the latest wish is given back', () => running() === 'models/credit:2.4.0');
  });

  it('that lacks the revision makes the plan say so before a breach, and act once it is there', async () => {
    await guarded(plan({ targets: [pods({ revision: 3 })] }));
    expect(conditionOf(planIn(world), 'Ready')).toMatchObject({ status: 'False', reason: 'RevisionMissing' });
    world.read(0.9);
    await world.pass(3);
    expect(running()).toBe('models/credit:2.3.0');
    expect(conditionOf(planIn(world), 'Stalled')).toMatchObject({ status: 'True', reason: 'RevisionMissing' });
    run('2.2.0');
    await world.pass(1);
    run('2.3.1');
    await world.passUntil('pinned to what is revision 3 by now', () => running() === 'models/credit:2.2.0');
  });

  it('that a rollback gave copies of our marks is not taken for engaged', async () => {
    await guarded();
    world.read(0.9);
    await world.passUntil('pinned', () => running() === 'models/credit:2.2.0');
    await world.pass(1);
    const { annotations = {} } = deploymentIn(world, 'credit-v2').metadata;
    world.api.apply('mitigationplans', plan({ suspend: 'Release' }));
    await world.passUntil('idle', () => phaseOf(planIn(world)) === 'Idle' && !isConstrained(deploymentIn(world, 'credit-v2')));
    world.read(0.01);
    await world.pass(5);
    world.api.apply('mitigationplans', plan());
    await world.pass(5);
    // As kubectl rollout undo does it: template and annotations of an earlier ReplicaSet.
    const live = structuredClone(deploymentIn(world, 'credit-v2')) as unknown as { metadata: { annotations: object } };
    live.metadata.annotations = annotations;
    world.api.apply('deployments', live);
    run('2.2.0');
    await world.pass(5);
    expect([running(), phaseOf(planIn(world))]).toEqual(['models/credit:2.2.0', 'Idle']);
    run('2.3.0');
    await world.pass(2);
    expect(running()).toBe('models/credit:2.3.0');
  });
});
