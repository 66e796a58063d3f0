import { describe, expect, it } from '@jest/globals';
import { readCalendar } from '../../../src/api/calendar.ts';
import type { Calendar } from '../../../src/api/calendar.ts';

function calendar(schedule: string, timeZone?: string): Calendar {
  const read = readCalendar({ schedule, ...(timeZone === undefined ? {} : { timeZone }) });
  if (!read.ok) throw new Error(read.failure);
  return read.value;
}

function following(of: Calendar, from: string, count: number): readonly string[] {
  const found: string[] = [];
  for (let atMs: number | null = Date.parse(from); found.length < count;) {
    atMs = of.next(atMs);
    if (atMs === null) break;
    found.push(new Date(atMs).toISOString().slice(0, 16));
  }
  return found;
}

describe('a calendar', () => {
  it.each([
    ['the end of each quarter', '0 8 L 3,6,9,12 *', ['2026-06-30T08:00', '2026-09-30T08:00', '2026-12-31T08:00', '2027-03-31T08:00']],
    ['its last working day', '0 17 LW 1,5 *', ['2027-01-29T17:00', '2027-05-31T17:00']],
    ['the working day nearest to the 15th', '0 8 15W * *', ['2026-06-15T08:00', '2026-07-15T08:00', '2026-08-14T08:00']],
    ['Mondays', '30 7 * * MON', ['2026-06-08T07:30', '2026-06-15T07:30']],
    ['the first Monday of a month', '30 7 * * MON#1', ['2026-07-06T07:30', '2026-08-03T07:30']],
    ['the last Friday of a month', '30 7 * * FRI#L', ['2026-06-26T07:30', '2026-07-31T07:30']],
    ['Sundays, by either number', '30 7 * * 7', ['2026-06-07T07:30', '2026-06-14T07:30']],
    ['the leap day', '0 0 29 2 *', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['every third month', '5 4 1 */3 *', ['2026-07-01T04:05', '2026-10-01T04:05', '2027-01-01T04:05']],
  ])('knows %s, in UTC where no zone is named', (_, schedule, expected) => {
    expect(following(calendar(schedule), '2026-06-01T12:00:00Z', expected.length)).toEqual(expected);
  });

  it('follows the clocks of its zone over the year', () => {
    const eight = calendar('0 8 1 1,7 *', 'America/New_York');
    expect(following(eight, '2026-01-01T00:00:00Z', 3)).toEqual(['2026-01-01T13:00', '2026-07-01T12:00', '2027-01-01T13:00']);
  });

  describe('a time that clocks skip comes as much later as they skip, once', () => {
    it.each([
      ['an hour, in Berlin', '30 2 * * *', 'Europe/Berlin', '2026-03-28T02:00:00Z', ['2026-03-29T01:30', '2026-03-30T00:30']],
      ['half an hour, on Lord Howe', '15 2 * * *', 'Australia/Lord_Howe', '2026-10-02T16:00:00Z', ['2026-10-03T15:45', '2026-10-04T15:15']],
      ['midnight, in Sao Paulo', '0 0 * * *', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', ['2018-11-04T03:00', '2018-11-05T02:00']],
      // The package by itself loses this one.
      ['the last of a day', '30 23 * * *', 'America/Scoresbysund', '2026-03-28T12:00:00Z', ['2026-03-29T01:30', '2026-03-30T00:30']],
      ['a whole day, on Samoa', '0 12 30 12 *', 'Pacific/Apia', '2011-01-01T00:00:00Z', ['2011-12-30T22:00', '2012-12-29T22:00']],
    ])('%s', (_, schedule, zone, from, expected) => {
      expect(following(calendar(schedule, zone), from, 2)).toEqual(expected);
    });
  });

  describe('a time that clocks show twice comes the first time, once', () => {
    it.each([
      ['in Berlin', '30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', ['2026-10-25T00:30', '2026-10-26T01:30']],
      ['in New York', '30 1 * * *', 'America/New_York', '2026-10-31T12:00:00Z', ['2026-11-01T05:30', '2026-11-02T06:30']],
      ['in Havana, after midnight', '30 0 * * *', 'America/Havana', '2026-10-31T12:00:00Z', ['2026-11-01T04:30', '2026-11-02T05:30']],
      ['on Lord Howe', '45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00:00Z', ['2026-04-04T14:45', '2026-04-05T15:15']],
    ])('%s', (_, schedule, zone, from, expected) => {
      expect(following(calendar(schedule, zone), from, 2)).toEqual(expected);
    });
  });

  it('knows the latest too: none before it began, itself at its own time', () => {
    const { latest } = calendar('30 2 * * *', 'Europe/Berlin');
    const at = Date.parse('2026-10-25T00:30:00Z');
    expect(latest(at)).toBe(at);
    expect(latest(at - 1)).toBe(at - 86_400_000);
    // The second 02:30 of that night.
    expect(latest(at + 3_600_000)).toBe(at);
  });

  it.each([
    ['a day that never comes', '0 8 31 2 *', 'UTC', 'schedule "0 8 31 2 *" names a day that never comes: correct day and month'],
    ['what is no expression', '0 8 5-2 * *', 'UTC', `schedule "0 8 5-2 * *" can't be read: write five fields`],
    ['six fields', '0 0 8 * * *', 'UTC', `schedule "0 0 8 * * *" can't be read: write five fields`],
    ['a zone there is not', '0 8 * * *', 'Mars/Phobos', 'timeZone Mars/Phobos is no time zone this operator knows: write an IANA name'],
  ])('refuses %s, with what to write', (_, schedule, timeZone, message) => {
    expect(readCalendar({ schedule, timeZone })).toMatchObject({ ok: false, failure: expect.stringContaining(message) as unknown });
  });
});
