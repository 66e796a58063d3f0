import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryPlan, memoryRoute, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';
import { conditionOf, phaseOf, stepsOf } from '../../builders/traffic-view.ts';

const routeTo = (name: string): object => ({
  name: 'traffic',
  httpRoute: { name, candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } },
});
const limit = { name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] };
const shadow = { name: 'shadow', actions: [{ target: 'traffic', shadow: { percent: 100 } }] };
const closed = { name: 'closed', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 0 } }] };

describe('a plan whose only target does not exist', () => {
  let world: MemoryOperator;

  beforeEach(async () => {
    world = await startMemoryOperator();
  });
  afterEach(() => world.stop());

  async function engage(...stages: readonly object[]): Promise<void> {
    world.api.apply('mitigationplans', memoryPlan({ targets: [routeTo('nowhere')], stages }));
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('engaged', () => phaseOf(planIn(world)) === 'Engaged');
    await world.pass(5);
    expect(phaseOf(planIn(world))).toBe('Engaged');
  }

  it.each([
    ['a limit', limit],
    ['copies alone', shadow],
    ['no answer at all', closed],
  ])('regression: is over once the indicators are Ok again, where the stage asked for %s', async (_what, stage) => {
    await engage(stage);
    world.read(0.01);
    await world.passUntil('over', () => phaseOf(planIn(world)) === 'Idle');
    await world.pass(3);
    const steps = world.api.list('riskincidents').map((incident) => stepsOf(incident as unknown as KubeObject));
    expect(steps).toEqual([['Engaged', 'Stalled', 'Released', 'Closed']]);
    expect(shareIn(world)).toBe(50);
  });

  it('stays engaged while they are not, and through a restart', async () => {
    await engage(limit);
    world.read(0.2);
    await world.pass(10);
    await world.restart();
    await world.pass(10);
    expect(phaseOf(planIn(world))).toBe('Engaged');
    world.read(0.01);
    await world.passUntil('over', () => phaseOf(planIn(world)) === 'Idle');
  });

  it('regression: takes a corrected name then, and said before that it would', async () => {
    await engage(limit);
    world.api.apply('mitigationplans', memoryPlan({ targets: [routeTo('credit')], stages: [limit] }));
    await world.pass(3);
    for (const type of ['Ready', 'Stalled'])
      expect(conditionOf(planIn(world), type)).toMatchObject({
        reason: 'TargetMissing',
        message: expect.stringContaining('a corrected name too, counts once this engagement is over'),
      });
    expect(conditionOf(planIn(world), 'Stalled')?.message).not.toContain('What it held before stays');
    expect(conditionOf(planIn(world), 'SpecPending')).toMatchObject({ status: 'True' });
    world.read(0.01);
    await world.passUntil('over', () => phaseOf(planIn(world)) === 'Idle');
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
  });

  it('lays its stage on what is made under the name meanwhile, and gives that back on evidence of its own only', async () => {
    await engage(limit);
    const { metadata, ...route } = memoryRoute() as { readonly metadata: object };
    world.api.apply('httproutes', { ...route, metadata: { ...metadata, name: 'nowhere' } });
    await world.passUntil(
      'capped',
      () => world.api.get('httproutes', 'nowhere')?.metadata.annotations?.['modelrisk.dev/journal'] !== undefined,
    );
    world.read(0.01);
    await world.passUntil('over', () => phaseOf(planIn(world)) === 'Idle');
    await world.pass(10);
    expect(world.api.get('httproutes', 'nowhere')?.metadata.annotations?.['modelrisk.dev/journal']).toBeUndefined();
  });
});
