import { afterEach, describe, expect, it } from '@jest/globals';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { memoryBackend } from '../../builders/memory-operator.ts';
import { drill, drillEntriesIn, drillsIn, lastDrillOf, markSandbox, startDrilled, usersOf } from '../../builders/drilling.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf, phaseOf } from '../../builders/traffic-view.ts';

const sandbox = { drill: { everySeconds: 86_400, scope: 'Sandbox' } };

let world: MemoryOperator;

afterEach(() => world.stop());

describe('a dry drill', () => {
  it('tries every stage on every target, touches none of them, and is on record', async () => {
    world = await startDrilled();
    await world.pass(2);
    const before = usersOf(world);
    const writes = world.api.writes.length;

    const found = await drill(world, 'one');

    expect(found).toMatchObject({ scope: 'DryRun', result: 'Passed', restored: 'NotCompared' });
    expect(found.steps.map(({ stage = 'back', target, outcome }) => `${stage} ${target} ${outcome}`)).toEqual([
      'limit traffic Ok',
      'shadow traffic Ok',
      'rollback traffic Ok',
      'back traffic Ok',
      'rollback flag Ok',
      'back flag Ok',
    ]);
    expect(found.steps[0]?.message).toBe('credit-v1 50 %, credit-v2 50 % -> credit-v1 90 %, credit-v2 10 %');
    expect(usersOf(world)).toEqual(before);
    const touched = world.api.writes.slice(writes).map(({ resource }) => resource);
    expect(touched.filter((resource) => resource === 'httproutes' || resource === 'featureflags')).toEqual([]);
    expect(drillsIn(world)).toHaveLength(1);
    expect(drillEntriesIn(world).at(-1)).toMatchObject({ type: 'Closed', after: 'Passed' });
    expect(conditionOf(planIn(world), 'Drilled')).toMatchObject({ status: 'True', reason: 'Passed' });
    expect(await world.sample('modelrisk_drills_total', 'DryRun', 'Passed')).toBe(1);
  });
});

describe('a live drill', () => {
  it('walks every stage over the live objects, measures, and gives all back to the byte', async () => {
    world = await startDrilled(sandbox, markSandbox);
    await world.pass(2);
    const before = usersOf(world);
    const shares = new Set<number>();
    const asked = drill(world, 'one', sandbox);
    for (let i = 0; i < 1; i++) shares.add(shareIn(world));
    const found = await asked;
    await world.pass(2);

    expect(found).toMatchObject({ scope: 'Sandbox', result: 'Passed', restored: 'Restored' });
    expect(found.timeToMitigateSeconds).toBeGreaterThan(0);
    expect(usersOf(world)).toEqual(before);
    expect(drillEntriesIn(world).map(({ type, after }) => `${type} ${after}`)).toEqual([]);
    expect(phaseOf(planIn(world))).toBe('Idle');
    void memoryBackend;
    void lastDrillOf;
  });
});
