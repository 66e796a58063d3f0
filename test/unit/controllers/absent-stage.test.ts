import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryPlan, memoryRoute, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { flagIn, planIn, shareIn } from '../../builders/memory-story.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';
import { conditionOf, defaultVariant, entriesOf, isConstrained, phaseOf, stepsOf } from '../../builders/traffic-view.ts';

const routeTo = (name: string, candidate = 'credit-v2'): object => ({
  name: 'traffic',
  httpRoute: { name, candidate: { service: candidate, port: 8080 }, safe: { service: 'credit-v1', port: 8080 } },
});
const flagged = (name: string): object => ({ name: 'flag', featureFlag: { name, flag: 'use-v2', safeVariant: 'off' } });
const limit = { name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] };
const off = {
  name: 'off',
  actions: [
    { target: 'traffic', canaryLimit: { maxPercent: 0 } },
    { target: 'flag', flagRollback: {} },
  ],
};
const boundSeconds = 60;

describe('a stage whose only target can’t be found', () => {
  let world: MemoryOperator;

  beforeEach(async () => {
    world = await startMemoryOperator();
  });
  afterEach(() => world.stop());

  const stage = (): unknown => (planIn(world)['status'] as { readonly stage?: { readonly name: string } } | undefined)?.stage?.name ?? null;
  const steps = (): readonly (readonly string[])[] =>
    world.api.list('riskincidents').map((incident) => [...stepsOf(incident as unknown as KubeObject)]);

  async function engage(targets: readonly object[], stages: readonly object[]): Promise<void> {
    world.api.apply('mitigationplans', memoryPlan({ targets, stages }));
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('engaged', () => phaseOf(planIn(world)) === 'Engaged');
  }

  it.each([
    ['an object of another name', routeTo('nowhere')],
    ['a candidate no rule names', routeTo('credit', 'credit-v9')],
  ])('regression: %s: is passed after a minute for the one that is there, which is in force and said so', async (_what, traffic) => {
    world.api.apply('services', { ...world.api.get('services', 'credit-v2'), metadata: { namespace: 'lending', name: 'credit-v9' } });
    await engage([traffic, flagged('credit-flags')], [limit, off]);
    await world.pass(boundSeconds - 20);
    expect(stage()).toBe('limit');
    await world.passUntil('past', () => stage() === 'off');
    await world.pass(3);
    expect(defaultVariant(flagIn(world))).toBe('off');
    expect(steps()[0]).toEqual(expect.arrayContaining(['Engaged', 'Escalated']));
  });

  it('regression: is passed at once at a breach where it has long been missing', async () => {
    world.api.apply('mitigationplans', memoryPlan({ targets: [routeTo('nowhere'), flagged('credit-flags')], stages: [limit, off] }));
    await world.pass(boundSeconds + 10);
    world.read(0.9);
    await world.passUntil('engaged', () => phaseOf(planIn(world)) === 'Engaged');
    await world.pass(8);
    expect(stage()).toBe('off');
  });

  it('does not flap when what was missing is made: the stage that was taken stays', async () => {
    await engage([routeTo('nowhere'), flagged('credit-flags')], [limit, off]);
    await world.passUntil('past', () => stage() === 'off');
    const { metadata, ...route } = memoryRoute() as { readonly metadata: object };
    world.api.apply('httproutes', { ...route, metadata: { ...metadata, name: 'nowhere' } });
    await world.pass(20);
    expect(stage()).toBe('off');
    world.api.remove('httproutes', 'nowhere');
    await world.pass(boundSeconds + 20);
    expect(stage()).toBe('off');
    expect(steps()[0]?.filter((step) => step === 'Escalated')).toHaveLength(1);
  });

  it('waits for what is made within the minute, and holds that', async () => {
    await engage([routeTo('nowhere'), flagged('credit-flags')], [limit, off]);
    await world.pass(20);
    const { metadata, ...route } = memoryRoute() as { readonly metadata: object };
    world.api.apply('httproutes', { ...route, metadata: { ...metadata, name: 'nowhere' } });
    await world.pass(20);
    expect(stage()).toBe('limit');
    expect(isConstrained(world.api.get('httproutes', 'nowhere') as unknown as KubeObject)).toBe(true);
    expect(defaultVariant(flagIn(world))).toBe('on');
  });

  it('is stayed in once it was in force: through what was deleted since callers get nothing', async () => {
    const patient = { ...limit, escalateAfterSeconds: 86_400 };
    await engage([routeTo('credit'), flagged('credit-flags')], [patient, off]);
    await world.passUntil('capped', () => shareIn(world) === 10);
    world.api.remove('httproutes', 'credit');
    await world.pass(boundSeconds + 30);
    expect(stage()).toBe('limit');
  });

  it('regression: keeps up nothing of a stage below that does not name it: the route steps down though the flag was never found', async () => {
    const ladder = [
      { ...limit, escalateAfterSeconds: 10 },
      {
        name: 'both',
        actions: [
          { target: 'traffic', canaryLimit: { maxPercent: 2 } },
          { target: 'flag', flagRollback: {} },
        ],
      },
    ];
    await engage([routeTo('credit'), flagged('no-flags')], ladder);
    await world.passUntil('up', () => shareIn(world) === 2);
    world.read(0.01);
    await world.passUntil('down', () => shareIn(world) === 10);
    await world.passUntil('over', () => phaseOf(planIn(world)) === 'Idle');
    expect(shareIn(world)).toBe(50);
    expect(conditionOf(planIn(world), 'Ready')).toMatchObject({ reason: 'TargetMissing' });
  });

  const make = (name: string): void => {
    const { metadata, ...route } = memoryRoute() as { readonly metadata: object };
    world.api.apply('httproutes', { ...route, metadata: { ...metadata, name } });
  };
  const reasons = (): readonly string[] =>
    world.api
      .list('riskincidents')
      .flatMap((incident) => entriesOf(incident as unknown as KubeObject))
      .map(({ reason }) => reason);
  const absentSince = (): string | undefined =>
    (planIn(world)['status'] as { readonly targets: readonly { readonly absentSince?: string }[] }).targets[0]?.absentSince;

  it('regression: an object that appears and that no patch reaches is not absent: it was passed as if it were', async () => {
    await engage([routeTo('nowhere'), flagged('credit-flags')], [limit, off]);
    await world.pass(20);
    world.api.onWrite(({ resource }) => (resource === 'httproutes' ? 'Lose' : 'Pass'));
    make('nowhere');
    await world.pass(boundSeconds + 20);
    expect([stage(), absentSince()]).toEqual(['limit', undefined]);
    expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'False', reason: 'Waiting' });
    world.api.onWrite(() => 'Pass');
    await world.pass(boundSeconds);
    expect(isConstrained(world.api.get('httproutes', 'nowhere') as unknown as KubeObject)).toBe(true);
  });

  it('regression: one that appears and refuses the patch is passed for that: the record called it absent', async () => {
    await engage([routeTo('nowhere'), flagged('credit-flags')], [limit, off]);
    await world.pass(20);
    world.api.onWrite(({ resource }) => (resource === 'httproutes' ? 'Deny' : 'Pass'));
    make('nowhere');
    await world.pass(boundSeconds + 20);
    expect(reasons().filter((reason) => reason.includes('is not to be found'))).toEqual([]);
    expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'False', reason: 'Denied' });
  });

  it('regression: a restart does not begin the minute anew', async () => {
    await engage([routeTo('nowhere'), flagged('credit-flags')], [limit, off]);
    await world.pass(boundSeconds - 20);
    const since = absentSince();
    expect(since).toBeDefined();
    await world.restart();
    await world.pass(10);
    expect([stage(), absentSince()]).toEqual(['limit', since]);
    await world.pass(15);
    expect(stage()).toBe('off');
  });

  it.each([
    ['before it', true],
    ['while no process ran', false],
  ])(
    'regression: what was in force and was deleted is not absent to the next process: a restart passed its stage (%s)',
    async (_when, isSeen) => {
      const patient = { ...limit, escalateAfterSeconds: 86_400 };
      await engage([routeTo('credit'), flagged('credit-flags')], [patient, off]);
      await world.passUntil('capped', () => shareIn(world) === 10);
      await world.pass(10);
      if (isSeen) {
        world.api.remove('httproutes', 'credit');
        await world.pass(10);
        await world.restart();
      } else {
        const restarted = world.restart(5);
        world.api.remove('httproutes', 'credit');
        await restarted;
      }
      await world.pass(boundSeconds + 30);
      expect([stage(), absentSince()]).toEqual(['limit', undefined]);
    },
  );

  it('what is there when the next process comes is not absent, however long it was', async () => {
    await engage([routeTo('nowhere'), flagged('credit-flags')], [limit, off]);
    await world.pass(boundSeconds - 20);
    make('nowhere');
    await world.restart();
    await world.pass(30);
    expect([stage(), absentSince()]).toEqual(['limit', undefined]);
  });
});
