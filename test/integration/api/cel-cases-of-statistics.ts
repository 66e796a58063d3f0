import { fairnessSignal, opportunitySignal, performanceSignal, riskPolicyManifest, withValue } from '../../builders/api.ts';
import { anomalyTemplate, burnRateTemplate, calibrationTemplate, comparisonTemplate } from '../../builders/statistic-template.ts';
import { casesOf, type CELCase, type Change, type Variation } from './cel-case.ts';

/** The policy with one statistic more, whose fields stand below `spec.signals[2]`. */
function casesBelow(signal: unknown, variations: readonly Variation[]): readonly CELCase[] {
  return casesOf(
    withValue(riskPolicyManifest(), 'spec.signals[2]', signal),
    variations.map((each) => ({ ...each, field: `spec.signals[2].${each.field}`, accept: below(each.accept), reject: below(each.reject) })),
  );
}

function below(changes: readonly Change[]): readonly Change[] {
  return changes.map(([path, value]) => [`spec.signals[2].${path}`, value]);
}

const ofFeatures = 'sum by (namespace, model, version, served, feature, le) (increase(feature_bucket[10m]))';
const parityCases = casesBelow(fairnessSignal(), [
  {
    field: 'fairness.decisions',
    message:
      'keep every label of identity in the result, the namespace label above all: aggregate by (namespace, model, ..., group, decision, ...)',
    accept: [
      ['fairness.groupLabel', 'sex'],
      ['fairness.decisions', 'sum by (namespace, model, version, sex, decision) (increase(decisions[7d]))'],
    ],
    reject: [['fairness.decisions', 'sum by (model, version, group, decision) (increase(decisions[7d]))']],
  },
  {
    field: 'fairness.stratifyBy',
    message: 'strata are pooled as differences: write metric ParityDifference, or leave stratifyBy out',
    accept: [
      ['fairness.stratifyBy', 'group'],
      ['fairness.metric', 'ParityDifference'],
    ],
    reject: [['fairness.stratifyBy', 'group']],
  },
  {
    field: 'fairness.cohortLabel',
    message: 'decisions without outcomes need no time to ripen: leave cohortLabel out',
    accept: [['measurableIn', ['Live', 'Shadow']]],
    reject: [['fairness.cohortLabel', 'group']],
  },
]);

const opportunityCases = casesBelow(opportunitySignal(), [
  {
    field: 'fairness.outcomeLabel',
    message:
      'ParityRatio and ParityDifference look at decisions alone: leave outcomeLabel and positiveOutcome out; every other metric needs both',
    accept: [['fairness.metric', 'EqualisedOdds']],
    reject: [['fairness.positiveOutcome', undefined]],
  },
  {
    field: 'measurableIn',
    message:
      'nobody acts on mirrored answers, so no outcome comes of them: leave Shadow out of measurableIn, or measure decisions without outcomes',
    accept: [['measurableIn', ['Live']]],
    reject: [['measurableIn', ['Live', 'Shadow']]],
  },
  {
    field: 'windowSeconds',
    message: 'with cohortLabel the window is of whole days: write a multiple of 86400',
    accept: [['windowSeconds', 86_400]],
    reject: [['windowSeconds', 90_000]],
  },
]);

const performanceCases = casesBelow(performanceSignal(), [
  {
    field: 'performance.outcomes',
    message:
      'keep every label of identity in the result, the namespace label above all: aggregate by (namespace, model, ..., decision, outcome), for AUC by (namespace, model, ..., le, outcome)',
    accept: [
      ['performance.metric', 'AUC'],
      ['performance.positiveDecision', undefined],
      ['performance.outcomes', 'sum by (namespace, model, version, le, outcome, day) (increase(outcome_score_bucket[60d]))'],
    ],
    reject: [['performance.outcomes', 'sum by (model, version, decision, outcome, day) (increase(outcomes[60d]))']],
  },
  {
    field: 'performance.positiveDecision',
    message: 'write positiveDecision, the decision that foretells positiveOutcome; leave it out with AUC, which reads scores',
    accept: [['performance.metric', 'F1']],
    reject: [['performance.positiveDecision', undefined]],
  },
  {
    field: 'measurableIn',
    message:
      'nobody acts on mirrored answers, so no outcome comes of them: leave Shadow out of measurableIn, or measure decisions without outcomes',
    accept: [['measurableIn', ['Live']]],
    reject: [['measurableIn', ['Shadow']]],
  },
  {
    field: 'windowSeconds',
    message: 'with cohortLabel the window is of whole days: write a multiple of 86400',
    accept: [['performance.labelAge', undefined]],
    reject: [['windowSeconds', 86_401]],
  },
]);

const seriesCases = casesOf(riskPolicyManifest(), [
  {
    field: 'spec.signals[2].calibration.rows',
    message:
      'keep the bin label and every label of identity in all three results, the namespace label above all: aggregate by (namespace, model, ..., score_bin)',
    accept: [['spec.signals[2]', calibrationTemplate()]],
    reject: [
      ['spec.signals[2]', calibrationTemplate()],
      ['spec.signals[2].calibration.positives', 'sum by (namespace, model, version) (increase(positives[1h]))'],
    ],
  },
  {
    field: 'spec.signals[2].measurableIn',
    message: 'calibration needs outcomes, and a mirrored answer has none: write measurableIn: [Live]',
    accept: [['spec.signals[2]', { ...calibrationTemplate(), measurableIn: ['Live'] }]],
    reject: [['spec.signals[2]', { ...calibrationTemplate(), measurableIn: ['Live', 'Shadow'] }]],
  },
  {
    field: 'spec.signals[2].burnRate.long.bad',
    message: 'keep every label of identity in all four results, the namespace label above all: aggregate by (namespace, model, ...)',
    accept: [['spec.signals[2]', burnRateTemplate()]],
    reject: [
      ['spec.signals[2]', burnRateTemplate()],
      ['spec.signals[2].burnRate.short.total', 'sum(increase(requests_total[5m]))'],
    ],
  },
  {
    field: 'spec.signals[1].drift.live',
    message: 'keep the label of feature in the result, beside le (or the label of category) and the labels of identity',
    accept: [
      ['spec.signals[1].drift.live', ofFeatures],
      ['spec.signals[1].drift.feature', 'feature'],
    ],
    reject: [['spec.signals[1].drift.feature', 'feature']],
  },
  {
    field: 'spec.signals[1].drift.feature',
    message: 'write a label that tells features apart: neither le, nor the label of category, nor one of identity',
    accept: [
      ['spec.signals[1].drift.live', ofFeatures],
      ['spec.signals[1].drift.feature', 'feature'],
    ],
    reject: [['spec.signals[1].drift.feature', 'le']],
  },
  {
    field: 'spec.signals[1].drift.metric',
    message: 'of a Wasserstein distance no p-value is known, which many features take: write KolmogorovSmirnov, or leave feature out',
    accept: [
      ['spec.signals[1].drift.live', ofFeatures],
      ['spec.signals[1].drift.feature', 'feature'],
    ],
    reject: [
      ['spec.signals[1].drift.live', ofFeatures],
      ['spec.signals[1].drift.feature', 'feature'],
      ['spec.signals[1].drift.metric', 'Wasserstein'],
    ],
  },
  {
    field: 'spec.signals[1].drift.histogram',
    message: 'a counter by category is no histogram: leave histogram out beside category',
    accept: [
      ['spec.signals[1].drift.live', 'sum by (namespace, model, version, served) (increase(score[10m]))'],
      ['spec.signals[1].drift.histogram', 'Native'],
    ],
    reject: [
      ['spec.signals[1].drift.live', 'sum by (namespace, model, version, served, purpose) (increase(applications_total[10m]))'],
      ['spec.signals[1].drift.category', 'purpose'],
      ['spec.signals[1].drift.histogram', 'Native'],
    ],
  },
  {
    field: 'spec.signals[1].drift.metric',
    message: 'categories have no order: write PSI, JensenShannon, Hellinger, TotalVariation, LInfinity or CramersV',
    accept: [['spec.signals[1].drift.metric', 'Wasserstein']],
    reject: [
      ['spec.signals[1].drift.live', 'sum by (namespace, model, version, served, purpose) (increase(applications_total[10m]))'],
      ['spec.signals[1].drift.category', 'purpose'],
      ['spec.signals[1].drift.metric', 'Wasserstein'],
    ],
  },
  {
    field: 'spec.signals[2].anomaly.query',
    message:
      'keep every label of identity in the result of anomaly.query, the namespace label above all: aggregate by (namespace, model, ...)',
    accept: [['spec.signals[2]', anomalyTemplate()]],
    reject: [['spec.signals[2]', anomalyTemplate({ query: 'sum(increase(predictions_total[5m]))' })]],
  },
  {
    field: 'spec.signals[2].anomaly.everySeconds',
    message: 'readings that share data prove nothing together: write everySeconds of at least windowSeconds',
    accept: [['spec.signals[2]', anomalyTemplate({ everySeconds: 301 })]],
    reject: [['spec.signals[2]', anomalyTemplate({ everySeconds: 299 })]],
  },
  {
    field: 'spec.signals[2].anomaly.floor',
    message: 'floor goes with method Seasonal, and Seasonal needs one: write it there, leave it out elsewhere',
    accept: [['spec.signals[2]', anomalyTemplate({ method: 'Seasonal', everySeconds: 604_800, floor: 2 })]],
    reject: [['spec.signals[2]', anomalyTemplate({ method: 'Seasonal', everySeconds: 604_800 })]],
  },
]);

const comparisonCases = casesBelow(comparisonTemplate(), [
  {
    field: 'comparison.events',
    message: 'keep every label of identity in both results, the namespace label above all: aggregate by (namespace, model, version, ...)',
    accept: [['comparison.designEffect', 2]],
    reject: [['comparison.total', 'sum(increase(requests_total[1m]))']],
  },
  {
    field: 'comparison',
    message: 'two versions are compared: write identity.version, the label that tells them apart',
    accept: [['measurableIn', ['Live', 'Shadow']]],
    reject: [['identity.version', undefined]],
  },
  {
    field: 'comparison.sampleSeconds',
    message: 'a sample holds whole windows: write sampleSeconds of at least windowSeconds, many times that to learn anything',
    accept: [['comparison.sampleSeconds', 60]],
    reject: [['windowSeconds', 604_801]],
  },
]);

export const statisticCases: readonly CELCase[] = [
  ...comparisonCases,
  ...parityCases,
  ...opportunityCases,
  ...performanceCases,
  ...seriesCases,
];
