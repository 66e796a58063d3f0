import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chiSquareLimit } from '../../../../src/core/statistics/chi-square-limit.ts';
import { computeStatistic, type StatisticDefinition } from '../../../../src/core/statistics/definition.ts';
import type { FairnessMetric } from '../../../../src/core/statistics/fairness-comparison.ts';
import { readFairness } from '../../../../src/core/statistics/fairness.ts';
import type { DecisionMetric } from '../../../../src/core/statistics/performance.ts';
import type { StatisticReading } from '../../../../src/core/statistics/reading.ts';
import type { Row } from '../../../../src/core/statistics/row.ts';
import { approval, modelRows, opportunity, outcomeRows, parity, parityRows, performance, row } from '../../../builders/decision-rows.ts';
import { someTimeMs } from '../../../builders/manual-clock.ts';

const cohort = { label: 'day', labelMaturitySeconds: 86_400, windowSeconds: 604_800 };
const references = [{ kind: 'Highest' }, { kind: 'Overall' }, { kind: 'Named', name: 'a' }] as const;
const outcomeMetrics: readonly FairnessMetric[] = ['EqualOpportunity', 'EqualisedOdds', 'PredictiveParity'];
const decisionMetrics: readonly DecisionMetric[] = ['Accuracy', 'Precision', 'Recall', 'FalsePositiveRate', 'F1', 'MCC'];

const fairness = fc
  .record({
    reference: fc.constantFrom(...references),
    minGroupSharePercent: fc.constantFrom(0, 2, 20),
    minGroupSamples: fc.constantFrom(10, 30),
  })
  .chain((rule) =>
    fc.constantFrom<StatisticDefinition>(
      parity(rule),
      parity({ ...rule, metric: 'ParityDifference' }),
      parity({ ...rule, metric: 'ParityDifference', stratumLabel: 'region' }),
      ...outcomeMetrics.map((metric) => opportunity({ ...rule, metric })),
      opportunity({ ...rule, labels: { ...opportunity().labels, cohort }, stratumLabel: 'region' }),
    ),
  );
const performances = fc
  .record({
    cohort: fc.constantFrom(null, cohort),
    coverage: fc.constantFrom(
      { labelledShare: null, labelAge: null },
      { labelledShare: { minPercent: 50 }, labelAge: { maxSeconds: 3600 } },
    ),
  })
  .chain((changes) =>
    fc.constantFrom<StatisticDefinition>(
      ...decisionMetrics.map((metric) => performance({ metric, decision: approval, method: 'Wilson' }, changes)),
      performance({ metric: 'Recall', decision: approval, method: 'ClopperPearson' }, changes),
      performance({ metric: 'AUC' }, changes),
    ),
  );
const aDefinition = fc.oneof(fairness, performances);

const aSoundCount = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 500, noNaN: true }), fc.constantFrom(1e15, 1e300, Number.MIN_VALUE));
const aBadCount = fc.constantFrom(NaN, Infinity, -Infinity, -1, -1e-9);

function aRow(count: fc.Arbitrary<number>): fc.Arbitrary<Row> {
  const odd = fc.constantFrom('', '__proto__', 'toString', 'Łódź ☃', '\u0000', 'x'.repeat(200));
  const some = (...values: readonly string[]) =>
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: odd });
  const labels = fc.record(
    {
      group: some('a', 'b', 'c'),
      decision: some('approve', 'deny'),
      outcome: some('repaid', 'defaulted'),
      region: some('n', 's'),
      day: fc.oneof({ weight: 19, arbitrary: fc.constantFrom('2026-05-28', '2026-05-29', '2026-05-31') }, { weight: 1, arbitrary: odd }),
      le: fc.constantFrom('0.2', '0.5', '0.8', '+Inf', 'x'),
    },
    { requiredKeys: ['group', 'decision', 'outcome'] },
  );
  return fc.record({ labels, value: count }).map(({ labels: each, value }) => row(each, value));
}

function read(definition: StatisticDefinition, rows: readonly Row[]) {
  const parts = { value: rows, decisions: [row({ day: '2026-05-28' }, 600)], labelAge: [row({}, 60)] };
  return computeStatistic(definition, modelRows(parts), chiSquareLimit);
}

describe('a statistic of decisions or outcomes', () => {
  it('answers whatever the series are with a number inside its interval or with a reason, and with what can be recorded', () => {
    fc.assert(
      fc.property(aDefinition, fc.array(aRow(fc.oneof(aSoundCount, aBadCount)), { maxLength: 40 }), (definition, rows) => {
        const result = read(definition, rows);
        if (!result.ok) expect(result.failure.message).not.toBe('');
        else {
          const { value, interval, sampleCount } = result.value;
          expect(Number.isFinite(value)).toBe(true);
          expect(sampleCount).toBeGreaterThanOrEqual(0);
          if (interval !== null) {
            expect(interval.low).toBeLessThanOrEqual(value + 1e-9 * Math.abs(value) + 1e-12);
            expect(interval.high).toBeGreaterThanOrEqual(value - 1e-9 * Math.abs(value) - 1e-12);
          }
        }
        const reading = result.ok ? result.value : result.failure;
        const { parameters = {}, counts = {} } = 'computation' in reading ? reading.computation : {};
        expect(Object.keys(counts).length).toBeLessThanOrEqual(64);
        for (const [name, values] of Object.entries(counts)) {
          expect(name.length).toBeLessThanOrEqual(128);
          expect(values.length).toBeLessThanOrEqual(256);
        }
        expect([...Object.values(parameters), ...Object.values(counts).flat()].every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('never makes a number of a count that is none, or of a series that is there twice', () => {
    const whole = outcomeRows({ a: [80, 30, 20, 70], b: [60, 20, 40, 80] });
    const twice = [...whole, ...whole.slice(0, 1)];
    const definitions = [parity(), opportunity(), performance({ metric: 'Recall', decision: approval, method: 'Wilson' })];
    fc.assert(
      fc.property(fc.constantFrom(...definitions), aBadCount, fc.nat(whole.length - 1), (definition, bad, position) => {
        const spoilt = whole.map((each, index) => (index === position ? { ...each, value: bad } : each));
        expect(read(definition, spoilt).ok).toBe(false);
        expect(read(definition, twice)).toMatchObject({ failure: { cause: 'SeveralSeries' } });
      }),
    );
  });
});

function insufficientIn({ computation }: StatisticReading): number {
  return computation.parameters['insufficientGroups'] ?? NaN;
}

function widthOf({ interval }: StatisticReading): number {
  return interval === null ? NaN : interval.high - interval.low;
}

const aGroupCount = fc.integer({ min: 0, max: 3000 });
const someGroups = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'ä'), fc.tuple(aGroupCount, aGroupCount), { minKeys: 1 });
const aParity = fc
  .record({ metric: fc.constantFrom<FairnessMetric>('ParityRatio', 'ParityDifference'), reference: fc.constantFrom(...references) })
  .map(parity);

describe('fairness', () => {
  it('can be computed again from what it records', () => {
    fc.assert(
      fc.property(aParity, someGroups, (definition, groups) => {
        const result = readFairness(definition, parityRows(groups), someTimeMs);
        // Those that are hidden are not recorded one by one.
        fc.pre(result.ok && result.value.computation.parameters['hiddenGroups'] === 0);
        const recorded = Object.entries(result.value.computation.counts).map(([key, [yes = NaN, no = NaN]]) => {
          return [key.replace(/^\w+: /, ''), [yes, no] as const] as const;
        });
        expect(readFairness(definition, parityRows(Object.fromEntries(recorded)), someTimeMs)).toEqual(result);
      }),
    );
  });

  it('does not depend on the order of the series', () => {
    fc.assert(
      fc.property(
        aParity,
        someGroups.chain((groups) =>
          fc.tuple(fc.constant(parityRows(groups)), fc.shuffledSubarray([...parityRows(groups)], { minLength: parityRows(groups).length })),
        ),
        (definition, [rows, shuffled]) => {
          expect(readFairness(definition, shuffled, someTimeMs)).toEqual(readFairness(definition, rows, someTimeMs));
        },
      ),
    );
  });

  it('says the same of a hundred times as many decisions, with less doubt', () => {
    fc.assert(
      fc.property(aParity, someGroups, (definition, groups) => {
        const result = readFairness(definition, parityRows(groups), someTimeMs);
        const more = readFairness(
          definition,
          parityRows(groups).map((each) => ({ ...each, value: each.value * 100 })),
          someTimeMs,
        );
        // With more rows more groups may be told; and half a row more weighs less.
        fc.pre(result.ok && more.ok && Object.values(groups).every(([yes]) => yes > 0));
        fc.pre(insufficientIn(result.value) === insufficientIn(more.value));
        expect(widthOf(more.value)).toBeLessThan(widthOf(result.value));
        expect(more.value.value).toBeCloseTo(result.value.value, 9);
      }),
    );
  });

  it('of one group is never a number', () => {
    fc.assert(
      fc.property(aParity, fc.tuple(aGroupCount, aGroupCount), (definition, counts) => {
        expect(readFairness(definition, parityRows({ a: counts }), someTimeMs).ok).toBe(false);
      }),
    );
  });

  it('of groups treated alike is never beyond doubt unequal', () => {
    fc.assert(
      fc.property(aParity, fc.tuple(aGroupCount, aGroupCount), fc.integer({ min: 1, max: 9 }), (definition, [yes, no], times) => {
        const result = readFairness(definition, parityRows({ a: [yes, no], b: [yes * times, no * times] }), someTimeMs);
        fc.pre(result.ok && yes > 0);
        const alike = definition.metric === 'ParityRatio' ? 1 : 0;
        expect(result.value.value).toBeCloseTo(alike, 9);
        expect(result.value.interval?.low).toBeLessThanOrEqual(alike);
        expect(result.value.interval?.high).toBeGreaterThanOrEqual(alike);
      }),
    );
  });
});
