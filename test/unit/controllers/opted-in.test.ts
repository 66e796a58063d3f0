import { afterEach, describe, expect, it } from '@jest/globals';
import { applyScaledModelTo, capacityPlan, deploymentIn, minReplicas, replicasIn } from '../../builders/capacity.ts';
import { applyGuardedModelTo, memoryPlan, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { planIn, shareIn, untilGivenBack } from '../../builders/memory-story.ts';
import { conditionOf, isConstrained } from '../../builders/traffic-view.ts';
import { plantFault } from '../../builders/write-fault.ts';

let world: MemoryOperator;
afterEach(() => world.stop());

const kinds = ['deployments', 'replicasets', 'horizontalpodautoscalers'];

/** `list lending/deployments`, once each. */
function asked(since = 0): readonly string[] {
  const requests = world.api.requests.slice(since).filter(({ resource, verb }) => kinds.includes(resource) && verb !== 'patch');
  return [...new Set(requests.map(({ verb, namespace, resource }) => `${verb} ${namespace ?? '*'}/${resource}`))].sort();
}

const ready = (): string | undefined => conditionOf(planIn(world), 'Ready')?.reason;
const room = (minReadyEndpoints = 2) => capacityPlan({ minReadyEndpoints });

/** Engaged, with the pods the safe version needs. */
async function makeRoom(): Promise<void> {
  world = await startMemoryOperator((api) => {
    applyScaledModelTo(api, room());
  });
  world.read(0.9);
  await world.passUntil('room is made', () => replicasIn(world) === minReplicas && shareIn(world) === 10);
  await world.pass(3);
}

/** Its pods are given up, and the mark of that is still on it. */
const isReleased = (): boolean => isConstrained(deploymentIn(world)) && replicasIn(world) === 2;

describe('a kind that is dangerous to touch', () => {
  it('is not asked for while no plan names one', async () => {
    world = await startMemoryOperator();
    await world.pass(5);
    expect(asked()).toEqual([]);
  });

  it('is watched in the namespace of the plan that does, and in no other', async () => {
    world = await startMemoryOperator(applyGuardedModelTo);
    await world.pass(1);
    applyScaledModelTo(world.api, room());
    await world.pass(2);
    expect(asked()).toEqual(kinds.flatMap((kind) => [`list lending/${kind}`, `watch lending/${kind}`]).sort());
    expect(ready()).toBe('Reconciled');
  });

  it('is looked for again until rights are there, and then the plan acts', async () => {
    world = await startMemoryOperator((api) => {
      applyScaledModelTo(api, room());
      for (const kind of kinds) api.forbid(kind);
    });
    await world.pass(2);
    expect(ready()).toBe('RightsMissing');
    for (const kind of kinds) world.api.allow(kind);
    await world.passUntil('rights are seen', () => ready() === 'Reconciled');
    world.read(0.9);
    await world.passUntil('room is made', () => replicasIn(world) === minReplicas && shareIn(world) === 10);
  });

  it('needs rights on all it rests on: what may be seen of Deployments alone is no right to act', async () => {
    world = await startMemoryOperator((api) => {
      applyScaledModelTo(api, room());
      api.forbid('horizontalpodautoscalers');
    });
    await world.pass(2);
    expect(conditionOf(planIn(world), 'Ready')).toMatchObject({
      reason: 'RightsMissing',
      message: expect.stringContaining('may not read horizontalpodautoscalers in namespace lending'),
    });
  });

  it('is forgotten a while after the last plan named it', async () => {
    world = await startMemoryOperator(
      (api) => {
        applyScaledModelTo(api, room());
      },
      { watchSilenceMs: 25_000 },
    );
    await world.pass(2);
    world.api.apply('mitigationplans', memoryPlan());
    await world.pass(65);
    const since = world.api.requests.length;
    await world.pass(120);
    expect(asked(since)).toEqual([]);
  });

  it('is kept in sight while it carries a journal, though the plan is gone', async () => {
    world = await startMemoryOperator(
      (api) => {
        applyScaledModelTo(api, room());
      },
      { watchSilenceMs: 25_000 },
    );
    world.read(0.9);
    await world.passUntil('room is made', () => replicasIn(world) === minReplicas);
    world.api.stripFinalizers('mitigationplans', 'credit');
    world.api.remove('mitigationplans', 'credit');
    await world.pass(65);
    const since = world.api.requests.length;
    await world.pass(60);
    expect(asked(since)).toContain('watch lending/deployments');
    expect(isConstrained(deploymentIn(world))).toBe(true);
  });

  /** Deployments said to be held for nobody, since so many events. */
  const orphansSince = (since: number): readonly string[] =>
    world.events.slice(since).flatMap(({ reason, regarding }) => {
      const { kind, metadata } = regarding;
      return reason === 'OrphanedConstraint' && kind === 'Deployment' ? [metadata.name] : [];
    });

  function losePlan(): void {
    world.api.stripFinalizers('mitigationplans', 'credit');
    world.api.remove('mitigationplans', 'credit');
  }

  it('is told of while the process runs that saw its plan go', async () => {
    await makeRoom();
    const since = world.events.length;
    losePlan();
    await world.pass(3);
    expect(new Set(orphansSince(since))).toEqual(new Set(['credit-v1']));
  });

  it('regression: is told of though its plan was gone before the process started: the record of the engagement says where to look', async () => {
    await makeRoom();
    losePlan();
    await world.restart();
    const since = world.events.length;
    await world.pass(5);
    expect(new Set(orphansSince(since))).toEqual(new Set(['credit-v1']));
    expect([replicasIn(world), isConstrained(deploymentIn(world))]).toEqual([minReplicas, true]);
    // It stays in sight, and a plan of the name takes it up and gives it back.
    await world.pass(125);
    world.api.apply('mitigationplans', room());
    world.read(0.01);
    await world.passUntil('room is given up', () => replicasIn(world) === 2 && !isConstrained(deploymentIn(world)));
  });

  it('is looked at once for a record whose constraint is gone too, and then no more', async () => {
    await makeRoom();
    losePlan();
    world.api.remove('deployments', 'credit-v1');
    const restarted = world.api.requests.length;
    await world.restart();
    await world.pass(65);
    expect(asked(restarted)).toContain('list lending/deployments');
    const since = world.api.requests.length;
    await world.pass(120);
    expect(asked(since)).toEqual([]);
  });

  it('is read before a process that starts anew acts: what is held is found and given back', async () => {
    await makeRoom();
    await world.restart();
    await world.pass(3);
    expect([replicasIn(world), shareIn(world)]).toEqual([minReplicas, 10]);
    world.read(0.01);
    await untilGivenBack(world);
    await world.passUntil('room is given up', () => replicasIn(world) === 2 && !isConstrained(deploymentIn(world)));
  });

  it('regression: a process that ended before the mark of a release was off: the plan, which alone tells of the kind, waited', async () => {
    await makeRoom();
    const fault = plantFault(world, ({ resource }) => resource === 'deployments' && isReleased(), 'dies before it lands');
    world.api.remove('mitigationplans', 'credit');
    await world.passUntil('the plan is gone', () => world.api.get('mitigationplans', 'credit') === null);
    await world.pass(5);
    expect(fault.what()).toBe('patch deployments credit-v1');
    expect(isConstrained(deploymentIn(world))).toBe(false);
  });

  it('lets a plan go after a minute though the mark of its release can not be taken off', async () => {
    await makeRoom();
    world.api.onWrite(({ resource }) => (resource === 'deployments' && isReleased() ? 'Deny' : 'Pass'));
    world.api.remove('mitigationplans', 'credit');
    await world.pass(50);
    expect(planIn(world)).toMatchObject({ status: { phase: 'Idle' } });
    await world.pass(20);
    expect(world.api.get('mitigationplans', 'credit')).toBeNull();
  });

  it.each([false, true])(
    'regression: loses the mark of a release though an edit took it out of the plan; restarted: %s',
    async (restarted) => {
      world = await startMemoryOperator((api) => {
        applyScaledModelTo(api, room());
      });
      world.read(0.9);
      await world.passUntil('room is made', () => replicasIn(world) === minReplicas && shareIn(world) === 10);
      await world.pass(3);
      world.api.apply('mitigationplans', memoryPlan());
      await world.pass(3);
      if (restarted) await world.restart();
      world.read(0.01);
      await untilGivenBack(world);
      await world.pass(20);
      expect([replicasIn(world), isConstrained(deploymentIn(world))]).toEqual([2, false]);
    },
  );
});
