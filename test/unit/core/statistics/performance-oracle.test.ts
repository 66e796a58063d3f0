import { describe, expect, it } from '@jest/globals';

import { readPerformance, type DecisionMetric } from '../../../../src/core/statistics/performance.ts';
import { areaUnderCurve, measureSeparation, standardError } from '../../../../src/core/statistics/separation.ts';
import { approval, confusionRows, modelRows, performance, repayment, row } from '../../../builders/decision-rows.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';
import { someTimeMs } from '../../../builders/manual-clock.ts';

const proportions = { Accuracy: 'accuracy', Precision: 'precision', Recall: 'recall', FalsePositiveRate: 'fpr' } as const;

describe('rates against scikit-learn and statsmodels', () => {
  it.each(loadGolden('performance', 'confusion'))('$name', ({ input, expected }) => {
    const { tp, fp, fn, tn, confidence } = input;
    const read = (metric: DecisionMetric) => {
      const measure = { metric, decision: approval, method: 'Wilson' as const };
      const rows = confusionRows([tp, fp, fn, tn]);
      return readPerformance(performance(measure, { falseAlarmProbability: 1 - confidence }), modelRows({ value: rows }));
    };
    for (const [metric, figure] of Object.entries(proportions)) {
      const [reading, known] = [read(metric as keyof typeof proportions), expected[figure]];
      expect(reading.ok).toBe(known !== null);
      if (!reading.ok || known === null) continue;
      expectRelative(reading.value.value, known.value, 1e-9);
      expectRelative(reading.value.interval?.low, known.low, 1e-9);
      expectRelative(reading.value.interval?.high, known.high, 1e-9);
    }
    for (const [metric, figure] of [
      ['F1', 'f1'],
      ['MCC', 'mcc'],
    ] as const) {
      const reading = read(metric);
      expect(reading.ok).toBe(expected[figure] !== null);
      if (reading.ok) expectRelative(reading.value.value, expected[figure], 1e-9);
    }
  });
});

const rule = { outcome: repayment, cohort: null, falseAlarmProbability: 0.05 };

/** Cumulative buckets with the bounds 1, 2, ..., +Inf, below them an empty one: fewer than three say nothing. */
function bucketRows(bins: readonly { readonly positives: number; readonly negatives: number }[]) {
  const le = (bin: number) => (bin === bins.length - 1 ? '+Inf' : String(bin + 1));
  const upTo = (bin: number, side: 'positives' | 'negatives') => bins.slice(0, bin + 1).reduce((sum, each) => sum + each[side], 0);
  const empty = ['repaid', 'defaulted'].map((outcome) => row({ outcome, le: '0' }, 0));
  const full = bins.flatMap((_counts, bin) => [
    row({ outcome: 'repaid', le: le(bin) }, upTo(bin, 'positives')),
    row({ outcome: 'defaulted', le: le(bin) }, upTo(bin, 'negatives')),
  ]);
  return [...empty, ...full];
}

describe('the area under the curve against scikit-learn', () => {
  it.each(loadGolden('performance', 'auc'))('$name', ({ input, expected }) => {
    if (expected === null) {
      const rows = bucketRows(input.bins);
      expect(measureSeparation(rule, rows, someTimeMs)).toMatchObject({ failure: { cause: 'Insufficient' } });
      return;
    }
    const [positive, other] = [input.bins.map(({ positives }) => positives), input.bins.map(({ negatives }) => negatives)];
    const { value, ambiguity } = areaUnderCurve(positive, other);
    expectRelative(value, expected.auc, 1e-9);
    expectRelative(ambiguity, expected.ambiguity, 1e-9);
    const [positives, others] = [positive, other].map((counts) => counts.reduce((sum, count) => sum + count, 0)) as [number, number];
    // Closer to a perfect area than half a row the formula says less than ours does.
    const isPerfect = Math.min(value, 1 - value) < 0.5 / Math.min(positives, others);
    if (isPerfect) expect(standardError(value, positives, others)).toBeGreaterThan(expected.seHanleyMcNeil);
    else expectRelative(standardError(value, positives, others), expected.seHanleyMcNeil, 1e-9);
  });
});
