import { describe, expect, it } from '@jest/globals';
import { epochDay, matureRows } from '../../../../src/core/statistics/cohort.ts';
import { row } from '../../../builders/decision-rows.ts';

const day = 86_400;
const rule = { label: 'day', labelMaturitySeconds: 7 * day, windowSeconds: 3 * day };
const at = (instant: string) => Date.parse(instant);
const on = (cohort: string, value = 5) => row({ day: cohort }, value);

describe('epochDay', () => {
  it.each(['1970-01-01', '1972-02-29', '1999-12-31', '2000-02-29', '2026-06-01', '2100-03-01', '9999-12-31'])(
    'of %s is that of the calendar',
    (text) => {
      expect(epochDay(text)).toBe(Date.parse(`${text}T00:00:00Z`) / 86_400_000);
    },
  );

  it.each([
    '',
    '2026-6-1',
    '2026-13-01',
    '2026-00-10',
    '2026-02-29',
    '2100-02-29',
    '2026-04-31',
    '2026-01-00',
    '1969-12-31',
    '20260601',
    ' 2026-06-01',
  ])('of %p is null', (text) => {
    expect(epochDay(text)).toBeNull();
  });
});

describe('matureRows', () => {
  it('keeps the days of the window that are old enough, and says when the newest ended', () => {
    const rows = ['2026-06-04', '2026-06-05', '2026-06-06', '2026-06-07', '2026-06-08'].map((cohort) => on(cohort));
    const mature = matureRows(rows, rule, at('2026-06-15T12:00:00Z'));
    expect(mature).toEqual({ ok: true, value: { rows: rows.slice(1, 4), dataTimeMs: at('2026-06-08T00:00:00Z') } });
  });

  it('takes a day in at the moment its last decision is old enough', () => {
    const rows = [on('2026-06-07')];
    const message = expect.stringContaining('604800 s old yet');
    expect(matureRows(rows, rule, at('2026-06-14T23:59:59.999Z'))).toMatchObject({
      failure: { cause: 'Insufficient', sampleCount: 0, message },
    });
    expect(matureRows(rows, rule, at('2026-06-15T00:00:00Z')).ok).toBe(true);
  });

  it('is no fresher for days on which nothing was decided', () => {
    const mature = matureRows([on('2026-06-05'), on('2026-06-07', 0)], rule, at('2026-06-15T12:00:00Z'));
    expect(mature.ok && mature.value.dataTimeMs).toBe(at('2026-06-06T00:00:00Z'));
  });

  it('leaves days to come out', () => {
    expect(matureRows([on('2027-01-01')], rule, at('2026-06-15T12:00:00Z'))).toMatchObject({ failure: { cause: 'Insufficient' } });
  });

  it('is Empty without series, and Incomparable where one names no day', () => {
    expect(matureRows([], rule, at('2026-06-15T12:00:00Z'))).toMatchObject({ failure: { cause: 'Empty' } });
    expect(matureRows([on('2026-06-05'), row({}, 1)], rule, at('2026-06-15T12:00:00Z'))).toMatchObject({
      failure: { cause: 'Incomparable', message: expect.stringContaining('day="" is no day') },
    });
  });
});
