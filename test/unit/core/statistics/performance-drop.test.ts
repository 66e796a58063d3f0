import { describe, expect, it } from '@jest/globals';
import { chiSquareLimit } from '../../../../src/core/statistics/chi-square-limit.ts';
import { computeStatistic } from '../../../../src/core/statistics/definition.ts';
import type { DecisionMetric, PerformanceDefinition } from '../../../../src/core/statistics/performance.ts';
import type { Row } from '../../../../src/core/statistics/row.ts';
import { approval, confusionRows, performance, type Outcomes } from '../../../builders/decision-rows.ts';
import { loadGolden, expectRelative } from '../../../builders/golden.ts';
import { someTimeMs } from '../../../builders/manual-clock.ts';

const then = { truePositives: 80, falsePositives: 20, falseNegatives: 20, trueNegatives: 180 };
const now: Outcomes = [56, 20, 14, 160];

function drop(metric: DecisionMetric, changes: Partial<PerformanceDefinition> = {}) {
  return performance({ metric, decision: approval, method: 'Wilson' }, { reference: { kind: 'Pinned', cells: then }, ...changes });
}

function read(definition: PerformanceDefinition, byVersion: Readonly<Record<string, readonly Row[]>> = { '2': confusionRows(now) }) {
  const rows = (part: string, version = '2') => (part === 'value' ? (byVersion[version] ?? []) : []);
  return computeStatistic(definition, { version: '2', rows, askedAtMs: someTimeMs }, chiSquareLimit);
}

describe('a drop of performance', () => {
  it.each([
    ['Accuracy', 260 / 300 - 216 / 250],
    ['Precision', 80 / 100 - 56 / 76],
    ['Recall', 80 / 100 - 56 / 70],
    ['FalsePositiveRate', 20 / 180 - 20 / 200],
  ] as const)('of %s is what is lost of it', (metric, lost) => {
    expect(read(drop(metric))).toMatchObject({
      ok: true,
      value: {
        value: expect.closeTo(lost, 12),
        noiseFloor: null,
        computation: {
          statistic: `${metric}Drop/Pinned`,
          parameters: { falseAlarmProbability: 0.05, designEffect: 1, sides: 1 },
          counts: { confusion: now, reference: [80, 20, 20, 180] },
        },
      },
    });
  });

  it.each(loadGolden('proportions', 'newcombe').filter(({ input: { trials1, trials2 } }) => trials1 > 0 && trials2 > 0))(
    'has the interval of the difference of two proportions: $name',
    ({ input: { successes1, trials1, successes2, trials2, confidence }, expected }) => {
      const cells = { truePositives: successes1, falsePositives: 0, falseNegatives: trials1 - successes1, trueNegatives: 0 };
      // On one side only half of what both leave out.
      const definition = drop('Recall', { reference: { kind: 'Pinned', cells }, falseAlarmProbability: (1 - confidence) / 2 });
      const reading = read(definition, { '2': confusionRows([successes2, 0, trials2 - successes2, 0]) });
      if (!reading.ok) throw new Error(reading.failure.message);
      expectRelative(reading.value.interval?.low, expected.low, 1e-9);
      expectRelative(reading.value.interval?.high, expected.high, 1e-9);
    },
  );

  it('from another version is of the same days, and of nothing where it is that version', () => {
    const definition = drop('Recall', { reference: { kind: 'Version', version: '1' } });
    const byVersion = { '2': confusionRows([60, 0, 40, 0]), '1': confusionRows([80, 0, 20, 0]) };
    expect(read(definition, byVersion)).toMatchObject({ ok: true, value: { value: expect.closeTo(0.2, 12), sampleCount: 100 } });
    expect(read(definition, { '2': confusionRows(now) })).toMatchObject({ ok: false, failure: { cause: 'Empty' } });
    expect(read(drop('Recall', { reference: { kind: 'Version', version: '2' } }))).toMatchObject({
      ok: false,
      failure: { cause: 'Incomparable' },
    });
  });

  it('counts rows by their design effect', () => {
    const [plain, alike] = [1, 4].map((designEffect) => read(drop('Recall', { designEffect })));
    if (plain?.ok !== true || alike?.ok !== true) throw new Error('no value');
    expect(alike.value.value).toBeCloseTo(plain.value.value, 12);
    expect(alike.value.sampleCount).toBe(plain.value.sampleCount);
    expect(alike.value.interval?.low).toBeLessThan((plain.value.interval?.low ?? NaN) - 0.05);
  });

  it('is Insufficient without a row in a denominator, and none of what is no proportion', () => {
    const nothingFound = { '2': confusionRows([0, 10, 0, 20]) };
    expect(read(drop('Recall'), nothingFound)).toMatchObject({ ok: false, failure: { cause: 'Insufficient', sampleCount: 0 } });
    expect(read(drop('F1'))).toMatchObject({ ok: false, failure: { cause: 'Incomparable' } });
    expect(read(drop('Recall'), {})).toMatchObject({ ok: false, failure: { cause: 'Empty' } });
  });

  it('waits for the share of outcomes like the metric itself', () => {
    const coverage = { labelledShare: { minPercent: 80 }, labelAge: null };
    expect(read(drop('Recall', { coverage }))).toMatchObject({ ok: false, failure: { cause: 'Empty' } });
  });
});
