import { describe, expect, it } from '@jest/globals';
import { areaUnderCurve, measureSeparation, standardError } from '../../../../src/core/statistics/separation.ts';
import { repayment, row } from '../../../builders/decision-rows.ts';
import { someTimeMs } from '../../../builders/manual-clock.ts';

const rule = { outcome: repayment, cohort: null, falseAlarmProbability: 0.05 };

/** Scores in buckets up to .2, .5, .8 and above, not cumulative, as the histogram of each outcome answers them. */
function scoreRows(outcomes: Readonly<Record<string, readonly number[]>>, more: Readonly<Record<string, string>> = {}) {
  return Object.entries(outcomes).flatMap(([outcome, counts]) => {
    let below = 0;
    return counts.map((count, bin) => {
      below += count;
      return row({ outcome, le: ['0.2', '0.5', '0.8', '+Inf'][bin] ?? '', ...more }, below);
    });
  });
}

function area(rows: ReturnType<typeof scoreRows>) {
  const result = measureSeparation(rule, rows, someTimeMs);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value.reading;
}

describe('areaUnderCurve', () => {
  it('is the share of pairs in order, ties counted half', () => {
    // Every pair by hand: scores in bins 0,1,2.
    const [positive, other] = [
      [1, 2, 5],
      [4, 3, 1],
    ];
    let ordered = 0;
    let tied = 0;
    for (const [p, ps] of positive.entries())
      for (const [n, ns] of other.entries()) {
        if (p > n) ordered += ps * ns;
        if (p === n) tied += ps * ns;
      }
    expect(areaUnderCurve(positive, other)).toEqual({
      value: expect.closeTo((ordered + tied / 2) / 64, 14),
      ambiguity: expect.closeTo(tied / 2 / 64, 14),
    });
  });

  it('is a half for scores alike, and one bin says nothing at all', () => {
    expect(areaUnderCurve([1, 2, 3], [10, 20, 30]).value).toBeCloseTo(0.5, 14);
    expect(areaUnderCurve([7], [9])).toEqual({ value: 0.5, ambiguity: 0.5 });
  });
});

describe('standardError', () => {
  it('at a half is that of the rank sum test', () => {
    expect(standardError(0.5, 30, 50)).toBeCloseTo(Math.sqrt((30 + 50 + 1) / (12 * 30 * 50)), 12);
  });

  it('is never 0, and narrows with the rows', () => {
    expect(standardError(1, 10, 10)).toBeGreaterThan(0.03);
    expect(standardError(1, 1000, 1000)).toBeLessThan(0.001);
    expect(standardError(0.8, 1e15, 1e15)).toBeLessThan(1e-7);
    expect(standardError(0, 1, 1)).toBeGreaterThan(0);
  });
});

describe('measureSeparation', () => {
  it('widens what the buckets leave open by the sampling error', () => {
    const { value, interval, sampleCount, computation } = area(scoreRows({ repaid: [10, 20, 30, 40], defaulted: [40, 30, 20, 10] }));
    const { ambiguity } = areaUnderCurve([10, 20, 30, 40], [40, 30, 20, 10]);
    expect(value).toBeCloseTo(0.75, 2);
    expect(sampleCount).toBe(100);
    const [low, high] = [value - ambiguity, value + ambiguity];
    expect(interval?.low).toBeCloseTo(low - 1.959963984540054 * standardError(low, 100, 100), 12);
    expect(interval?.high).toBeCloseTo(high + 1.959963984540054 * standardError(high, 100, 100), 12);
    expect(computation.counts).toEqual({ upperBounds: [0.2, 0.5, 0.8], positive: [10, 20, 30, 40], other: [40, 30, 20, 10] });
  });

  it('adds up outcomes that did not come true, and days', () => {
    const parts = [
      ...scoreRows({ repaid: [5, 10, 15, 20], defaulted: [20, 15, 5, 5], sold: [0, 0, 5, 0] }, { day: '2026-01-01' }),
      ...scoreRows({ repaid: [5, 10, 15, 20], defaulted: [20, 15, 10, 5] }, { day: '2026-01-02' }),
    ];
    const cohort = { label: 'day', labelMaturitySeconds: 86_400, windowSeconds: 172_800 };
    const byDay = measureSeparation({ ...rule, cohort }, parts, Date.parse('2026-01-04T06:00:00Z'));
    const whole = area(scoreRows({ repaid: [10, 20, 30, 40], defaulted: [40, 30, 20, 10] }));
    expect(byDay).toMatchObject({
      ok: true,
      value: { reading: { value: whole.value, dataTimeMs: Date.parse('2026-01-03T00:00:00Z') }, outcomes: 200 },
    });
  });

  it.each([
    { what: 'no buckets', rows: [], cause: 'Empty', message: 'no buckets' },
    {
      what: 'one outcome only',
      rows: scoreRows({ repaid: [1, 2, 3, 4] }),
      cause: 'Insufficient',
      message: 'all outcomes in the window are the same',
    },
    { what: 'zeros', rows: scoreRows({ repaid: [0, 0, 0, 0], defaulted: [0, 0, 0, 0] }), cause: 'Insufficient', message: 'the same' },
    { what: 'a bucket of no outcome', rows: scoreRows({ '': [1, 2, 3, 4] }), cause: 'Incomparable', message: 'no label outcome' },
    {
      what: 'other buckets for each',
      rows: [...scoreRows({ repaid: [1, 2, 3, 4] }), row({ outcome: 'defaulted', le: '+Inf' }, 5)],
      cause: 'Incomparable',
      message: '1 bucket bounds in common',
    },
    {
      what: 'no +Inf',
      rows: scoreRows({ repaid: [1, 2, 3], defaulted: [1, 2, 3] }),
      cause: 'Incomparable',
      message: 'no bucket le="+Inf"',
    },
    { what: 'NaN', rows: scoreRows({ repaid: [1, NaN, 3, 4], defaulted: [1, 2, 3, 4] }), cause: 'NotANumber', message: 'NaN' },
  ])('is a gap for $what', ({ rows, cause, message }) => {
    expect(measureSeparation(rule, rows, someTimeMs)).toMatchObject({
      ok: false,
      failure: { cause, message: expect.stringContaining(message) },
    });
  });
});
