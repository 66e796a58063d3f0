import { describe, expect, it } from '@jest/globals';
import { drillDue, drillOverdueMs, drilledSince } from '../../../../src/core/drill/schedule.ts';
import type { DrillTimes } from '../../../../src/core/drill/schedule.ts';
import { startMs } from '../../../builders/core.ts';

const hour = 3_600_000;
const day = 24 * hour;

function times(changes: Partial<DrillTimes> = {}): DrillTimes {
  const schedule = { everySeconds: 30 * 86_400, scope: 'DryRun' } as const;
  return { schedule, request: null, answered: null, createdAtMs: startMs, lastAtMs: null, ...changes };
}

describe('when a drill is due', () => {
  it('never for a plan nobody schedules or asks for', () => {
    expect(drillDue(times({ schedule: null }), startMs + 365 * day)).toEqual({ kind: 'Never' });
  });

  it('one period after the plan was created, then one after the last on record', () => {
    expect(drillDue(times(), startMs)).toEqual({ kind: 'Later', atMs: startMs + 30 * day });
    expect(drillDue(times(), startMs + 30 * day - 1)).toMatchObject({ kind: 'Later' });
    expect(drillDue(times(), startMs + 30 * day)).toEqual({ kind: 'Now', scope: 'DryRun', request: null, sinceMs: startMs + 30 * day });
    expect(drillDue(times({ lastAtMs: startMs + 31 * day }), startMs + 32 * day)).toEqual({ kind: 'Later', atMs: startMs + 61 * day });
  });

  it('once, however many were missed', () => {
    const now = startMs + 300 * day;
    expect(drillDue(times(), now)).toMatchObject({ kind: 'Now' });
    expect(drillDue(times({ lastAtMs: now }), now)).toEqual({ kind: 'Later', atMs: now + 30 * day });
  });

  it('at once when somebody asks, in the scope of the schedule or else dry, and once for each word', () => {
    expect(drillDue(times({ request: 'a', schedule: { everySeconds: 3600, scope: 'Sandbox' } }), startMs)).toEqual({
      kind: 'Now',
      scope: 'Sandbox',
      request: 'a',
      sinceMs: startMs,
    });
    expect(drillDue(times({ request: 'a', schedule: null }), startMs)).toMatchObject({ kind: 'Now', scope: 'DryRun' });
    expect(drillDue(times({ request: 'a', answered: 'a', schedule: null }), startMs)).toEqual({ kind: 'Never' });
    expect(drillDue(times({ request: 'b', answered: 'a', schedule: null }), startMs)).toMatchObject({ kind: 'Now', request: 'b' });
  });

  it('dry for a request that says so, where drills by schedule are live', () => {
    const schedule = { everySeconds: 3600, scope: 'Sandbox' } as const;
    expect(drillDue(times({ request: 'a/DryRun', schedule }), startMs)).toMatchObject({ kind: 'Now', scope: 'DryRun' });
  });

  it('no later than one period from now, when the clock went back behind the last', () => {
    expect(drillDue(times({ lastAtMs: startMs + 400 * day }), startMs)).toEqual({ kind: 'Later', atMs: startMs + 30 * day });
  });
});

describe('a drill by a calendar', () => {
  const dueMs = startMs + 3 * day;
  const daily = { scope: 'Sandbox', dueMs, followingMs: dueMs + day } as const;

  it('is due at its time, and not before', () => {
    expect(drillDue(times({ schedule: daily }), dueMs - 1)).toEqual({ kind: 'Later', atMs: dueMs });
    expect(drillDue(times({ schedule: daily }), dueMs)).toEqual({ kind: 'Now', scope: 'Sandbox', request: null, sinceMs: dueMs });
    expect(drillDue(times({ schedule: daily, request: 'a' }), startMs)).toMatchObject({ kind: 'Now', scope: 'Sandbox', request: 'a' });
  });

  it('is overdue once it waits longer than until the next, at most a day; one that never comes is not', () => {
    const soon = { ...daily, followingMs: dueMs + 2 * hour };
    expect(drillOverdueMs(times({ schedule: soon }), dueMs + 2 * hour)).toBe(0);
    expect(drillOverdueMs(times({ schedule: soon }), dueMs + 2 * hour + 1)).toBe(2 * hour + 1);
    expect(drillOverdueMs(times({ schedule: { ...daily, followingMs: null } }), dueMs + day + 1)).toBe(day + 1);
    const never = { ...daily, dueMs: null, followingMs: null };
    expect(drillDue(times({ schedule: never }), dueMs)).toEqual({ kind: 'Never' });
    expect(drillOverdueMs(times({ schedule: never }), dueMs + 400 * day)).toBe(0);
  });

  it('is counted from the last one, from the making of the plan before there was one, and never from a time to come', () => {
    expect(drilledSince({ createdAtMs: startMs, lastAtMs: null }, startMs + day)).toBe(startMs);
    expect(drilledSince({ createdAtMs: startMs, lastAtMs: startMs + hour }, startMs + day)).toBe(startMs + hour);
    expect(drilledSince({ createdAtMs: startMs, lastAtMs: startMs + 9 * day }, startMs + day)).toBe(startMs + day);
  });
});

describe('an overdue drill', () => {
  it('is one that waits longer than a day', () => {
    expect(drillOverdueMs(times(), startMs + 30 * day)).toBe(0);
    expect(drillOverdueMs(times(), startMs + 31 * day)).toBe(0);
    expect(drillOverdueMs(times(), startMs + 31 * day + 1)).toBe(day + 1);
    expect(drillOverdueMs(times({ lastAtMs: startMs + 31 * day }), startMs + 40 * day)).toBe(0);
  });

  it('or longer than its period, where that is shorter', () => {
    const schedule = { everySeconds: 3600, scope: 'DryRun' } as const;
    expect(drillOverdueMs(times({ schedule }), startMs + 2 * hour)).toBe(0);
    expect(drillOverdueMs(times({ schedule }), startMs + 2 * hour + 1)).toBe(hour + 1);
    expect(drillOverdueMs(times({ schedule: null }), startMs + 365 * day)).toBe(0);
  });
});
