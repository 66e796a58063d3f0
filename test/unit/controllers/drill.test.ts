import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { memoryBackend, memoryPlan } from '../../builders/memory-operator.ts';
import { askForDrill, drill, drillEntriesIn, drillsIn, lastDrillOf, startDrilled, usersOf } from '../../builders/drilling.ts';
import { auditIn } from '../../builders/memory-record.ts';
import { planIn, shareIn, tellStory } from '../../builders/memory-story.ts';
import { conditionOf, phaseOf } from '../../builders/traffic-view.ts';

const hourly = { drill: { everySeconds: 3600, scope: 'DryRun' } };

jest.setTimeout(60_000);

let world: MemoryOperator;

afterEach(() => world.stop());

function touchedSince(writes: number): readonly string[] {
  const isTarget = (resource: string): boolean => ['httproutes', 'featureflags'].includes(resource);
  return world.api.writes.slice(writes).flatMap(({ resource }) => (isTarget(resource) ? [resource] : []));
}

describe('a dry drill', () => {
  it('tries every stage on every target, touches none of them, and is on record', async () => {
    world = await startDrilled();
    await world.pass(2);
    const before = usersOf(world);
    const writes = world.api.writes.length;

    const found = await drill(world, 'one');
    await world.pass(2);

    expect(found).toMatchObject({ scope: 'DryRun', result: 'Passed', restored: 'NotCompared' });
    expect(found.steps.map(({ stage, target, outcome }) => `${stage || 'back'} ${target} ${outcome}`)).toEqual([
      'limit traffic Ok',
      'shadow traffic Ok',
      'rollback traffic Ok',
      'back traffic Ok',
      'rollback flag Ok',
      'back flag Ok',
    ]);
    expect(found.steps[0]?.message).toBe('credit-v1 50 %, credit-v2 50 % -> credit-v1 90 %, credit-v2 10 %');
    expect(usersOf(world)).toEqual(before);
    expect(touchedSince(writes)).toEqual([]);
    expect(drillsIn(world)).toHaveLength(1);
    expect(drillEntriesIn(world).at(-1)).toMatchObject({ type: 'Closed', after: 'Passed' });
    expect(conditionOf(planIn(world), 'Drilled')).toMatchObject({ status: 'True', reason: 'Passed' });
    expect(await world.sample('modelrisk_drills_total', 'DryRun', 'Passed')).toBe(1);
    expect(auditIn(world)).toEqual([]);
  });

  it('fails, with a warning on the plan, where the API server would refuse a patch', async () => {
    world = await startDrilled();
    await world.pass(2);
    world.api.onWrite(({ resource }) => (resource === 'featureflags' ? 'Deny' : 'Pass'));

    const found = await drill(world, 'one');
    await world.pass(1);

    expect(found).toMatchObject({ result: 'Failed', reason: 'Denied' });
    expect(found.message).toContain('Stage rollback on target flag: The API server would refuse the patch of FeatureFlag credit-flags');
    expect(found.steps.filter(({ outcome }) => outcome === 'Refused').map(({ target }) => target)).toEqual(['flag']);
    expect(conditionOf(planIn(world), 'Drilled')).toMatchObject({ status: 'False', reason: 'Failed' });
    expect(world.events.filter(({ reason }) => reason === 'Failed')).toMatchObject([
      { type: 'Warning', note: expect.stringContaining('Drilled is False: Denied') as unknown },
    ]);
    expect(await world.sample('modelrisk_drills_total', 'DryRun', 'Failed')).toBe(1);
  });

  it('fails for a target that is not there, and for a safe backend nobody answers behind', async () => {
    world = await startDrilled();
    world.api.remove('featureflags', 'credit-flags');
    memoryBackend(world.api, 'credit-v1', false);
    await world.pass(2);

    const { steps } = await drill(world, 'one');

    const reasons = steps.map(({ stage, target, reason = '' }) => `${stage || 'back'} ${target} ${reason}`);
    expect(reasons).toEqual([
      'limit traffic SafeBackendNotReady',
      'shadow traffic SafeBackendNotReady',
      'rollback traffic SafeBackendNotReady',
      'back traffic ',
      'rollback flag TargetMissing',
    ]);
  });

  it('is tried again while the API server does not answer, and told once', async () => {
    world = await startDrilled();
    await world.pass(2);
    let lost = 0;
    world.api.onWrite(({ resource }) => (resource === 'httproutes' && lost++ < 3 ? 'Lose' : 'Pass'));

    expect(await drill(world, 'one')).toMatchObject({ result: 'Passed' });
    await world.pass(2);

    expect(lost).toBeGreaterThan(3);
    expect(drillsIn(world)).toHaveLength(1);
  });

  it('leaves the memory of the plan machine as it was, and calls nobody', async () => {
    world = await startDrilled({ notify: { receivers: ['chat'] } });
    world.api.apply('riskpolicies', {
      ...world.api.get('riskpolicies', 'default', ''),
      spec: {
        ...(world.api.get('riskpolicies', 'default', '')?.['spec'] as object),
        receivers: [{ name: 'chat', webhook: { url: 'https://chat.example/hook' } }],
      },
    });
    await world.pass(2);
    const memory = (): unknown => (planIn(world)['status'] as { readonly memory: unknown }).memory;
    const before = memory();

    await drill(world, 'one', { notify: { receivers: ['chat'] } });
    await world.pass(5);

    expect(memory()).toEqual(before);
    expect(world.notices).toEqual([]);
    // The same receiver is told of a real one.
    world.read(0.9);
    await world.passUntil('told', () => world.notices.length > 0);
  });
});

describe('when a plan is drilled', () => {
  it('once a period from its creation on, and not again for a restart', async () => {
    world = await startDrilled(hourly);
    await world.pass(2);
    expect(conditionOf(planIn(world), 'Drilled')).toMatchObject({ status: 'Unknown', reason: 'NotYet' });
    await world.clock.advance(3_600_000);
    await world.passUntil('drilled', () => lastDrillOf(planIn(world))?.result === 'Passed');
    const [first] = drillsIn(world);

    await world.restart();
    await world.pass(5);

    expect(drillsIn(world).map(({ metadata }) => metadata.name)).toEqual([first?.metadata.name]);
    await world.clock.advance(3_600_000);
    await world.passUntil('drilled again', () => drillsIn(world).length === 2);
    expect(lastDrillOf(planIn(world))?.incidentRef?.name).not.toBe(first?.metadata.name);
  });

  it('once for all it missed while no operator ran', async () => {
    world = await startDrilled(hourly);
    await world.pass(2);
    await world.stop();
    await world.clock.advance(10 * 3_600_000);
    await world.restart();
    await world.pass(10);
    expect(drillsIn(world)).toHaveLength(1);
  });

  it('again only when it is asked for by another word, whatever restarts and schedules do', async () => {
    world = await startDrilled();
    await world.pass(2);
    await drill(world, 'one');
    await world.restart();
    await world.pass(5);
    expect(drillsIn(world)).toHaveLength(1);
    await drill(world, 'two');
    expect(drillsIn(world)).toHaveLength(2);
  });

  it('once a period, though the word somebody asked with still stands (it was asked for again after each scheduled drill)', async () => {
    world = await startDrilled(hourly);
    await world.pass(2);
    await drill(world, 'one', hourly);
    await world.clock.advance(3_600_000);
    await world.passUntil('drilled by schedule', () => drillsIn(world).length === 2);
    await world.pass(10);
    expect(drillsIn(world)).toHaveLength(2);
    expect(lastDrillOf(planIn(world))).toMatchObject({ result: 'Passed', request: 'one' });
  });

  it('not again for a restart after one was refused (the schedule forgot the last that was carried out)', async () => {
    world = await startDrilled(hourly);
    await world.pass(2);
    await world.clock.advance(3_600_000);
    await world.passUntil('drilled', () => lastDrillOf(planIn(world))?.result === 'Passed');
    expect(await drill(world, 'one', { ...hourly, suspend: 'Hold' })).toMatchObject({ result: 'Skipped' });
    await world.restart();
    askForDrill(world, 'one', hourly);
    await world.pass(10);
    expect(drillsIn(world)).toHaveLength(1);
    expect(conditionOf(planIn(world), 'Drilled')).toMatchObject({ status: 'Unknown', reason: 'Skipped' });
  });

  it('tells from the record what its status lost', async () => {
    world = await startDrilled();
    await world.pass(2);
    await drill(world, 'one');
    await world.pass(2);
    const { lastDrill: _, ...status } = planIn(world)['status'] as { readonly lastDrill: object };
    world.api.setStatus('mitigationplans', 'credit', status);

    await world.restart();
    await world.passUntil('told', () => lastDrillOf(planIn(world)) !== null);

    expect(lastDrillOf(planIn(world))).toMatchObject({ result: 'Passed', request: 'one' });
    expect(drillsIn(world)).toHaveLength(1);
  });

  it.each([
    ['suspended', { suspend: 'Hold' }, 'Suspended'],
    ['released by its owner', { suspend: 'Release' }, 'Suspended'],
  ])('not while it is %s: what was asked for is refused with the reason', async (_, changes, reason) => {
    world = await startDrilled(changes);
    await world.pass(2);
    expect(await drill(world, 'one', changes)).toMatchObject({ result: 'Skipped', reason });
    expect(drillsIn(world)).toEqual([]);
    expect(conditionOf(planIn(world), 'Drilled')).toMatchObject({ status: 'Unknown', reason: 'Skipped' });
    expect(await world.sample('modelrisk_drills_total', 'DryRun', 'Skipped')).toBe(1);
  });

  it('not while it answers to a real breach, or asks whether it may', async () => {
    world = await startDrilled();
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 10);
    expect(await drill(world, 'one')).toMatchObject({ result: 'Skipped', reason: 'Engaged' });

    await world.stop();
    const asks = { mode: 'Approve', approval: { roles: ['risk'] } };
    world = await startDrilled(asks);
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('asked', () => phaseOf(planIn(world)) === 'Proposed');
    expect(await drill(world, 'one', asks)).toMatchObject({ result: 'Skipped', reason: 'Proposed' });
  });

  it('as soon as it is free again, where it was scheduled; told as overdue when that takes too long', async () => {
    world = await startDrilled({ ...hourly, suspend: 'Hold' });
    await world.pass(2);
    await world.clock.advance(3_600_000);
    await world.pass(2);
    expect(conditionOf(planIn(world), 'Drilled')).toMatchObject({
      status: 'Unknown',
      reason: 'NotYet',
      message: expect.stringContaining('suspend: Hold') as unknown,
    });
    expect(await world.sample('modelrisk_drill_overdue_seconds', 'lending', 'credit')).toBe(0);
    await world.clock.advance(3_700_000);
    await world.pass(65);
    expect(conditionOf(planIn(world), 'Drilled')).toMatchObject({ status: 'False', reason: 'Overdue' });
    expect(await world.sample('modelrisk_drill_overdue_seconds', 'lending', 'credit')).toBeGreaterThan(3600);
    expect(world.events.map(({ reason }) => reason)).toContain('Overdue');

    world.api.apply('mitigationplans', memoryPlan(hourly));
    await world.passUntil('drilled', () => lastDrillOf(planIn(world))?.result === 'Passed');
    await world.pass(1);
    expect(conditionOf(planIn(world), 'Drilled')).toMatchObject({ status: 'True' });
    expect(await world.sample('modelrisk_drill_overdue_seconds', 'lending', 'credit')).toBe(0);
  });

  it('leaves what a real engagement did as it would be without it', async () => {
    world = await startDrilled();
    await world.pass(2);
    const before = usersOf(world);
    await drill(world, 'one');
    await tellStory(world);
    expect(usersOf(world)).toEqual(before);
    expect(await drill(world, 'two')).toMatchObject({ result: 'Passed' });
    expect(auditIn(world)).toEqual([]);
  });
});
