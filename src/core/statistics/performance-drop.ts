import { failure, success, type Result } from '../../shared/result.ts';
import type { CohortRule } from './cohort.ts';
import { cellsOf, confusionOf, decisionsIn, proportionMetrics, proportions, type Confusion, type ProportionMetric } from './confusion.ts';
import { readDecisions, type YesLabel } from './decision-counts.ts';
import type { Measured, ModelRows } from './label-coverage.ts';
import { independentRows, newcombe, type Estimate } from './proportion.ts';
import type { StatisticGap } from './reading.ts';
import { gap, type Row } from './row.ts';

/** How well it is to do: as it did when it was accepted, or as another version does. */
export type PerformanceReference =
  { readonly kind: 'Pinned'; readonly cells: Confusion } | { readonly kind: 'Version'; readonly version: string };

/** The vectors of one model and of other versions of it. */
export interface VersionedModelRows extends ModelRows {
  readonly version: string;
  rows(part: string, version?: string): readonly Row[];
}

export interface DropRule {
  /** Of what is no proportion there is no value. */
  readonly metric: ProportionMetric | 'F1' | 'MCC';
  readonly decision: YesLabel;
  readonly outcome: YesLabel;
  readonly cohort: CohortRule | null;
  /** Chance at one look that the interval leaves the true drop out, on one side. */
  readonly falseAlarmProbability: number;
  readonly designEffect?: number;
  readonly reference: PerformanceReference;
}

/** How much worse the metric is than in the reference, in shares: 0.05 is five points. */
export function measureDrop(rule: DropRule, model: VersionedModelRows): Result<Measured, StatisticGap> {
  const { decision, outcome, cohort, falseAlarmProbability, designEffect = 1, reference } = rule;
  const metric = proportionMetrics.find((each) => each === rule.metric);
  if (metric === undefined) return gap('Incomparable', `${rule.metric} is no proportion: its drop has no interval`);
  const labels = { decision, outcome, cohort };
  const live = readDecisions(model.rows('value'), labels, { by: [], askedAtMs: model.askedAtMs });
  if (!live.ok) return live;
  const then = referenceCells(rule, model);
  if (!then.ok) return then;
  const cells = confusionOf(live.value.counts);
  const computation = {
    statistic: `${metric}Drop/${reference.kind}`,
    // Its chance is that of one side.
    parameters: { falseAlarmProbability, designEffect, sides: 1 },
    counts: { confusion: cellsOf(cells), reference: cellsOf(then.value) },
  };
  const [own, other] = [proportions[metric](cells), proportions[metric](then.value)];
  const sampleCount = Math.floor(Math.min(own.trials, other.trials));
  if (sampleCount < 1)
    return failure({
      cause: 'Insufficient',
      message: `no row of the window, or of the reference, is in the denominator of ${metric}`,
      sampleCount,
      computation,
    });
  const estimate = dropOf(metric, { cells, reference: then.value }, { falseAlarmProbability, designEffect });
  const { dataTimeMs } = live.value;
  const aged = dataTimeMs === null ? {} : { dataTimeMs };
  return success({ reading: { ...estimate, sampleCount, noiseFloor: null, computation, ...aged }, outcomes: decisionsIn(cells) });
}

/** Either end of the interval leaves the truth out with that chance: it is looked at on one side only (Newcombe 1998, method 10). */
export function dropOf(
  metric: ProportionMetric,
  { cells, reference }: { readonly cells: Confusion; readonly reference: Confusion },
  { falseAlarmProbability, designEffect }: { readonly falseAlarmProbability: number; readonly designEffect: number },
): Estimate {
  const sideOf = (each: Confusion) => independentRows(proportions[metric](each), designEffect);
  const [own, other] = [sideOf(cells), sideOf(reference)];
  // What is bad when it is high drops by rising.
  const pair = metric === 'FalsePositiveRate' ? { one: own, other } : { one: other, other: own };
  return newcombe(pair, 2 * falseAlarmProbability);
}

function referenceCells({ reference, decision, outcome, cohort }: DropRule, model: VersionedModelRows): Result<Confusion, StatisticGap> {
  if (reference.kind === 'Pinned') return success(reference.cells);
  const { version } = reference;
  if (version === model.version) return gap('Incomparable', `version ${version} is the reference itself and is not compared to itself`);
  const rows = model.rows('value', version);
  if (rows.length === 0) return gap('Empty', `the query has no series of version ${version}`);
  const counts = readDecisions(rows, { decision, outcome, cohort }, { by: [], askedAtMs: model.askedAtMs });
  return counts.ok ? success(confusionOf(counts.value.counts)) : counts;
}
