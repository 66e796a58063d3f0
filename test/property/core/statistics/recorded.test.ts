import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCoverage } from '../../../../src/core/statistics/label-coverage.ts';
import { recompute } from '../../../../src/core/statistics/recompute.ts';
import { labelOf, readSingle, tally } from '../../../../src/core/statistics/row.ts';
import type { Row } from '../../../../src/core/statistics/row.ts';

const drift = ['PSI', 'JensenShannon', 'Hellinger', 'TotalVariation', 'ChiSquare', 'KolmogorovSmirnov', 'Wasserstein'];
const calibration = ['ExpectedCalibrationError', 'ObservedExpectedRatio', 'Slope', 'Intercept'];
const fairness = ['ParityRatio', 'ParityDifference', 'EqualOpportunity', 'EqualisedOdds', 'PredictiveParity'];
const outcomes = ['Accuracy', 'Precision', 'Recall', 'F1', 'Specificity', 'AUC', 'RecallDrop', 'PrecisionDrop', 'MatthewsCorrelation'];
const others = [
  'Comparison',
  'BurnRate',
  'EventCount',
  'Seasonal',
  'EWMA',
  'CUSUM',
  'Quorum',
  'UnreadyReplicas',
  'Usage',
  '',
  'toString',
  '__proto__',
];
const groups = fairness.flatMap((name) => ['Highest', 'Overall', 'Named', ''].map((kind) => `${name}/${kind}`));

const number = fc.oneof(
  fc.constantFrom(0, 1, 2, 0.5, -1, 100, 1e6, 1e15, 1e300, Number.MAX_VALUE, NaN, Infinity, -Infinity),
  fc.double(),
  fc.nat(1000),
);
const parameterNames = [
  ...[
    'falseAlarmProbability',
    'designEffect',
    'lowestBound',
    'opensBelow',
    'targetPercent',
    'detectableEffect',
    'mean',
    'standardDeviation',
  ],
  ...['floor', 'minGroupSharePercent', 'minGroupSamples', 'k'],
];
const countNames = [
  ...[
    'upperBounds',
    'lowerBounds',
    'reference',
    'live',
    'rows',
    'scoreSum',
    'positives',
    'long',
    'short',
    'own',
    'other',
    'now',
    'earlier',
  ],
  ...['confusion', 'positive', 'group: a', 'group: b', 'reference: c', 'small: d', 'red', 'blue'],
];
const computation = fc.record({
  statistic: fc.constantFrom(...drift, ...calibration, ...fairness, ...outcomes, ...groups, ...others),
  parameters: fc.dictionary(fc.constantFrom(...parameterNames), number),
  counts: fc.dictionary(fc.constantFrom(...countNames), fc.array(number, { maxLength: 12 })),
});

describe('a record that anybody may have written', () => {
  it('comes to a number or to none, and never throws or runs on: what it comes to is compared with what stands beside it', () => {
    let computed = 0;
    fc.assert(
      fc.property(computation, (each) => {
        const value = recompute(each);
        if (value !== null) computed += 1;
        expect([each.statistic, value === null || typeof value === 'number']).toEqual([each.statistic, true]);
      }),
      { numRuns: 20_000 },
    );
    expect(computed).toBeGreaterThan(100);
  });

  it('of nothing comes to none', () => {
    for (const statistic of [...drift, ...calibration, ...groups, ...outcomes, ...others.filter((each) => each !== 'Quorum')])
      expect([statistic, recompute({ statistic, parameters: {}, counts: {} })]).toEqual([statistic, null]);
  });
});

const labels = ['model', 'group', 'day'] as const;
const row: fc.Arbitrary<Row> = fc.record({
  labels: fc.dictionary(fc.constantFrom(...labels, 'pod', 'toString'), fc.constantFrom('a', 'b', '', '["a","b"]', 'a,b')),
  value: fc.oneof({ weight: 6, arbitrary: fc.nat(9) }, { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -1) }),
});
const rows = fc.array(row, { maxLength: 6 });
const asked = fc.subarray([...labels]);

describe('numbers by the values of labels', () => {
  it('are the same whatever the order of the answer, and add up to all of it', () => {
    let told = 0;
    fc.assert(
      fc.property(rows, asked, (all, names) => {
        const read = tally(all, names);
        const turned = tally(all.toReversed(), names);
        expect(turned.ok).toBe(read.ok);
        if (!read.ok) return;
        told += 1;
        expect(turned).toEqual(read);
        const sum = read.value.reduce((total, { count }) => total + count, 0);
        expect(sum).toBe(all.reduce((total, { value }) => total + value, 0));
        expect(new Set(read.value.map(({ keys }) => JSON.stringify(keys))).size).toBe(all.length);
      }),
      { numRuns: 2000 },
    );
    expect(told).toBeGreaterThan(200);
  });

  it('are refused where two would have to be added up, or one is no count, and for no other reason', () => {
    fc.assert(
      fc.property(rows, asked, (all, names) => {
        const keys = all.map((each) => JSON.stringify(names.map((name) => labelOf(each, name))));
        const isFine = new Set(keys).size === keys.length && all.every(({ value }) => value >= 0 && value < Infinity);
        const read = tally(all, names);
        expect(read.ok).toBe(isFine);
        if (!read.ok) expect(['SeveralSeries', 'NotANumber', 'Infinite', 'Incomparable']).toContain(read.failure.cause);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [[], null],
    [[7], 7],
    [[0], 0],
    [[-3], -3],
    [[NaN], 'the age query gives NaN for this model'],
    [[Infinity], 'the age query gives Infinity for this model'],
    [[1, 2], 'the age query has 2 series for this model; aggregate it by the identity labels'],
  ])('of a part that answers one series a model: %j', (values, expected) => {
    const read = readSingle(
      values.map((value) => ({ labels: {}, value })),
      'age',
    );
    expect(read.ok ? read.value : read.failure.message).toBe(expected);
  });
});

describe('whether outcomes stand for the decisions', () => {
  const model = (parts: Readonly<Record<string, readonly number[]>>) => ({
    askedAtMs: 0,
    rows: (part: string) => (parts[part] ?? []).map((value, index) => ({ labels: index === 0 ? {} : { pod: String(index) }, value })),
  });
  const about = (outcomes: number) => ({ outcomes, cohort: null });
  const lackOf = (read: ReturnType<typeof readCoverage>) => (read.ok ? read.value.lack : `${read.failure.cause}: ${read.failure.message}`);

  it.each([
    [80, null],
    [79, '79.0 % of the decisions have an outcome, minLabelledPercent is 80'],
    [100, null],
    [0, '0.0 % of the decisions have an outcome, minLabelledPercent is 80'],
  ])('%i of a hundred, where 80 have to', (outcomes, lack) => {
    const rule = { labelledShare: { minPercent: 80 }, labelAge: null };
    expect(lackOf(readCoverage(rule, model({ decisions: [100] }), about(outcomes)))).toBe(lack);
  });

  it.each([
    [3600, null],
    [3601, 'outcomes are 3601 s old, maxLabelAgeSeconds is 3600'],
    [0, null],
  ])('%i s old, where an hour is the most', (seconds, lack) => {
    const rule = { labelledShare: null, labelAge: { maxSeconds: 3600 } };
    expect(lackOf(readCoverage(rule, model({ labelAge: [seconds] }), about(1)))).toBe(lack);
  });

  it('says both where both lack, and asks for neither where no rule does', () => {
    const parts = model({ decisions: [100], labelAge: [9000] });
    const both = { labelledShare: { minPercent: 50 }, labelAge: { maxSeconds: 60 } };
    expect(readCoverage(both, parts, about(10))).toEqual({
      ok: true,
      value: {
        parameters: { labelledPercent: 10, labelAgeSeconds: 9000 },
        lack: '10.0 % of the decisions have an outcome, minLabelledPercent is 50; outcomes are 9000 s old, maxLabelAgeSeconds is 60',
      },
    });
    expect(readCoverage({ labelledShare: null, labelAge: null }, model({}), about(1))).toEqual({
      ok: true,
      value: { parameters: {}, lack: null },
    });
  });

  it.each([
    ['no decision was counted', { decisions: [0] }, 'Empty: the decisions query counts none for this model'],
    ['decisions answer nothing', {}, 'Empty: the decisions query counts none for this model'],
    ['decisions are no number', { decisions: [NaN] }, 'NotANumber: '],
    ['decisions are several series', { decisions: [1, 2] }, 'SeveralSeries: '],
  ])('is not known where %s', (_what, parts, gap) => {
    expect(lackOf(readCoverage({ labelledShare: { minPercent: 1 }, labelAge: null }, model(parts), about(0)))).toContain(gap);
  });

  it('is not known where nobody says how old outcomes are', () => {
    const rule = { labelledShare: null, labelAge: { maxSeconds: 60 } };
    expect(lackOf(readCoverage(rule, model({}), about(1)))).toBe('Empty: the labelAge query has no series for this model');
    expect(lackOf(readCoverage(rule, model({ labelAge: [-1] }), about(1)))).toContain('Incomparable');
  });
});
