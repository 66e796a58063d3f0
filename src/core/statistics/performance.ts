import { failure, success, type Result } from '../../shared/result.ts';
import type { EpochMs } from '../../shared/clock.ts';
import type { Interval } from '../model/observation.ts';
import type { CohortRule } from './cohort.ts';
import { cellsOf, confusionOf, decisionsIn, proportions, type Confusion } from './confusion.ts';
import { readDecisions, type YesLabel } from './decision-counts.ts';
import { readCoverage, type CoverageRule, type Measured } from './label-coverage.ts';
import { clopperPearson, independentRows, rate, wilson, type Share } from './proportion.ts';
import { measureDrop, type PerformanceReference, type VersionedModelRows } from './performance-drop.ts';
import type { StatisticGap, StatisticReading } from './reading.ts';
import type { Row } from './row.ts';
import { measureSeparation } from './separation.ts';

export const decisionMetrics = ['Accuracy', 'Precision', 'Recall', 'FalsePositiveRate', 'F1', 'MCC'] as const;
export type DecisionMetric = (typeof decisionMetrics)[number];

/** How well a model does, from the outcomes that have arrived. */
export interface PerformanceDefinition {
  readonly kind: 'Performance';
  readonly outcome: YesLabel;
  readonly cohort: CohortRule | null;
  /** Chance at one look that the interval leaves the true value out. */
  readonly falseAlarmProbability: number;
  /** Rows that carry as much as one independent row, at least 1. Left out: 1. */
  readonly designEffect?: number;
  readonly coverage: CoverageRule;
  /** With it the value is how much worse the metric is than there. Left out: the metric itself. Only of metrics that are proportions. */
  readonly reference?: PerformanceReference;
  readonly measure:
    | { readonly metric: DecisionMetric; readonly decision: YesLabel; readonly method: 'Wilson' | 'ClopperPearson' }
    | { readonly metric: 'AUC' };
}

const shares = { ...proportions, F1: overlap };

export function readPerformance(definition: PerformanceDefinition, model: VersionedModelRows): Result<StatisticReading, StatisticGap> {
  const rows = model.rows('value');
  const { measure, reference } = definition;
  const measured =
    measure.metric === 'AUC'
      ? measureSeparation(definition, rows, model.askedAtMs)
      : reference === undefined
        ? measureDecisions(definition, measure, { rows, askedAtMs: model.askedAtMs })
        : measureDrop({ ...definition, metric: measure.metric, decision: measure.decision, reference }, model);
  if (!measured.ok) return measured;
  const { reading, outcomes } = measured.value;
  const coverage = readCoverage(definition.coverage, model, { outcomes, cohort: definition.cohort });
  if (!coverage.ok) return coverage;
  const { lack, parameters } = coverage.value;
  const computation = { ...reading.computation, parameters: { ...reading.computation.parameters, ...parameters } };
  if (lack !== null) return failure({ cause: 'Insufficient', message: lack, sampleCount: reading.sampleCount, computation });
  return success({ ...reading, computation });
}

function measureDecisions(
  { outcome, cohort, falseAlarmProbability, designEffect = 1 }: PerformanceDefinition,
  { metric, decision, method }: Extract<PerformanceDefinition['measure'], { readonly decision: YesLabel }>,
  { rows, askedAtMs }: { readonly rows: readonly Row[]; readonly askedAtMs: EpochMs },
): Result<Measured, StatisticGap> {
  const decisions = readDecisions(rows, { decision, outcome, cohort }, { by: [], askedAtMs });
  if (!decisions.ok) return decisions;
  const cells = confusionOf(decisions.value.counts);
  const computation = { statistic: metric, parameters: { falseAlarmProbability, designEffect }, counts: { confusion: cellsOf(cells) } };
  const estimate = estimatePerformance(metric, cells, { method, falseAlarmProbability, designEffect });
  if (estimate === null)
    return failure({
      cause: 'Insufficient',
      message: `no row in the window is in the denominator of ${metric}`,
      sampleCount: 0,
      computation,
    });
  const { dataTimeMs } = decisions.value;
  const aged = dataTimeMs === null ? {} : { dataTimeMs };
  const reading = { ...estimate, sampleCount: Math.floor(estimate.sampleCount), noiseFloor: null, computation, ...aged };
  return success({ reading, outcomes: decisionsIn(cells) });
}

interface IntervalRule {
  readonly method: 'Wilson' | 'ClopperPearson';
  readonly falseAlarmProbability: number;
  readonly designEffect: number;
}

interface Estimated {
  readonly value: number;
  readonly sampleCount: number;
  readonly interval: Interval | null;
}

/** Null where no row is in the denominator. */
export function estimatePerformance(metric: DecisionMetric, cells: Confusion, rule: IntervalRule): Estimated | null {
  return metric === 'MCC' ? correlation(cells) : proportion(metric, cells, rule);
}

function proportion(
  metric: Exclude<DecisionMetric, 'MCC'>,
  cells: Confusion,
  { method, falseAlarmProbability, designEffect }: IntervalRule,
): Estimated | null {
  const share = shares[metric](cells);
  if (!(share.trials >= 1)) return null;
  const interval = (method === 'Wilson' ? wilson : clopperPearson)(independentRows(share, designEffect), falseAlarmProbability);
  const of = metric === 'F1' ? f1 : (each: number) => each;
  return { value: of(rate(share)), sampleCount: share.trials, interval: { low: of(interval.low), high: of(interval.high) } };
}

/** Of the rows decided or come true, those that are both. F1 is a monotone function of this proportion, so that its interval is known too. */
function overlap({ truePositives, falsePositives, falseNegatives }: Confusion): Share {
  return { successes: truePositives, trials: truePositives + falsePositives + falseNegatives };
}

function f1(overlapRate: number): number {
  return (2 * overlapRate) / (1 + overlapRate);
}

/** Matthews correlation coefficient. No interval of it is in common use: it is judged by its point. */
function correlation(cells: Confusion): Estimated | null {
  const total = decisionsIn(cells);
  // Shares first: the product of four counts may be beyond what floats hold.
  const [tp = 0, fp = 0, fn = 0, tn = 0] = cellsOf(cells).map((cell) => cell / total);
  const spread = Math.sqrt((tp + fp) * (tp + fn)) * Math.sqrt((tn + fp) * (tn + fn));
  return total >= 1 && spread > 0 ? { value: (tp * tn - fp * fn) / spread, sampleCount: total, interval: null } : null;
}
