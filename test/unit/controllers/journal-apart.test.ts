import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inferenceServiceActuator as actuator } from '../../../src/actuators/inference-service/actuator.ts';
import { restoreTarget } from '../../../src/cli/restore.ts';
import { targetClient } from '../../../src/cli/target-client.ts';
import { percentOf } from '../../builders/inference-service.ts';
import { memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn, planIn } from '../../builders/memory-story.ts';
import { storyTargets } from '../../builders/story-target.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

const story = storyTargets.find(({ kind }) => kind === 'InferenceService');
const plan = (name: string, maxPercent: number): object => ({
  ...memoryPlan({
    targets: [{ name: 'target', inferenceService: { name: 'credit', settleSeconds: 0 } }],
    stages: [{ name: 'limit', actions: [{ target: 'target', canaryLimit: { maxPercent } }] }],
  }),
  metadata: { name, namespace: 'lending', annotations: { 'modelrisk.dev/contributors': 'olga' } },
});

let world: MemoryOperator;
const service = () => liveIn(world, 'inferenceservices', 'credit');
const percent = () => percentOf(service() as Parameters<typeof percentOf>[0]);
const journals = () => world.api.list('targetjournals');
const written = (plural: string) => world.api.writes.filter(({ resource }) => resource === plural).length;
const effective = () => conditionOf(planIn(world), 'Effective');

beforeEach(async () => {
  world = await startMemoryOperator((api) => {
    api.apply('riskpolicies', memoryPolicy());
    api.apply('modelrisks', memoryRisk());
    api.apply('inferenceservices', story?.manifest('lending') ?? {});
    api.apply('mitigationplans', plan('credit', 10));
  });
  await world.pass(2);
  world.read(0.9);
  await world.passUntil('limited', () => percent() === 10);
  await world.pass(2);
});

afterEach(() => world.stop());

describe('a target whose journal is kept apart, under a whole operator', () => {
  it('is effective after three writes of ours: journal, object, journal confirmed; then there are none', async () => {
    expect(effective()).toMatchObject({ status: 'True' });
    expect([written('targetjournals'), written('inferenceservices')]).toEqual([2, 1]);
    await world.pass(30);
    expect([written('targetjournals'), written('inferenceservices')]).toEqual([2, 1]);
  });

  it('shows its constraint, by a journal that stands elsewhere', async () => {
    expect(await world.sample('modelrisk_constraint_in_force', 'lending', 'InferenceService', 'credit', 'Cap')).toBe(1);
  });

  it('given back by restore while the operator runs stays given back, and nobody fights over it', async () => {
    const client = targetClient(world.api, actuator.resource, world.clock);
    const nowMs = world.clock.nowMs();
    const outcome = await restoreTarget({ client, actuator, namespace: 'lending', name: 'credit', nowMs });
    expect(outcome).toMatchObject({ ok: true, value: { restored: true, after: 'latest revision 100 %' } });
    const patches = written('inferenceservices');
    await world.pass(10);
    expect(percent()).toBeUndefined();
    expect(written('inferenceservices')).toBe(patches);
    expect(conditionOf(planIn(world), 'Engaged')).toMatchObject({ status: 'False' });
  });

  it('of two plans the stricter counts, and one journal holds both', async () => {
    world.api.apply('mitigationplans', plan('stricter', 5));
    await world.passUntil('stricter', () => percent() === 5);
    await world.pass(2);
    expect(journals()).toHaveLength(1);
    world.api.remove('mitigationplans', 'stricter');
    await world.passUntil('as before', () => percent() === 10);
  });

  it('keeps its constraint when its plan is lost without its finalizer, and a plan of the name adopts it', async () => {
    world.api.stripFinalizers('mitigationplans', 'credit');
    world.api.remove('mitigationplans', 'credit');
    await world.pass(5);
    expect(percent()).toBe(10);
    expect(await world.sample('modelrisk_orphaned_constraints_total')).toBeGreaterThan(0);
    world.api.apply('mitigationplans', plan('credit', 10));
    await world.pass(3);
    world.read(0.01);
    await world.passUntil('given back', () => percent() === undefined);
  });

  it('deleted and made again under a limit comes under it again, by a journal of its own', async () => {
    const [first] = journals();
    world.api.remove('inferenceservices', 'credit');
    await world.pass(1);
    world.api.apply('inferenceservices', story?.manifest('lending') ?? {});
    await world.passUntil('limited again', () => percent() === 10);
    expect(journals().map(({ metadata }) => metadata.name)).toContain(`inferenceservice-${service().metadata.uid ?? ''}`);
    expect(journals().some(({ metadata }) => metadata.name !== first?.metadata.name)).toBe(true);
  });

  it('whose object refuses what the journal says is told so, and does not count as effective', async () => {
    world.api.onWrite(({ resource, verb }) => (resource === 'inferenceservices' && verb === 'patch' ? 'Deny' : 'Pass'));
    world.api.apply('inferenceservices', story?.edit(story.manifest('lending')) ?? {});
    await world.pass(5);
    expect(percent()).toBe(70);
    expect(effective()).toMatchObject({ status: 'False' });
    world.api.onWrite(() => 'Pass');
    await world.passUntil('limited again', () => percent() === 10);
    world.read(0.01);
    await world.passUntil('given back', () => percent() === 70 && journals().length === 0);
  });
});
