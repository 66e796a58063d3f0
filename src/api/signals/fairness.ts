import * as z from 'zod';
import type { FairnessDefinition } from '../../core/statistics/fairness.ts';
import type { ReferenceGroup } from '../../core/statistics/fairness-comparison.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { CELRule } from '../cel.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { labelName, promQL, requiredText } from '../fields.ts';
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

const metric = z.enum(['ParityRatio', 'ParityDifference', 'EqualOpportunity', 'EqualisedOdds', 'PredictiveParity']).meta({
  description:
    'What groups must be alike in. ParityRatio: share of favourable decisions, as ratio to the reference (direction Below). All others are absolute differences (direction Above): ParityDifference of that share; EqualOpportunity of it among those whose outcome was positive; EqualisedOdds the larger of that and of it among all others; PredictiveParity of the positive outcomes among favourable decisions.',
});

export const fairnessSchema = z
  .object({
    decisions: promQL(
      'PromQL that answers the increase of counters of decisions: identity labels, groupLabel, decisionLabel, and outcomeLabel, stratifyBy and cohortLabel where given.',
    ),
    metric,
    groupLabel: labelName(
      'Label that says which group of people a decision was about. Its values are shown in status and records: write codes (g1, g2), never names of people or of what they are. Groups with fewer than 10 decisions are not shown. Default group.',
    ).default('group'),
    decisionLabel,
    favourableDecision: requiredText(
      63,
      'Value of decisionLabel that is good for whom it is about, e.g. approve. The other way round a ratio says the opposite of what is meant.',
    ),
    outcomeLabel: labelName(
      'Label that says what came of the decision. Required by metrics that need outcomes, refused by the others.',
    ).exactOptional(),
    positiveOutcome: requiredText(
      63,
      'Value of outcomeLabel that earns the favourable decision, e.g. repaid. Given with outcomeLabel.',
    ).exactOptional(),
    referenceGroup: requiredText(
      100,
      'What groups are compared to: the name of one group, Highest (the group with the highest rate; intervals are wider, because the data choose it) or Overall (all decisions together). Default Highest.',
    ).default('Highest'),
    designEffect,
    falseAlarmProbability,
    minGroupSharePercent: z.int().min(0).max(50).default(2).meta({
      description: 'Groups with a smaller share of all decisions are not compared. Default 2.',
    }),
    minGroupSamples: z.int().min(10).max(1_000_000).default(30).meta({
      description: 'Groups with fewer rows behind a rate are not compared. Default 30.',
    }),
    stratifyBy: labelName(
      'Label whose values are compared apart and pooled after Mantel and Haenszel, so that groups are not blamed for where they stand. Refused by ParityRatio. Left out: not stratified.',
    ).exactOptional(),
    cohortLabel,
  })
  .meta({ description: 'How evenly decisions fall on groups: the worst group, with an interval that holds for all of them.' });

const isParity = "self.fairness.metric in ['ParityRatio', 'ParityDifference']";

/** Labels beside those of the identity are found out from the parsed query: rules over texts this long are dear to the server. */
export const fairnessRules: readonly CELRule[] = [
  {
    rule: `!has(self.fairness) || (${keepsLabels('self.fairness.decisions')})`,
    fieldPath: '.fairness.decisions',
    message:
      'keep every label of identity in the result, the namespace label above all: aggregate by (namespace, model, ..., group, decision, ...)',
  },
  {
    rule: `!has(self.fairness) || (${isParity} ? !has(self.fairness.outcomeLabel) && !has(self.fairness.positiveOutcome) : has(self.fairness.outcomeLabel) && has(self.fairness.positiveOutcome))`,
    fieldPath: '.fairness.outcomeLabel',
    message:
      'ParityRatio and ParityDifference look at decisions alone: leave outcomeLabel and positiveOutcome out; every other metric needs both',
  },
  {
    rule: `!has(self.fairness) || ${isParity} || !('Shadow' in self.measurableIn)`,
    fieldPath: '.measurableIn',
    message: liveOnlyMessage,
  },
  {
    rule: "!has(self.fairness) || !has(self.fairness.stratifyBy) || self.fairness.metric != 'ParityRatio'",
    fieldPath: '.fairness.stratifyBy',
    message: 'strata are pooled as differences: write metric ParityDifference, or leave stratifyBy out',
  },
  {
    rule: `!has(self.fairness) || !has(self.fairness.cohortLabel) || has(self.fairness.outcomeLabel)`,
    fieldPath: '.fairness.cohortLabel',
    message: 'decisions without outcomes need no time to ripen: leave cohortLabel out',
  },
  ...cohortRules('fairness'),
];

type FairnessSpec = DeepReadonly<z.output<typeof fairnessSchema>>;

export function fairnessQueries({
  decisions,
  groupLabel,
  decisionLabel: decision,
  outcomeLabel,
  stratifyBy,
  cohortLabel: cohort,
}: FairnessSpec): StatisticQueries {
  const labels = [groupLabel, decision, outcomeLabel, stratifyBy, cohort].filter((label) => label !== undefined);
  return { query: decisions, labels, parts: [], ...(cohort === undefined ? {} : { countsByDay: true }) };
}

/** Failure: the end of a sentence about the signal. */
export function fairnessDefinition(spec: FairnessSpec, use: OutcomeUse): Result<FairnessDefinition, string> {
  const { metric: measured, outcomeLabel, positiveOutcome } = spec;
  const bad = measured === 'ParityRatio' ? 'Below' : 'Above';
  if (use.indicator.threshold.direction !== bad)
    return failure(`measures ${measured}, which is bad when it is ${bad === 'Below' ? 'low' : 'high'}; write threshold.direction: ${bad}`);
  const outcome = outcomeLabel === undefined || positiveOutcome === undefined ? null : { label: outcomeLabel, yes: positiveOutcome };
  const cohort = cohortRule(spec.cohortLabel, outcome !== null, use);
  if (!cohort.ok) return cohort;
  return success({
    kind: 'Fairness',
    metric: measured,
    labels: { decision: { label: spec.decisionLabel, yes: spec.favourableDecision }, outcome, cohort: cohort.value },
    groupLabel: spec.groupLabel,
    stratumLabel: spec.stratifyBy ?? null,
    reference: toReference(spec.referenceGroup),
    designEffect: spec.designEffect,
    falseAlarmProbability: spec.falseAlarmProbability,
    minGroupSharePercent: spec.minGroupSharePercent,
    minGroupSamples: spec.minGroupSamples,
  });
}

function toReference(name: string): ReferenceGroup {
  return name === 'Highest' || name === 'Overall' ? { kind: name } : { kind: 'Named', name };
}
