import { describe, expect, it } from '@jest/globals';
import { readDecisions } from '../../../../src/core/statistics/decision-counts.ts';
import { approval, confusionRows, parityRows, repayment, row } from '../../../builders/decision-rows.ts';
import { someTimeMs } from '../../../builders/manual-clock.ts';

const labels = { decision: approval, outcome: null, cohort: null };
const asked = { by: ['group'], askedAtMs: someTimeMs };

describe('readDecisions', () => {
  it('tells what was decided, of whom', () => {
    const read = readDecisions(parityRows({ a: [8, 2] }), labels, asked);
    expect(read).toEqual({
      ok: true,
      value: {
        counts: [
          { by: ['a'], decided: true, cameTrue: true, count: 8 },
          { by: ['a'], decided: false, cameTrue: true, count: 2 },
        ],
        dataTimeMs: null,
      },
    });
  });

  it('counts every outcome but the one named as not come true', () => {
    const rows = [...confusionRows([1, 2, 3, 4]), row({ decision: 'refer', outcome: 'unknown' }, 5)];
    const read = readDecisions(rows, { ...labels, outcome: repayment }, { ...asked, by: [] });
    const counts = read.ok ? read.value.counts.map(({ decided, cameTrue, count }) => [decided, cameTrue, count]) : [];
    expect(counts).toEqual(
      expect.arrayContaining([
        [true, true, 1],
        [true, false, 2],
        [false, true, 3],
        [false, false, 4],
        [false, false, 5],
      ]),
    );
  });

  it('keeps the days that are old enough', () => {
    const rows = ['2026-01-01', '2026-01-02'].map((day) => row({ group: 'a', decision: 'approve', outcome: 'repaid', day }, 7));
    const cohort = { label: 'day', labelMaturitySeconds: 86_400, windowSeconds: 86_400 };
    const read = readDecisions(
      rows,
      { decision: approval, outcome: repayment, cohort },
      { ...asked, askedAtMs: Date.parse('2026-01-03T12:00:00Z') },
    );
    expect(read).toMatchObject({ ok: true, value: { counts: [{ count: 7 }], dataTimeMs: Date.parse('2026-01-02T00:00:00Z') } });
  });

  it.each([
    { what: 'no series', rows: [], cause: 'Empty', message: 'no decisions' },
    { what: 'zeros only', rows: parityRows({ a: [0, 0] }), cause: 'Empty', message: 'no decisions' },
    {
      what: 'a series that does not say what was decided',
      rows: [row({ group: 'a' }, 1)],
      cause: 'Incomparable',
      message: 'no label decision',
    },
    { what: 'a negative count', rows: parityRows({ a: [1, -1] }), cause: 'Incomparable', message: 'never below 0' },
    { what: 'NaN', rows: parityRows({ a: [NaN, 1] }), cause: 'NotANumber', message: 'decision="approve"' },
    { what: 'infinity', rows: parityRows({ a: [Infinity, 1] }), cause: 'Infinite', message: 'Infinity' },
    { what: 'a sum beyond floats', rows: parityRows({ a: [1e308, 1e308] }), cause: 'Infinite', message: 'add up to infinity' },
    {
      what: 'a series twice',
      rows: [...parityRows({ a: [1, 1] }), ...parityRows({ a: [1, 1] })],
      cause: 'SeveralSeries',
      message: 'one value of group;',
    },
  ])('is a gap for $what', ({ rows, cause, message }) => {
    expect(readDecisions(rows, labels, asked)).toMatchObject({ ok: false, failure: { cause, message: expect.stringContaining(message) } });
  });
});
