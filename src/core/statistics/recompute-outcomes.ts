import type { Computation } from '../model/observation.ts';
import { proportionMetrics, type Confusion } from './confusion.ts';
import { compareGroups, fairnessMetrics, worstValue, type FairnessMetric, type ReferenceGroup } from './fairness-comparison.ts';
import { groupFrom, type Group } from './fairness-groups.ts';
import { dropOf } from './performance-drop.ts';
import { decisionMetrics, estimatePerformance } from './performance.ts';
import { areaUnderCurve } from './separation.ts';

/** Statistics of decisions and outcomes, from the cells on record; null where they do not hold all it takes. */
export function recomputeOutcomes(computation: Computation): number | null {
  const { statistic, counts } = computation;
  const [name = '', variant] = statistic.split('/');
  const fairness = fairnessMetrics.find((each) => each === name);
  if (fairness !== undefined) return fairnessOf(fairness, variant, computation);
  if (name === 'AUC') {
    const { positive, other } = counts;
    return positive === undefined || other === undefined ? null : finite(areaUnderCurve(positive, other).value);
  }
  const cells = cellsFrom(counts['confusion']);
  if (cells === null) return null;
  // The chance an interval leaves out does not move the value.
  const rule = { method: 'Wilson', falseAlarmProbability: 0.05, designEffect: 1 } as const;
  const metric = decisionMetrics.find((each) => each === name);
  if (metric !== undefined) return finite(estimatePerformance(metric, cells, rule)?.value);
  const dropped = proportionMetrics.find((each) => `${each}Drop` === name);
  const reference = cellsFrom(counts['reference']);
  return dropped === undefined || reference === null ? null : finite(dropOf(dropped, { cells, reference }, rule).value);
}

/** Groups that were compared stand apart from those that were not; everybody together is all of them. */
function fairnessOf(metric: FairnessMetric, kind: string | undefined, { parameters, counts }: Computation): number | null {
  const hasOutcomes = metric !== 'ParityRatio' && metric !== 'ParityDifference';
  const { falseAlarmProbability = 0.05, designEffect = 1, minGroupSharePercent = 0, minGroupSamples } = parameters;
  if (minGroupSamples === undefined) return null;
  const compared: Group[] = [];
  const all: Group[] = [];
  let named: string | null = null;
  for (const [key, record] of Object.entries(counts)) {
    const [, role, name = ''] = /^(reference|group): (.*)$/s.exec(key) ?? [];
    const group = groupFrom(name, record, hasOutcomes);
    if (group === null) return null;
    all.push(group);
    if (role !== undefined) compared.push(group);
    if (role === 'reference') named = name;
  }
  const reference = referenceFrom(kind, named);
  if (reference === null || new Set(all.map(({ strata }) => strata.length)).size !== 1) return null;
  const rule = { metric, reference, falseAlarmProbability, designEffect, minGroupSharePercent, minGroupSamples };
  // By code point, as they were compared: of two equally high the first is the reference.
  const sized = compared.sort((one, other) => (one.name < other.name ? -1 : 1));
  const { comparisons } = compareGroups(rule, sized, all);
  return comparisons.length === 0 ? null : finite(worstValue(rule, comparisons));
}

function referenceFrom(kind: string | undefined, named: string | null): ReferenceGroup | null {
  if (kind === 'Highest' || kind === 'Overall') return { kind };
  return kind === 'Named' && named !== null ? { kind, name: named } : null;
}

export function cellsFrom(record: readonly number[] | undefined): Confusion | null {
  const [truePositives, falsePositives, falseNegatives, trueNegatives] = record ?? [];
  if (truePositives === undefined || falsePositives === undefined || falseNegatives === undefined || trueNegatives === undefined)
    return null;
  return { truePositives, falsePositives, falseNegatives, trueNegatives };
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
