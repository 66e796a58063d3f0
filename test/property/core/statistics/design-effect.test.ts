import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judge } from '../../../../src/core/judge.ts';
import type { Threshold } from '../../../../src/core/model/indicator.ts';
import { chiSquareLimit } from '../../../../src/core/statistics/chi-square-limit.ts';
import { measureComparison } from '../../../../src/core/statistics/comparison.ts';
import { computeStatistic, type StatisticDefinition } from '../../../../src/core/statistics/definition.ts';
import type { StatisticReading } from '../../../../src/core/statistics/reading.ts';
import type { Row } from '../../../../src/core/statistics/row.ts';
import { aValue, anIndicator } from '../../../builders/core.ts';
import {
  approval,
  confusionRows,
  modelRows,
  opportunity,
  outcomeRows,
  parity,
  parityRows,
  performance,
  row,
  type Outcomes,
} from '../../../builders/decision-rows.ts';
import { someTimeMs } from '../../../builders/manual-clock.ts';

/** Of three groups. */
type Drawn = Readonly<Record<'a' | 'b' | 'c', Outcomes>>;
type Parts = Readonly<Record<string, readonly Row[]>>;

/** A statistic of this design effect, and counts it may be asked about. */
interface Case {
  readonly of: (designEffect: number) => StatisticDefinition;
  readonly parts: fc.Arbitrary<Parts>;
}

const cell = fc.integer({ min: 0, max: 3000 });
const cells: fc.Arbitrary<Outcomes> = fc.tuple(cell, cell, cell, cell);
const confusions = cells.map((each): Parts => ({ value: confusionRows(each) }));
/** The same counts under a name of their own: against a reference of so many rows they say something else. */
const drops = confusions.map((each) => each);
const groups = fc.record({ a: cells, b: cells, c: cells }).map((each): Parts => ({ value: outcomeRows(each) }));
const decided = fc.record({ a: cells, b: cells, c: cells }).map((each): Parts => ({
  value: Object.entries(each).flatMap(([group, [n, m, k, l]]) => [
    row({ group, decision: 'approve', region: 'n' }, n),
    row({ group, decision: 'deny', region: 'n' }, m),
    row({ group, decision: 'approve', region: 's' }, k),
    row({ group, decision: 'deny', region: 's' }, l),
  ]),
}));
function approvals({ a, b, c }: Drawn): readonly Row[] {
  return parityRows({ a: [a[0], a[1]], b: [b[0], b[1]], c: [c[0], c[1]] });
}
const plain = fc.record({ a: cells, b: cells, c: cells }).map((each): Parts => ({ value: approvals(each) }));
function bucketRows(positive: Outcomes, other: Outcomes): readonly Row[] {
  return [['repaid', positive] as const, ['defaulted', other] as const].flatMap(([outcome, counts]) =>
    ['0.25', '0.5', '0.75', '+Inf'].map((le, bin) =>
      row(
        { outcome, le },
        counts.slice(0, bin + 1).reduce((sum, count) => sum + count, 0),
      ),
    ),
  );
}
const buckets = fc.tuple(cells, cells).map(([positive, other]): Parts => ({ value: bucketRows(positive, other) }));
const scores = fc.array(fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 0, max: 100 })), {
  minLength: 3,
  maxLength: 8,
});
const bins = scores.map((drawn): Parts => {
  const each = drawn.map(([n, share], bin) => ({
    n,
    positives: Math.round((n * share) / 100),
    score: (bin + 0.5) / drawn.length,
    labels: { bin: String(bin) },
  }));
  return {
    value: each.map(({ n, labels }) => row(labels, n)),
    scoreSum: each.map(({ n, score, labels }) => row(labels, n * score)),
    positives: each.map(({ positives, labels }) => row(labels, positives)),
  };
});
const events = fc
  .record({ long: fc.integer({ min: 1, max: 5000 }), bad: cell, short: fc.integer({ min: 1, max: 500 }), shortBad: cell })
  .map(({ long, bad, short, shortBad }): Parts => ({
    value: [row({}, Math.min(bad, long))],
    longTotal: [row({}, long)],
    shortBad: [row({}, Math.min(shortBad, short))],
    shortTotal: [row({}, short)],
  }));

const alone = parity().labels;
const cases: readonly (readonly [string, Case])[] = [
  ...(['Accuracy', 'Precision', 'Recall', 'FalsePositiveRate', 'F1'] as const).flatMap((metric) =>
    (['Wilson', 'ClopperPearson'] as const).map((method): readonly [string, Case] => [
      `${metric} by ${method}`,
      { of: (designEffect) => performance({ metric, decision: approval, method }, { designEffect }), parts: confusions },
    ]),
  ),
  [
    'a drop of recall',
    {
      of: (designEffect) => {
        const cells = { truePositives: 800, falsePositives: 200, falseNegatives: 200, trueNegatives: 1800 };
        return performance(
          { metric: 'Recall', decision: approval, method: 'Wilson' },
          { designEffect, reference: { kind: 'Pinned', cells } },
        );
      },
      parts: drops,
    },
  ],
  ['AUC', { of: (designEffect) => performance({ metric: 'AUC' }, { designEffect }), parts: buckets }],
  ...(['ParityRatio', 'ParityDifference'] as const).map((metric): readonly [string, Case] => [
    metric,
    { of: (designEffect) => parity({ metric, designEffect }), parts: plain },
  ]),
  [
    'strata',
    { of: (designEffect) => parity({ metric: 'ParityDifference', labels: alone, stratumLabel: 'region', designEffect }), parts: decided },
  ],
  ...(['EqualOpportunity', 'EqualisedOdds', 'PredictiveParity'] as const).map((metric): readonly [string, Case] => [
    metric,
    { of: (designEffect) => opportunity({ metric, designEffect }), parts: groups },
  ]),
  ...(['ExpectedCalibrationError', 'ObservedExpectedRatio', 'Slope', 'Intercept'] as const).map((metric): readonly [string, Case] => [
    metric,
    { of: (designEffect) => ({ kind: 'Calibration', metric, binLabel: 'bin', falseAlarmProbability: 0.01, designEffect }), parts: bins },
  ]),
  [
    'burn rate',
    { of: (designEffect) => ({ kind: 'BurnRate', targetPercent: 99, falseAlarmProbability: 0.01, designEffect }), parts: events },
  ],
];

function read(definition: StatisticDefinition, parts: Parts): StatisticReading | null {
  const result = computeStatistic(definition, modelRows(parts), chiSquareLimit);
  return result.ok ? result.value : null;
}

function isBreach(reading: StatisticReading | null, threshold: Threshold): boolean {
  if (reading === null) return false;
  const { value, sampleCount, noiseFloor, interval } = reading;
  const observation = aValue(value, { sampleCount, noiseFloor, interval, dataTimeMs: someTimeMs });
  const identity = { namespace: 'lending', model: 'credit', version: '2' };
  return (
    judge({ indicator: anIndicator({ threshold, minSamples: 0 }), identity, served: 'Live', observation, nowMs: someTimeMs }).verdict ===
    'Breach'
  );
}

const effects = fc.tuple(fc.double({ min: 1, max: 50, noNaN: true }), fc.double({ min: 1, max: 20, noNaN: true }));
const limit = fc.tuple(fc.constantFrom<Threshold['direction']>('Above', 'Below'), fc.double({ min: 0, max: 2, noNaN: true }));

describe('a larger design effect', () => {
  it.each(cases)('never makes a breach of %s', (what, { of, parts }) => {
    fc.assert(
      fc.property(parts, effects, limit, (counts, [effect, times], [direction, breach]) => {
        // A distance, or a rate of what is bad, is bad when it is high.
        const isDistance = ['ExpectedCalibrationError', 'burn rate'].includes(what);
        const threshold: Threshold = { direction: isDistance ? 'Above' : direction, warn: null, breach, clear: breach, severe: null };
        const [less, more] = [read(of(effect), counts), read(of(effect * times), counts)];
        if (isBreach(more, threshold)) expect(isBreach(less, threshold)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  // Of several groups fewer may be left to compare, so only what one group has can be compared.
  it.each(cases.filter(([, { parts }]) => ![groups, decided, plain].includes(parts)))(
    'never narrows %s, nor moves it',
    (_what, { of, parts }) => {
      fc.assert(
        fc.property(parts, effects, (counts, [effect, times]) => {
          const [less, more] = [read(of(effect), counts), read(of(effect * times), counts)];
          if (less === null || more === null) return;
          expect(more.value).toBeCloseTo(less.value, 9);
          expect(more.sampleCount).toBe(less.sampleCount);
          expect(more.noiseFloor ?? 0).toBeGreaterThanOrEqual((less.noiseFloor ?? 0) - 1e-12);
          if (less.interval === null || more.interval === null) return;
          expect(more.interval.low).toBeLessThanOrEqual(less.interval.low + 1e-9);
          expect(more.interval.high).toBeGreaterThanOrEqual(less.interval.high - 1e-9);
        }),
        { numRuns: 200 },
      );
    },
  );

  const scaled = (parts: Parts, times: number): Parts =>
    Object.fromEntries(Object.entries(parts).map(([part, rows]) => [part, rows.map((each) => ({ ...each, value: each.value * times }))]));
  /** Where no floor on counted rows decides, and Walter's half success, which is of rows as counted, is not needed. */
  const many = fc.tuple(...Array.from({ length: 12 }, () => fc.integer({ min: 100, max: 3000 }))).map((drawn) => {
    const [a, b, c] = [drawn.slice(0, 4), drawn.slice(4, 8), drawn.slice(8)] as unknown as readonly [Outcomes, Outcomes, Outcomes];
    return { a, b, c };
  });
  const counted = new Map<fc.Arbitrary<Parts>, (drawn: Drawn) => readonly Row[]>([
    [confusions, ({ a }) => confusionRows(a)],
    [groups, (each) => outcomeRows(each)],
    [plain, approvals],
    [buckets, ({ a, b }) => bucketRows(a, b)],
  ]);

  it.each(cases.filter(([, { parts }]) => counted.has(parts)))(
    'makes as much of d times as many rows as of independent ones: %s',
    (_what, { of, parts }) => {
      fc.assert(
        fc.property(many, fc.integer({ min: 2, max: 9 }), (drawn, effect) => {
          const counts = { value: counted.get(parts)?.(drawn) ?? [] };
          const [independent, alike] = [read(of(1), counts), read(of(effect), scaled(counts, effect))];
          expect(alike?.value).toBeCloseTo(independent?.value ?? NaN, 9);
          expect(alike?.interval?.low).toBeCloseTo(independent?.interval?.low ?? NaN, 9);
          expect(alike?.interval?.high).toBeCloseTo(independent?.interval?.high ?? NaN, 9);
        }),
        { numRuns: 100 },
      );
    },
  );

  it.each(cases.filter(([, { parts }]) => parts === bins || parts === events))(
    'leaves what chance explains wider by something: %s',
    (_what, { of, parts }) => {
      const widths: boolean[] = [];
      fc.assert(
        fc.property(parts, (counts) => {
          const [one, ten] = [read(of(1), counts), read(of(10), counts)];
          if (one === null || ten === null) return;
          const width = ({ interval, noiseFloor }: StatisticReading): number =>
            interval === null ? (noiseFloor ?? NaN) : interval.high - interval.low;
          widths.push(width(ten) > width(one) * 1.2);
        }),
        { numRuns: 200, seed: 5 },
      );
      expect(widths.filter(Boolean).length).toBeGreaterThan(20);
      expect(widths.filter(Boolean).length).toBeGreaterThan(widths.length * 0.9);
    },
  );

  it('never narrows a comparison, nor makes a value where there was none', () => {
    const share = fc.tuple(cell, cell).map(([successes, failures]) => ({ successes, trials: successes + failures + 1 }));
    fc.assert(
      fc.property(share, share, effects, (own, other, [effect, times]) => {
        const rule = { falseAlarmProbability: 0.01, detectableEffect: 0.05 };
        const [less, more] = [effect, effect * times].map((designEffect) => measureComparison({ ...rule, designEffect }, { own, other }));
        if (more?.ok !== true) return;
        if (less?.ok !== true) throw new Error('no value with more independent rows');
        expect(more.value.value).toBeCloseTo(less.value.value, 9);
        expect(more.value.interval?.low).toBeLessThanOrEqual((less.value.interval?.low ?? NaN) + 1e-12);
        expect(more.value.interval?.high).toBeGreaterThanOrEqual((less.value.interval?.high ?? NaN) - 1e-12);
      }),
    );
  });
});
