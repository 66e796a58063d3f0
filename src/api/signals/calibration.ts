import * as z from 'zod';
import type { Direction } from '../../core/model/indicator.ts';
import type { CalibrationDefinition } from '../../core/statistics/calibration.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { labelName, promQL } from '../fields.ts';
import { designEffect, falseAlarmProbability, keepsLabels, type StatisticQueries } from './statistic-signal.ts';

export const calibrationSchema = z
  .object({
    rows: promQL('PromQL that answers the increase of rows whose outcome arrived: identity labels and the bin label.'),
    scoreSum: promQL('PromQL, same labels, that answers the increase of the sum of their scores.'),
    positives: promQL('PromQL, same labels, that answers the increase of rows whose outcome was positive.'),
    binLabel: labelName('Label that says which bin of scores a count is of.'),
    metric: z.enum(['ExpectedCalibrationError', 'ObservedExpectedRatio', 'Slope', 'Intercept']).meta({
      description:
        'ExpectedCalibrationError: share-weighted gap between score and outcome, 0 is perfect. ObservedExpectedRatio: outcomes over scores, 1 is perfect. Slope: below 1 the scores are too extreme. Intercept: above 0 they are too low.',
    }),
    designEffect,
    falseAlarmProbability,
  })
  .meta({
    description:
      'Whether scores mean what they say, from outcomes counted by score bin. Never measurable in Shadow: nobody acted on the answer.',
  });

export const calibrationRules = [
  {
    rule: `!has(self.calibration) || [self.calibration.rows, self.calibration.scoreSum, self.calibration.positives].all(q, q.contains(self.calibration.binLabel) && ${keepsLabels('q')})`,
    fieldPath: '.calibration.rows',
    message:
      'keep the bin label and every label of identity in all three results, the namespace label above all: aggregate by (namespace, model, ..., score_bin)',
  },
  {
    rule: "!has(self.calibration) || !('Shadow' in self.measurableIn)",
    fieldPath: '.measurableIn',
    message: 'calibration needs outcomes, and a mirrored answer has none: write measurableIn: [Live]',
  },
] as const;

type CalibrationSpec = DeepReadonly<z.output<typeof calibrationSchema>>;

export function calibrationQueries({ rows, scoreSum, positives, binLabel }: CalibrationSpec): StatisticQueries {
  const part = (name: string, query: string) => ({ name, query, labels: [binLabel], isBaseline: false });
  return { query: rows, labels: [binLabel], parts: [part('scoreSum', scoreSum), part('positives', positives)] };
}

/** Failure: the end of a sentence about the signal. */
export function calibrationDefinition(spec: CalibrationSpec, direction: Direction): Result<CalibrationDefinition, string> {
  if (spec.metric === 'ExpectedCalibrationError' && direction !== 'Above')
    return failure('measures an error, which is bad when it is large; write threshold.direction: Above');
  const { metric, binLabel, designEffect: effect, falseAlarmProbability: alpha } = spec;
  return success({ kind: 'Calibration', metric, binLabel, designEffect: effect, falseAlarmProbability: alpha });
}
