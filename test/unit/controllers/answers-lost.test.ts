import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../testbed/api-client.ts';
import { memoryPlan, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf, phaseOf, stepsOf } from '../../builders/traffic-view.ts';

const limit = { name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] };
const off = {
  name: 'off',
  actions: [
    { target: 'traffic', canaryLimit: { maxPercent: 0 } },
    { target: 'flag', flagRollback: {} },
  ],
};

describe('a patch that is answered late, or never', () => {
  let world: MemoryOperator;
  beforeEach(async () => {
    world = await startMemoryOperator();
    world.api.apply('mitigationplans', memoryPlan({ stages: [limit, off] }));
    await world.pass(2);
  });
  afterEach(() => world.stop());

  const steps = (): readonly string[] => world.api.list('riskincidents').flatMap((each) => stepsOf(each as unknown as KubeObject));

  it('regression: a release is over once its tombstone is there: it was waited out for 30 s though it had landed', async () => {
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(2);
    let lost = 0;
    world.api.onWrite(({ resource, verb }) => {
      if (resource !== 'httproutes' || verb !== 'patch' || lost > 0) return 'Pass';
      lost += 1;
      return 'LoseAnswer';
    });
    world.read(0.01);
    await world.passUntil('given back', () => shareIn(world) === 50);
    expect(lost).toBe(1);
    await world.pass(10);
    expect([phaseOf(planIn(world)), steps().at(-1)]).toEqual(['Idle', 'Closed']);
    expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'True' });
    expect(world.api.get('httproutes', 'credit')?.metadata['annotations']).toEqual({ team: 'lending' });
  });

  it('where the release itself was lost too, it is sent again and nothing is left', async () => {
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(2);
    let lost = 0;
    world.api.onWrite(({ resource, verb }) => (resource === 'httproutes' && verb === 'patch' && ++lost === 1 ? 'Lose' : 'Pass'));
    world.read(0.01);
    await world.passUntil('given back', () => shareIn(world) === 50);
    await world.passUntil('over', () => steps().at(-1) === 'Closed');
    expect(world.api.get('httproutes', 'credit')?.metadata['annotations']).toEqual({ team: 'lending' });
  });

  it('regression: what a breach took to take effect is counted from its own answer, whatever the plan did since', async () => {
    const answer = world.api.hold('httproutes');
    const tookSteps = () => world.logged.filter(({ message }) => message === 'plan took a step').length;
    world.read(0.9);
    await world.passUntil('engaged', () => tookSteps() === 1);
    await world.pass(6);
    world.api.apply('mitigationplans', memoryPlan({ stages: [limit, off], suspend: 'Release' }));
    await world.passUntil('released', () => tookSteps() === 2);
    answer();
    await world.pass(3);
    expect(await world.sample('modelrisk_breach_to_effect_seconds')).toBeGreaterThanOrEqual(6);
  });
});
