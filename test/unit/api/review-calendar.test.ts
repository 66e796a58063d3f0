import { describe, expect, it } from '@jest/globals';
import { calendarProblems } from '../../../src/api/calendar-problems.ts';
import { rememberRhythms, toRhythm } from '../../../src/api/review-calendar.ts';
import { toCadence, toReviewDue } from '../../../src/api/review-status.ts';
import { askedBy } from '../../../src/report/playbook-lines.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import { riskPolicyManifest, stored, withValue } from '../../builders/api.ts';

const day = 86_400;
const quarterly = { reviewEverySeconds: 80 * day, reviewSchedule: '0 17 L 3,6,9,12 *', reviewTimeZone: 'Europe/Berlin' };
const policy = { tiers: [{ name: 'High', ...quarterly }, { name: 'Low' }], reviewWarningSeconds: 30 * day };

function dueAfter(last: string | undefined, spec: typeof policy = policy): string | null {
  const due = toReviewDue(last === undefined ? {} : { last }, toCadence(spec, 'High', toRhythm), Date.parse('2026-01-01T00:00:00Z'));
  return due === null ? null : new Date(due.dueMs).toISOString().slice(0, 16);
}

describe('a review by a calendar is due', () => {
  // The table of docs/reviews.md.
  it.each([
    ['2026-06-01T09:00:00Z', '2026-09-30T15:00'],
    ['2026-07-10T09:00:00Z', '2026-09-30T15:00'],
    ['2026-07-20T09:00:00Z', '2026-12-31T16:00'],
  ])('after one of %s at %s', (last, due) => {
    expect(dueAfter(last)).toBe(due);
  });

  it('at the very time that is the period after the last one, where that is one of the calendar', () => {
    const last = new Date(Date.parse('2026-09-30T15:00:00Z') - 80 * day * 1000).toISOString();
    expect(dueAfter(last)).toBe('2026-09-30T15:00');
    expect(dueAfter(new Date(Date.parse(last) + 1).toISOString())).toBe('2026-12-31T16:00');
  });

  it('like any other while nobody ever reviewed it, and not at all in a tier that asks for none', () => {
    expect(dueAfter(undefined)).toBe('2026-01-31T00:00');
    expect(toCadence(policy, 'Low', toRhythm)).toBeNull();
    expect(toCadence(policy, null, toRhythm)).toBeNull();
  });

  it('after the period alone where the calendar names no time', () => {
    const broken = { ...policy, tiers: [{ name: 'High', ...quarterly, reviewSchedule: '0 8 31 6 *' }] };
    expect(dueAfter('2026-06-01T09:00:00Z', broken as typeof policy)).toBe('2026-08-20T09:00');
  });
});

describe('remembered rhythms', () => {
  it('are read once for each text, and anew for another text or warning', () => {
    const rhythmOf = rememberRhythms();
    const first = rhythmOf(quarterly, 5);
    expect(rhythmOf(quarterly, 5)).toBe(first);
    expect(rhythmOf(quarterly, 6)).not.toBe(first);
    expect(rhythmOf({ ...quarterly }, 6)).not.toBe(rhythmOf(quarterly, 6));
    expect(rhythmOf({}, 5)).toBeNull();
  });
});

describe('a calendar of a policy that names no time', () => {
  const problemsOf = (changes: Readonly<Record<string, unknown>>) => {
    const manifest = Object.entries(changes).reduce((made, [path, value]) => withValue(made, path, value), riskPolicyManifest());
    const read = parseRiskPolicy(stored(manifest));
    if (!read.ok) throw new Error(read.failure.join('; '));
    return calendarProblems(read.value.spec);
  };

  it('is told of with the place it stands in', () => {
    const tiers = [{ name: 'High', ...quarterly, reviewTimeZone: 'Europe/Atlantis' }, { name: 'Low' }];
    expect(problemsOf({ 'spec.tiers': tiers, 'spec.reviewEverySeconds': day, 'spec.reviewSchedule': '0 8 31 11 *' })).toEqual([
      expect.stringMatching(/^In the review of the policy: schedule "0 8 31 11 \*" names a day that never comes/),
      expect.stringMatching(/^In tiers\[High\], review: timeZone Europe\/Atlantis is no time zone/),
    ]);
  });

  it('is none where all can be read, or none is written', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ 'spec.tiers': [{ name: 'High', ...quarterly }] })).toEqual([]);
  });
});

it('a playbook shows the calendar of its reviews with the zone', () => {
  const lines = askedBy({ name: 'High', ...quarterly });
  expect(lines).toContainEqual({ field: 'reviewSchedule', value: '0 17 L 3,6,9,12 * (Europe/Berlin)', from: 'Tier', instead: null });
  const inUTC = askedBy({ name: 'High', reviewEverySeconds: day, reviewSchedule: '0 8 1 1 *' });
  expect(inUTC.find(({ field }) => field === 'reviewSchedule')?.value).toBe('0 8 1 1 * (UTC)');
});
