import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCalendar } from '../../../src/api/calendar.ts';
import type { Calendar } from '../../../src/api/calendar.ts';

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Scoresbysund', 'Asia/Kathmandu', 'Pacific/Apia'];
const day = 86_400_000;
const anyZone = fc.constantFrom(...zones);
const anyTime = fc.record({ hour: fc.nat({ max: 23 }), minute: fc.nat({ max: 59 }) });
const anyDays = fc.constantFrom('* * *', '* * MON', 'L 3,6,9,12 *', '15W * *', '1 */3 *', '* 3,10,11 SUN');
const anyInstant = fc.integer({ min: Date.parse('2010-01-01T00:00:00Z'), max: Date.parse('2035-01-01T00:00:00Z') });
/** Each with a night on which its clocks skip or repeat. */
const changes: readonly (readonly [zone: string, date: string])[] = [
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Australia/Lord_Howe', '2026-04-05'],
];
const nearChange = fc
  .tuple(fc.constantFrom(...changes), fc.integer({ min: -2 * day, max: day }))
  .map(([[, date], shiftMs]) => Date.parse(`${date}T00:00:00Z`) + shiftMs);

function calendar(schedule: string, timeZone: string): Calendar {
  const read = readCalendar({ schedule, timeZone });
  if (!read.ok) throw new Error(read.failure);
  return read.value;
}

/** What a clock of the zone shows, by the platform's own formatter in words: another way than the calendar reads it. */
function shown(timeZone: string): (atMs: number) => { readonly date: string; readonly time: string } {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return (atMs) => {
    const [date = '', time = ''] = format.format(atMs).split(' ');
    return { date, time };
  };
}

describe('times of a calendar', () => {
  it('come one after another, and each is the latest until the next', () => {
    let nearby = 0;
    fc.assert(
      fc.property(anyZone, anyTime, anyDays, fc.oneof(anyInstant, nearChange), (zone, { hour, minute }, days, fromMs) => {
        const { next, latest } = calendar(`${minute} ${hour} ${days}`, zone);
        let atMs = fromMs;
        for (let turn = 0; turn < 4; turn += 1) {
          const found = next(atMs) ?? NaN;
          expect(found).toBeGreaterThan(atMs);
          expect(latest(found)).toBe(found);
          expect(latest(found - 1) ?? 0).toBeLessThan(found);
          const between = atMs + Math.floor((found - atMs) / 2);
          expect(next(between)).toBe(found);
          if (turn > 0) expect(latest(between)).toBe(atMs);
          if (found - atMs < 2 * day) nearby += 1;
          atMs = found;
        }
      }),
      { numRuns: 300 },
    );
    expect(nearby).toBeGreaterThan(50);
  });

  it('of every day are shown by clocks as written, the first time of two, except where clocks skip them', () => {
    let skipped = 0;
    let doubled = 0;
    let shownAsWritten = 0;
    fc.assert(
      fc.property(fc.constantFrom(...changes), fc.integer({ min: 1, max: 2 }), anyTime, ([zone, date], hour, { minute }) => {
        const { next } = calendar(`${minute} ${hour} * * *`, zone);
        const wanted = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
        const clock = shown(zone);
        let atMs = Date.parse(`${date}T00:00:00Z`) - 2 * day;
        for (let turn = 0; turn < 4; turn += 1) {
          atMs = next(atMs) ?? NaN;
          const { date: today, time } = clock(atMs);
          // No clock shows it, on that date, at any minute of the hours before.
          const before = [...Array(180).keys()].map((back) => clock(atMs - (back + 1) * 60_000));
          expect(before.filter((each) => each.time === wanted && each.date === today)).toEqual([]);
          if (time === wanted) shownAsWritten += 1;
          else skipped += 1;
          if (time === wanted && [30, 60].some((later) => clock(atMs + later * 60_000).time === wanted)) doubled += 1;
        }
      }),
      { numRuns: 400 },
    );
    expect(shownAsWritten).toBeGreaterThan(1000);
    expect(skipped).toBeGreaterThan(15);
    expect(doubled).toBeGreaterThan(15);
  });
});
