import { describe, expect, it } from '@jest/globals';
import { judge } from '../../../../src/core/judge.ts';
import { readFairness, type FairnessDefinition } from '../../../../src/core/statistics/fairness.ts';
import { newcombe, katz } from '../../../../src/core/statistics/proportion.ts';
import type { Row } from '../../../../src/core/statistics/row.ts';
import { aValue, anIndicator, identity, startMs } from '../../../builders/core.ts';
import { opportunity, outcomeRows, parity, parityRows, row } from '../../../builders/decision-rows.ts';
import { someTimeMs } from '../../../builders/manual-clock.ts';

function read(definition: FairnessDefinition, rows: readonly Row[]) {
  return readFairness(definition, rows, someTimeMs);
}

function reading(definition: FairnessDefinition, rows: readonly Row[]) {
  const result = read(definition, rows);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

describe('parity ratio', () => {
  it('gives the published figures of the lenders of Boston: a warning, no breach of four fifths', () => {
    const { value, interval, sampleCount, noiseFloor } = reading(parity(), parityRows({ afam: [243, 96], other: [1852, 189] }));
    expect(value).toBeCloseTo(0.789966, 6);
    expect(interval?.low).toBeCloseTo(0.737792, 6);
    expect(interval?.high).toBeCloseTo(0.845831, 6);
    expect(sampleCount).toBe(339);
    expect(noiseFloor).toBeNull();
  });

  it('sees the group of which nobody was accepted', () => {
    const { value, interval } = reading(parity(), parityRows({ a: [800, 200], b: [0, 1000] }));
    expect(value).toBeLessThan(0.01);
    expect(interval?.high).toBeLessThan(0.8);
  });

  it('compares no group that has, and was to be expected to have, fewer than five refusals', () => {
    expect(read(parity(), parityRows({ a: [96, 4], b: [97, 3] }))).toMatchObject({ ok: false, failure: { cause: 'Insufficient' } });
    expect(read(parity(), parityRows({ a: [95, 5], b: [95, 5] }))).toMatchObject({ ok: true, value: { value: 1 } });
  });

  it('counts a decision of another name as not favourable', () => {
    const rows = [...parityRows({ a: [80, 10], b: [80, 20] }), row({ group: 'a', decision: 'refer' }, 10)];
    expect(reading(parity(), rows).value).toBeCloseTo(1, 12);
  });

  it('does not depend on the order of the series', () => {
    const rows = parityRows({ b: [60, 40], ä: [70, 30], a: [80, 20] });
    expect(reading(parity(), rows.toReversed())).toEqual(reading(parity(), rows));
  });

  it('gives all groups together the interval of the worst, not that of the one whose point is worst', () => {
    // b is beyond four fifths for certain; c is small and only looks worse.
    const { value, interval } = reading(
      parity({ minGroupSharePercent: 1 }),
      parityRows({ a: [9000, 1000], b: [6500, 3500], c: [250, 150] }),
    );
    const alpha = 0.05 / 3;
    const b = katz({ one: { successes: 6500, trials: 10_000 }, other: { successes: 9000, trials: 10_000 } }, alpha);
    const c = katz({ one: { successes: 250, trials: 400 }, other: { successes: 9000, trials: 10_000 } }, alpha);
    expect(value).toBe(c.value);
    expect(c.interval.high).toBeGreaterThan(b.interval.high);
    expect(interval).toEqual({ low: c.interval.low, high: b.interval.high });
  });
});

describe('the reference', () => {
  const rows = parityRows({ a: [80, 20], b: [70, 30], c: [60, 40] });

  it.each([
    { reference: { kind: 'Highest' as const }, ratio: 0.75, intervals: 3 },
    { reference: { kind: 'Named' as const, name: 'b' }, ratio: 60 / 70, intervals: 2 },
    { reference: { kind: 'Overall' as const }, ratio: 0.6 / 0.7, intervals: 3 },
  ])('$reference.kind shares the chance to be wrong out over $intervals', ({ reference, ratio, intervals }) => {
    const { value, computation } = reading(parity({ reference }), rows);
    expect(value).toBeCloseTo(ratio, 12);
    expect(computation.parameters['intervals']).toBe(intervals);
    expect(computation.statistic).toBe(`ParityRatio/${reference.kind}`);
  });

  it.each(['nobody', 'small'])('that is %s of the groups compared leaves nothing to say', (name) => {
    expect(read(parity({ reference: { kind: 'Named', name } }), [...rows, ...parityRows({ small: [5, 5] })])).toMatchObject({
      ok: false,
      failure: { cause: 'Insufficient', message: expect.stringContaining('compare groups to the reference group') },
    });
  });

  it('of everybody includes those of no group and of groups too small', () => {
    const more = [...rows, ...parityRows({ '': [0, 300], few: [1, 1] })];
    expect(reading(parity({ reference: { kind: 'Overall' } }), more).value).toBeGreaterThan(1);
  });
});

describe('differences', () => {
  it('of parity are absolute, whichever group is favoured', () => {
    const definition = parity({ metric: 'ParityDifference', reference: { kind: 'Named', name: 'a' } });
    const { value, interval } = reading(definition, parityRows({ a: [48, 32], b: [56, 14] }));
    expect(value).toBeCloseTo(0.2, 12);
    expect(interval?.low).toBeCloseTo(0.0524315, 7);
    expect(interval?.high).toBeCloseTo(0.3338727, 7);
  });

  it('of groups alike have an interval that begins at 0', () => {
    const { value, interval } = reading(parity({ metric: 'ParityDifference' }), parityRows({ a: [50, 50], b: [51, 49] }));
    const known = newcombe({ one: { successes: 50, trials: 100 }, other: { successes: 51, trials: 100 } }, 0.05).interval;
    expect(value).toBeCloseTo(0.01, 12);
    expect(interval).toEqual({ low: 0, high: Math.max(-known.low, known.high) });
  });

  const rows = outcomeRows({ a: [80, 30, 20, 70], b: [120, 20, 80, 80] });

  it('of opportunity are of favourable decisions among positive outcomes', () => {
    const { value, sampleCount } = reading(opportunity(), rows);
    expect(value).toBeCloseTo(0.8 - 0.6, 12);
    expect(sampleCount).toBe(100);
  });

  it('of odds are the larger of two, with twice as many intervals', () => {
    const unequal = outcomeRows({ a: [80, 50, 20, 50], b: [80, 20, 20, 80] });
    const { value, computation } = reading(opportunity({ metric: 'EqualisedOdds' }), unequal);
    expect(value).toBeCloseTo(0.3, 12);
    expect(computation.parameters['intervals']).toBe(2);
  });

  it('of prediction are of positive outcomes among favourable decisions', () => {
    expect(reading(opportunity({ metric: 'PredictiveParity' }), rows).value).toBeCloseTo(120 / 140 - 80 / 110, 12);
  });

  it('of strata are pooled: groups are not blamed for where they stand', () => {
    const strata = [
      { group: 'a', region: 'n', decision: 'approve', value: 80 },
      { group: 'a', region: 'n', decision: 'deny', value: 20 },
      { group: 'a', region: 's', decision: 'approve', value: 60 },
      { group: 'a', region: 's', decision: 'deny', value: 240 },
      { group: 'b', region: 'n', decision: 'approve', value: 640 },
      { group: 'b', region: 'n', decision: 'deny', value: 160 },
      { group: 'b', region: 's', decision: 'approve', value: 20 },
      { group: 'b', region: 's', decision: 'deny', value: 80 },
    ].map(({ value, ...labels }) => row(labels, value));
    const pooled = parity({ metric: 'ParityDifference', stratumLabel: 'region', reference: { kind: 'Named', name: 'b' } });
    const { value, interval, computation } = reading(pooled, strata);
    expect(value).toBeCloseTo(0, 12);
    expect(interval).toEqual({ low: 0, high: expect.closeTo(0.06123973841, 10) });
    expect(computation.counts).toEqual({ 'reference: b': [640, 160, 20, 80], 'group: a': [80, 20, 60, 240] });
  });
});

describe('groups that can not be compared', () => {
  it.each([
    { why: 'fewer than 30 rows', small: [20, 9] },
    { why: 'a share below 2 %', small: [30, 10] },
  ])('for $why are left out and named', ({ small: [yes = NaN, no = NaN] }) => {
    const small = [yes, no] as const;
    const { value, computation } = reading(parity(), parityRows({ a: [1600, 400], b: [1500, 500], c: small }));
    expect(value).toBeCloseTo(0.9375, 12);
    expect(computation.parameters['insufficientGroups']).toBe(1);
    expect(computation.counts).toEqual({ 'group: a': [1600, 400], 'group: b': [1500, 500], 'insufficient: c': small });
  });

  it('3 of 5 has the point of 30 of 50 and must not fire', () => {
    expect(read(parity(), parityRows({ a: [400, 100], b: [3, 2] }))).toMatchObject({ failure: { cause: 'Insufficient' } });
    expect(reading(parity(), parityRows({ a: [400, 100], b: [30, 20] })).interval?.high).toBeCloseTo(0.94444, 5);
  });

  it('leave nothing to say when only one is left, and the message names them', () => {
    expect(read(parity(), parityRows({ a: [80, 20], b: [5, 5], c: [1, 1] }))).toMatchObject({
      ok: false,
      failure: {
        cause: 'Insufficient',
        sampleCount: 10,
        message: 'too few rows to compare two groups; not usable: a (100), b (10); 1 with fewer than 10 decisions, which are not named',
        computation: { counts: { 'insufficient: a': [80, 20], 'insufficient: b': [5, 5] } },
      },
    });
  });

  it('one group is nothing to compare, nor are people of no group', () => {
    expect(read(parity(), parityRows({ a: [80, 20] }))).toMatchObject({ failure: { cause: 'Insufficient', sampleCount: 0 } });
    expect(read(parity(), parityRows({ a: [80, 20], '': [800, 200] }))).toMatchObject({
      failure: { cause: 'Insufficient', message: expect.stringContaining('people of no group (1000)') },
    });
  });

  it('says so when nothing was decided as the policy spells it', () => {
    const rows = [row({ group: 'a', decision: 'Approve' }, 100), row({ group: 'b', decision: 'Approve' }, 100)];
    expect(read(parity(), rows)).toMatchObject({
      failure: { cause: 'Insufficient', message: 'nothing in the window was decided decision="approve", the favourable decision' },
    });
  });

  it('a group without positive outcomes has no opportunity: no denominator is no 0', () => {
    const rows = outcomeRows({ a: [80, 30, 20, 70], b: [60, 20, 40, 80], c: [0, 20, 0, 80] });
    const { value, computation } = reading(opportunity(), rows);
    expect(value).toBeCloseTo(0.2, 12);
    expect(computation.counts).toHaveProperty(['insufficient: c'], [0, 20, 0, 80]);
  });

  it("can not be told in one of two rates isn't half equal", () => {
    const rows = outcomeRows({ a: [80, 30, 20, 70], b: [60, 20, 40, 80], c: [10, 2, 90, 8] });
    expect(reading(opportunity({ metric: 'EqualisedOdds' }), rows).computation.counts).toHaveProperty(['insufficient: c']);
  });

  it('where everyone is accepted nobody can tell: too few were refused', () => {
    expect(read(parity(), parityRows({ a: [100, 0], b: [100, 0] }))).toMatchObject({ failure: { cause: 'Insufficient' } });
  });
});

describe('the verdict', () => {
  // Four fifths; the figures of the research (risk-quant 2.4 and 6.4).
  const fourFifths = anIndicator({ threshold: { direction: 'Below', warn: 0.85, breach: 0.8, clear: 0.85 } });

  function verdict(groups: Parameters<typeof parityRows>[0]) {
    const { value, interval, sampleCount, computation } = reading(parity(), parityRows(groups));
    const observation = aValue(value, { interval, sampleCount, computation });
    return judge({ indicator: fourFifths, identity, served: 'Live', observation, nowMs: startMs }).verdict;
  }

  it.each([
    {
      verdict: 'Warn',
      why: 'the point is beyond and the interval across: the lenders of Boston',
      groups: { a: [243, 96], b: [1852, 189] },
    },
    { verdict: 'Breach', why: 'all of the interval is beyond', groups: { a: [210, 129], b: [1852, 189] } },
    { verdict: 'Insufficient', why: 'the point is within and the interval across', groups: { a: [255, 84], b: [1852, 189] } },
    { verdict: 'Ok', why: 'all of the interval is within', groups: { a: [1840, 200], b: [1852, 189] } },
  ] as const)('is $verdict when $why', ({ groups, verdict: expected }) => {
    expect(verdict(groups)).toBe(expected);
  });
});

describe('bad input', () => {
  it('of more groups than can be recorded is Incomparable', () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`g${String(index)}`, [80, 20] as const]));
    expect(read(parity({ minGroupSharePercent: 0 }), parityRows(many))).toMatchObject({
      failure: { cause: 'Incomparable', message: expect.stringContaining('raise minGroupSharePercent') },
    });
  });

  it('of 100,000 groups is answered with the first few of those left out', () => {
    const tiny = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`g${String(index)}`, [1, 1] as const]));
    const small = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`g${String(index)}`, [5, 5] as const]));
    expect(read(parity(), parityRows(small))).toMatchObject({
      failure: { cause: 'Insufficient', message: expect.stringContaining('and 99995 more') },
    });
    const result = read(parity(), parityRows(tiny));
    expect(result).toMatchObject({
      failure: { cause: 'Insufficient', message: 'each group has fewer than 10 decisions; widen the window' },
    });
    const counts = !result.ok && result.failure.cause === 'Insufficient' ? result.failure.computation.counts : {};
    expect(counts).toEqual({ 'insufficient, others': [100_000, 100_000] });
  });

  it('of 100,000 strata, or of a group whose name is a text, is Incomparable', () => {
    const strata = Array.from({ length: 65 }, (_, index) => row({ group: 'a', decision: 'approve', region: String(index) }, 1));
    const definition = parity({ metric: 'ParityDifference', stratumLabel: 'region' });
    expect(read(definition, strata)).toMatchObject({ failure: { cause: 'Incomparable', message: expect.stringContaining('coarser') } });
    expect(read(parity(), parityRows({ ['x'.repeat(101)]: [5, 5] }))).toMatchObject({
      failure: { cause: 'Incomparable', message: expect.stringContaining('short names') },
    });
  });

  it('of 1e15 decisions keeps its digits', () => {
    const { value, interval, sampleCount } = reading(parity(), parityRows({ a: [8e14, 2e14], b: [7e14, 3e14] }));
    expect(value).toBeCloseTo(0.875, 14);
    expect(sampleCount).toBe(1e15);
    expect(interval?.high).toBeGreaterThan(0.875);
    expect(interval?.high).toBeCloseTo(0.875, 6);
  });

  it('with labels of any script, or named like what every object has, is read', () => {
    const { value, computation } = reading(
      parity(),
      ['Łódź ☃', 'constructor', '__proto__'].flatMap((group, place) => [
        row({ group, decision: 'approve' }, [80, 60, 72][place] ?? NaN),
        row({ group, decision: 'deny' }, [20, 40, 28][place] ?? NaN),
      ]),
    );
    expect(value).toBeCloseTo(0.75, 12);
    expect(Object.keys(computation.counts).sort()).toEqual(['group: __proto__', 'group: constructor', 'group: Łódź ☃']);
  });
});

describe('days of decisions', () => {
  it('that are too young do not count, and the reading is as old as the newest that does', () => {
    const cohort = { label: 'day', labelMaturitySeconds: 86_400, windowSeconds: 86_400 };
    const definition = opportunity({ labels: { ...opportunity().labels, cohort } });
    const rows = outcomeRows({ a: [80, 30, 20, 70], b: [60, 20, 40, 80] });
    const days = ['2026-01-01', '2026-01-02'].flatMap((day) => rows.map(({ labels, value }) => ({ labels: { ...labels, day }, value })));
    const result = readFairness(definition, days, Date.parse('2026-01-03T06:00:00Z'));
    expect(result).toMatchObject({ ok: true, value: { sampleCount: 100, dataTimeMs: Date.parse('2026-01-02T00:00:00Z') } });
  });
});
