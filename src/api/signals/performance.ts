import * as z from 'zod';
import { proportionMetrics } from '../../core/statistics/confusion.ts';
import type { PerformanceDefinition } from '../../core/statistics/performance.ts';
import type { PerformanceReference } from '../../core/statistics/performance-drop.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { CELRule } from '../cel.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import type { IndicatorSpec } from '../model-risk.ts';
import { labelName, percent, promQL, requiredText, seconds } from '../fields.ts';
import {
  cohortLabel,
  cohortRule,
  cohortRules,
  decisionLabel,
  falseAlarmProbability,
  liveOnlyMessage,
  type OutcomeUse,
} from './outcome-fields.ts';
import { designEffect, keepsLabels, type StatisticQueries } from './statistic-signal.ts';

const metric = z.enum(['Accuracy', 'Precision', 'Recall', 'FalsePositiveRate', 'F1', 'MCC', 'AUC']).meta({
  description:
    'What is measured, 0 to 1 (MCC: -1 to 1). FalsePositiveRate is bad when high (direction Above), all others when low (Below). AUC reads scores in buckets (label le) instead of decisions. MCC has no interval and is judged by its point.',
});

const labelled = z
  .object({
    decisions: promQL('PromQL that answers the decisions of the window: identity labels, and cohortLabel where given.'),
    minPercent: percent('With outcomes for a smaller share of the decisions there is no verdict. 0: the share is only recorded.'),
  })
  .meta({ description: 'Share of the decisions whose outcome has arrived.' });

const labelAge = z
  .object({
    query: promQL('PromQL that answers how old labels are when they arrive, in seconds: identity labels.'),
    maxSeconds: seconds(1, 'With older labels there is no verdict: they speak of another time.'),
  })
  .meta({ description: 'Time from a decision to its outcome.' });

export const performanceSchema = z
  .object({
    outcomes: promQL(
      'PromQL that answers the increase of counters of outcomes: identity labels, decisionLabel (AUC: le), outcomeLabel, and cohortLabel where given.',
    ),
    metric,
    decisionLabel,
    positiveDecision: requiredText(
      63,
      'Value of decisionLabel that foretells positiveOutcome. Required, but for AUC, which reads no decision.',
    ).exactOptional(),
    outcomeLabel: labelName('Label that says what came of the decision. Default outcome.').default('outcome'),
    positiveOutcome: requiredText(
      63,
      'Value of outcomeLabel that the model is to foretell, e.g. default; every other value means that it did not come true.',
    ),
    interval: z.enum(['Wilson', 'ClopperPearson']).default('Wilson').meta({
      description:
        'Interval of a proportion. Wilson: right on average. ClopperPearson: never too narrow, and wider. Default Wilson. AUC has its own.',
    }),
    designEffect,
    falseAlarmProbability,
    labelled: labelled.exactOptional(),
    labelAge: labelAge.exactOptional(),
    cohortLabel,
  })
  .meta({ description: 'How well the model does, from the outcomes that have arrived.' });

/** Labels beside those of the identity are found out from the parsed query: rules over texts this long are dear to the server. */
export const performanceRules: readonly CELRule[] = [
  {
    rule: `!has(self.performance) || (${keepsLabels('self.performance.outcomes')})`,
    fieldPath: '.performance.outcomes',
    message:
      'keep every label of identity in the result, the namespace label above all: aggregate by (namespace, model, ..., decision, outcome), for AUC by (namespace, model, ..., le, outcome)',
  },
  {
    rule: "!has(self.performance) || (self.performance.metric == 'AUC') != has(self.performance.positiveDecision)",
    fieldPath: '.performance.positiveDecision',
    message: 'write positiveDecision, the decision that foretells positiveOutcome; leave it out with AUC, which reads scores',
  },
  {
    rule: "!has(self.performance) || !('Shadow' in self.measurableIn)",
    fieldPath: '.measurableIn',
    message: liveOnlyMessage,
  },
  ...cohortRules('performance'),
];

type PerformanceSpec = DeepReadonly<z.output<typeof performanceSchema>>;

export function performanceQueries(spec: PerformanceSpec): StatisticQueries {
  const byDay = spec.cohortLabel === undefined ? [] : [spec.cohortLabel];
  const part = (name: string, query: string | undefined, labels: readonly string[]) =>
    query === undefined ? [] : [{ name, query, labels, isBaseline: byDay.length > 0 }];
  return {
    query: spec.outcomes,
    labels: [spec.metric === 'AUC' ? 'le' : spec.decisionLabel, spec.outcomeLabel, ...byDay],
    ...(byDay.length === 0 ? {} : { countsByDay: true }),
    parts: [...part('decisions', spec.labelled?.decisions, byDay), ...part('labelAge', spec.labelAge?.query, [])],
  };
}

/** Failure: the end of a sentence about the signal. */
export function performanceDefinition(
  spec: PerformanceSpec,
  use: OutcomeUse,
  comparedWith: ComparedWith,
): Result<PerformanceDefinition, string> {
  const { metric: measured, positiveDecision, labelled: share, labelAge: age } = spec;
  const compared = referenceOf(measured, comparedWith);
  if (!compared.ok) return compared;
  const isDrop = compared.value !== undefined;
  const bad = isDrop || measured === 'FalsePositiveRate' ? 'Above' : 'Below';
  const what = isDrop ? `how much worse ${measured} is than signal.reference` : measured;
  if (use.indicator.threshold.direction !== bad)
    return failure(`measures ${what}, which is bad when it is ${bad === 'Below' ? 'low' : 'high'}; write threshold.direction: ${bad}`);
  if (measured !== 'AUC' && positiveDecision === undefined)
    return failure('reads decisions; have performance.positiveDecision added to it');
  if (measured === 'MCC' && spec.designEffect !== 1)
    return failure('measures MCC, which has no interval to widen; have designEffect left out of it, or another metric written');
  if (measured === 'MCC' && (use.indicator.minSamples ?? 0) < 1)
    return failure('measures MCC, which has no interval, so that a handful of rows would do; write minSamples');
  const cohort = cohortRule(spec.cohortLabel, true, use);
  if (!cohort.ok) return cohort;
  return success({
    kind: 'Performance',
    outcome: { label: spec.outcomeLabel, yes: spec.positiveOutcome },
    cohort: cohort.value,
    designEffect: spec.designEffect,
    falseAlarmProbability: spec.falseAlarmProbability,
    coverage: {
      labelledShare: share === undefined ? null : { minPercent: share.minPercent },
      labelAge: age === undefined ? null : { maxSeconds: age.maxSeconds },
    },
    ...(compared.value === undefined ? {} : { reference: compared.value }),
    measure:
      measured === 'AUC'
        ? { metric: measured }
        : { metric: measured, decision: { label: spec.decisionLabel, yes: positiveDecision ?? '' }, method: spec.interval },
  });
}

/** What the indicator compares to, and the version under guard. */
interface ComparedWith {
  readonly reference: Extract<IndicatorSpec['signal'], { readonly template: unknown }>['reference'];
  readonly version: string;
  readonly tellsVersionsApart: boolean;
}

function referenceOf(
  measured: string,
  { reference, version, tellsVersionsApart }: ComparedWith,
): Result<PerformanceReference | undefined, string> {
  if (reference === undefined) return success(undefined);
  if (!proportionMetrics.some((each) => each === measured))
    return failure(
      `measures ${measured}, whose drop has no interval; leave signal.reference out, or have one of ${proportionMetrics.join(', ')} measured`,
    );
  if ('confusion' in reference) return success({ kind: 'Pinned', cells: reference.confusion });
  if (!('champion' in reference))
    return failure('compares outcomes; write signal.reference.confusion, or champion for another version, or leave signal.reference out');
  const { version: champion } = reference.champion;
  if (!tellsVersionsApart) return failure('does not tell versions apart; have identity.version added, or choose another signal.reference');
  return champion === version
    ? failure(`is compared to itself; write another version than ${version} in signal.reference.champion`)
    : success({ kind: 'Version', version: champion });
}
