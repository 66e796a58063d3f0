import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { applyGuardedModelTo, memoryPlan, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import { drill, drillsIn, lastDrillOf, startDrilled } from '../../builders/drilling.ts';
import { planIn } from '../../builders/memory-story.ts';
import { criticalRisk, reviewedObject, reviewedPolicy, statusOf, writeReview } from '../../builders/reviewing.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

jest.setTimeout(60_000);

/** The manual clock begins on Monday, 2026-06-01, at 12:00 UTC: 14:00 in Berlin. */
const minute = 60_000;
let world: MemoryOperator;
afterEach(() => world.stop());

const policyCondition = (type: string) => conditionOf(reviewedObject(world, 'RiskPolicy'), type);

describe('reports by a calendar', () => {
  const receivers = [{ name: 'bus', cloudEvents: { url: 'http://events.example/in' } }];
  const daily = { name: 'daily', receiver: 'bus', startingAt: '2026-01-01T00:00:00Z', schedule: '30 14 * * *', format: 'md' };
  const start = (...reports: readonly object[]) =>
    startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      // Nothing is polled, so that hours pass quickly.
      const risk = memoryRisk() as { readonly spec: object };
      api.apply('modelrisks', { ...risk, spec: { ...risk.spec, suspend: 'Hold' } });
      api.apply('riskpolicies', reviewedPolicy({ receivers, reports }));
    });
  const sentFor = () => world.notices.map(({ id }) => id.split('/').at(-1));

  it('are sent at the times of their zone, and once', async () => {
    world = await start({ ...daily, timeZone: 'Europe/Berlin', startingAt: '2026-06-01T12:00:00Z' });
    await world.clock.advance(29 * minute);
    expect(sentFor()).toEqual([]);
    expect(policyCondition('ReportsDelivered')).toMatchObject({ reason: 'NotDue' });
    await world.clock.advance(2 * minute);
    expect(sentFor()).toEqual(['2026-06-01T12:30:00.000Z']);
    await world.restart();
    await world.clock.advance(60 * minute);
    expect(sentFor()).toHaveLength(1);
    expect(policyCondition('ReportsDelivered')).toMatchObject({ status: 'True', reason: 'Delivered' });
  });

  it('that never were sent go out at once for the last time that is past, but not for one before startingAt', async () => {
    world = await start(daily, { ...daily, name: 'later', startingAt: '2026-06-01T11:00:00Z' });
    await world.clock.advance(minute);
    expect(sentFor()).toEqual(['2026-05-31T14:30:00.000Z']);
    await world.clock.advance(150 * minute);
    expect(sentFor().slice(1)).toEqual(['2026-06-01T14:30:00.000Z', '2026-06-01T14:30:00.000Z']);
  });

  it('that name no time are never sent; the policy says which and what to write, and once mended they are', async () => {
    world = await start({ ...daily, schedule: '0 8 31 2 *' }, { ...daily, name: 'zoned', timeZone: 'Mars/Phobos' });
    await world.clock.advance(180 * minute);
    expect(sentFor()).toEqual([]);
    expect(policyCondition('Ready')).toMatchObject({
      status: 'False',
      reason: 'ScheduleInvalid',
      message:
        'In reports[daily]: schedule "0 8 31 2 *" names a day that never comes: correct day and month, e.g. L for the last of a month. In reports[zoned]: timeZone Mars/Phobos is no time zone this operator knows: write an IANA name such as Europe/Berlin, or leave it out.',
    });
    world.api.apply('riskpolicies', reviewedPolicy({ receivers, reports: [daily] }));
    await world.clock.advance(minute);
    expect(sentFor()).toEqual(['2026-06-01T14:30:00.000Z']);
    expect(policyCondition('Ready')).toMatchObject({ status: 'True' });
  });
});

describe('drills by a calendar', () => {
  const nightly = { drill: { schedule: '1 14 * * *', timeZone: 'Europe/Berlin', scope: 'DryRun' } };

  it('are made at their time, not counted from the last one, and say when the first is due', async () => {
    world = await startDrilled(nightly);
    await world.pass(2);
    expect(conditionOf(planIn(world), 'Drilled')).toMatchObject({
      status: 'Unknown',
      reason: 'NotYet',
      message: 'Never drilled; the first one is due at 2026-06-01T12:01:00.000Z.',
    });
    await drill(world, 'one', nightly);
    expect(drillsIn(world)).toHaveLength(1);
    await world.passUntil('drilled by schedule', () => drillsIn(world).length === 2);
    expect(lastDrillOf(planIn(world))?.at.slice(0, 16)).toBe('2026-06-01T12:01');
    await world.restart();
    await world.pass(20);
    expect(drillsIn(world)).toHaveLength(2);
  });

  it('that name no time are made on request only, which the condition says', async () => {
    const never = { drill: { schedule: '0 8 30 2 *', scope: 'DryRun' } };
    world = await startDrilled(never);
    await world.pass(2);
    expect(conditionOf(planIn(world), 'Drilled')).toMatchObject({
      status: 'False',
      reason: 'ScheduleInvalid',
      message: expect.stringContaining(
        'No drill is made by itself: in spec.drill schedule "0 8 30 2 *" names a day that never comes',
      ) as unknown,
    });
    expect(await drill(world, 'one', never)).toMatchObject({ result: 'Passed' });
    world.api.apply('mitigationplans', memoryPlan({ drill: { everySeconds: 3600, scope: 'DryRun' } }));
    await world.pass(2);
    expect(conditionOf(planIn(world), 'Drilled')).toMatchObject({ reason: 'Passed' });
  });
});

describe('reviews by a calendar', () => {
  const quarterly = { reviewEverySeconds: 6_912_000, reviewSchedule: '0 17 L 3,6,9,12 *', reviewTimeZone: 'America/New_York' };
  const start = (spec: Readonly<Record<string, unknown>>) =>
    startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('modelrisks', criticalRisk());
      api.apply('riskpolicies', reviewedPolicy(spec));
    });

  it('of a model fall due on the first day of its tier that is not before the last one and the period', async () => {
    world = await start({ tiers: [{ name: 'High', ...quarterly }] });
    await world.pass(2);
    // Of a model nobody reviewed the calendar says nothing: it is due as soon as people can be warned.
    expect(statusOf(world, 'ModelRisk').review).toMatchObject({ reason: 'NeverReviewed' });
    writeReview(world, 'summer', { kind: 'ModelRisk' });
    await world.pass(2);
    // 80 days after the first of June is the 20th of August: not the end of June, which is too soon.
    expect(statusOf(world, 'ModelRisk').review).toMatchObject({ next: '2026-09-30T21:00:00.000Z', reason: 'Cadence' });
    expect(conditionOf(reviewedObject(world, 'ModelRisk'), 'ReviewCurrent')).toMatchObject({ status: 'True', reason: 'Reviewed' });
  });

  it('of the policy too; a calendar that names no time leaves the period, and the policy says so', async () => {
    world = await start({ ...quarterly, reviewSchedule: '0 8 1 JAN *', reviewTimeZone: 'Europe/Berlin' });
    await world.pass(2);
    writeReview(world, 'spring', { kind: 'RiskPolicy' });
    await world.pass(2);
    expect(statusOf(world, 'RiskPolicy').review).toMatchObject({ next: '2027-01-01T07:00:00.000Z', reason: 'Cadence' });
    world.api.apply('riskpolicies', reviewedPolicy({ ...quarterly, reviewSchedule: '0 8 31 4 *' }));
    await world.pass(1);
    writeReview(world, 'again', { kind: 'RiskPolicy' });
    await world.pass(2);
    const { last = '', next = '' } = (statusOf(world, 'RiskPolicy').review ?? {}) as { readonly last?: string; readonly next?: string };
    expect(Date.parse(next) - Date.parse(last)).toBe(6_912_000_000);
    const message = expect.stringContaining('In the review of the policy: schedule "0 8 31 4 *" names a day that never comes') as unknown;
    expect(policyCondition('Ready')).toMatchObject({ status: 'False', reason: 'ScheduleInvalid', message });
  });
});
