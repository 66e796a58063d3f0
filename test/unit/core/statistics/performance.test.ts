import { describe, expect, it } from '@jest/globals';
import { readPerformance, type DecisionMetric, type PerformanceDefinition } from '../../../../src/core/statistics/performance.ts';
import { clopperPearson, wilson } from '../../../../src/core/statistics/proportion.ts';
import type { Row } from '../../../../src/core/statistics/row.ts';
import { approval, confusionRows, modelRows, performance, row } from '../../../builders/decision-rows.ts';

const measure = (metric: DecisionMetric, method: 'Wilson' | 'ClopperPearson' = 'Wilson') => ({ metric, decision: approval, method });

function reading(definition: PerformanceDefinition, rows: readonly Row[]) {
  const result = readPerformance(definition, modelRows({ value: rows }));
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

describe('readPerformance', () => {
  // 40 true positives, 10 false, 20 missed, 130 true negatives.
  const rows = confusionRows([40, 10, 20, 130]);

  it.each<[DecisionMetric, number, number]>([
    ['Accuracy', 170, 200],
    ['Precision', 40, 50],
    ['Recall', 40, 60],
    ['FalsePositiveRate', 10, 140],
  ])('%s is %p of %p, with the interval of a proportion', (metric, successes, trials) => {
    const { value, interval, sampleCount, computation, noiseFloor } = reading(performance(measure(metric)), rows);
    expect(value).toBeCloseTo(successes / trials, 14);
    expect(interval).toEqual(wilson({ successes, trials }, 0.05));
    expect(sampleCount).toBe(trials);
    expect(noiseFloor).toBeNull();
    expect(computation).toEqual({
      statistic: metric,
      parameters: { falseAlarmProbability: 0.05, designEffect: 1 },
      counts: { confusion: [40, 10, 20, 130] },
    });
  });

  it('gives the exact interval where the policy asks for it', () => {
    expect(reading(performance(measure('Recall', 'ClopperPearson')), rows).interval).toEqual(
      clopperPearson({ successes: 40, trials: 60 }, 0.05),
    );
  });

  it('F1 is the harmonic mean of precision and recall, its interval that of the overlap carried over', () => {
    const { value, interval, sampleCount } = reading(performance(measure('F1')), rows);
    const [precision, recall] = [40 / 50, 40 / 60];
    expect(value).toBeCloseTo((2 * precision * recall) / (precision + recall), 14);
    expect(sampleCount).toBe(70);
    const overlap = wilson({ successes: 40, trials: 70 }, 0.05);
    expect(interval).toEqual({ low: (2 * overlap.low) / (1 + overlap.low), high: (2 * overlap.high) / (1 + overlap.high) });
  });

  it('MCC has no interval', () => {
    const { value, interval, sampleCount } = reading(performance(measure('MCC')), rows);
    expect(value).toBeCloseTo((40 * 130 - 10 * 20) / Math.sqrt(50 * 60 * 140 * 150), 14);
    expect(interval).toBeNull();
    expect(sampleCount).toBe(200);
  });

  it.each([1e15, 1e150])('holds for counts of %p', (scale) => {
    const large = confusionRows([4 * scale, scale, 2 * scale, 13 * scale]);
    expect(reading(performance(measure('MCC')), large).value).toBeCloseTo((4 * 13 - 2) / Math.sqrt(5 * 6 * 14 * 15), 12);
    const { value, interval } = reading(performance(measure('Recall')), large);
    expect(value).toBeCloseTo(2 / 3, 12);
    expect(interval?.low).toBeLessThanOrEqual(value);
  });

  it.each<[DecisionMetric, readonly [number, number, number, number]]>([
    ['Precision', [0, 0, 5, 5]],
    ['Recall', [0, 5, 0, 5]],
    ['FalsePositiveRate', [5, 0, 5, 0]],
    ['F1', [0, 0, 0, 5]],
    ['MCC', [5, 5, 0, 0]],
  ])('%s without a denominator is Insufficient, not 0', (metric, cells) => {
    expect(readPerformance(performance(measure(metric)), modelRows({ value: confusionRows(cells) }))).toMatchObject({
      ok: false,
      failure: { cause: 'Insufficient', sampleCount: 0, message: `no row in the window is in the denominator of ${metric}` },
    });
  });
});

describe('coverage', () => {
  const value = confusionRows([40, 10, 20, 130]);
  const coverage = { labelledShare: { minPercent: 80 }, labelAge: { maxSeconds: 3600 } };
  const definition = performance(measure('Recall'), { coverage });
  const parts = (decisions: number, age: number) => modelRows({ value, decisions: [row({}, decisions)], labelAge: [row({}, age)] });

  it('is recorded with the value', () => {
    expect(readPerformance(definition, parts(250, 3600))).toMatchObject({
      ok: true,
      value: { computation: { parameters: { falseAlarmProbability: 0.05, labelledPercent: 80, labelAgeSeconds: 3600 } } },
    });
  });

  it.each([
    ['too few labels', parts(251, 60), '79.7 % of the decisions have an outcome, minLabelledPercent is 80'],
    ['labels that are too old', parts(200, 3601), 'outcomes are 3601 s old, maxLabelAgeSeconds is 3600'],
    ['both', parts(400, 7200), '50.0 % of the decisions have an outcome, minLabelledPercent is 80; outcomes are 7200 s old'],
  ])('with %s is Insufficient, and keeps the counts', (_what, model, message) => {
    expect(readPerformance(definition, model)).toMatchObject({
      failure: {
        cause: 'Insufficient',
        sampleCount: 60,
        message: expect.stringContaining(message),
        computation: { counts: { confusion: [40, 10, 20, 130] } },
      },
    });
  });

  it.each([
    ['no decisions', { value, labelAge: [row({}, 1)] }, 'Empty'],
    ['decisions that are 0', { value, decisions: [row({}, 0)], labelAge: [row({}, 1)] }, 'Empty'],
    ['several series', { value, decisions: [row({ pod: 'a' }, 250), row({ pod: 'b' }, 1)], labelAge: [row({}, 1)] }, 'SeveralSeries'],
    ['no age', { value, decisions: [row({}, 200)] }, 'Empty'],
    ['an age that is NaN', { value, decisions: [row({}, 200)], labelAge: [row({}, NaN)] }, 'NotANumber'],
  ])('of %s is a gap', (_what, model, cause) => {
    expect(readPerformance(definition, modelRows(model))).toMatchObject({ ok: false, failure: { cause } });
  });

  it('counts the days that are old enough on both sides', () => {
    const days = ['2026-01-01', '2026-01-02'];
    const cohort = { label: 'day', labelMaturitySeconds: 86_400, windowSeconds: 86_400 };
    const model = modelRows(
      {
        value: days.flatMap((day) => confusionRows([40, 10, 20, 130], { day })),
        decisions: days.map((day) => row({ day }, 250)),
        labelAge: [row({}, 1)],
      },
      Date.parse('2026-01-03T06:00:00Z'),
    );
    expect(readPerformance({ ...definition, cohort }, model)).toMatchObject({
      ok: true,
      value: { sampleCount: 60, dataTimeMs: Date.parse('2026-01-02T00:00:00Z'), computation: { parameters: { labelledPercent: 80 } } },
    });
  });
});
