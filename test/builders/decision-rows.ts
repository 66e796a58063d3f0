import type { FairnessDefinition } from '../../src/core/statistics/fairness.ts';
import type { PerformanceDefinition } from '../../src/core/statistics/performance.ts';
import type { Row } from '../../src/core/statistics/row.ts';
import { someTimeMs } from './manual-clock.ts';

/** Counts of decisions as a query of an application with these labels answers them. */

/** Approvals and refusals of each group. */
export function parityRows(groups: Readonly<Record<string, readonly [approved: number, refused: number]>>): readonly Row[] {
  return Object.entries(groups).flatMap(([group, [approved, refused]]) => [
    row({ group, decision: 'approve' }, approved),
    row({ group, decision: 'deny' }, refused),
  ]);
}

/** Of each group: approved and repaid, approved and not, refused and repaid elsewhere, refused and not. */
export type Outcomes = readonly [tp: number, fp: number, fn: number, tn: number];

export function outcomeRows(groups: Readonly<Record<string, Outcomes>>): readonly Row[] {
  return Object.entries(groups).flatMap(([group, cells]) =>
    confusionRows(cells).map(({ labels, value }) => row({ ...labels, group }, value)),
  );
}

export function confusionRows([tp, fp, fn, tn]: Outcomes, more: Readonly<Record<string, string>> = {}): readonly Row[] {
  return [
    row({ decision: 'approve', outcome: 'repaid', ...more }, tp),
    row({ decision: 'approve', outcome: 'defaulted', ...more }, fp),
    row({ decision: 'deny', outcome: 'repaid', ...more }, fn),
    row({ decision: 'deny', outcome: 'defaulted', ...more }, tn),
  ];
}

export function row(labels: Readonly<Record<string, string>>, value: number): Row {
  return { labels: { model: 'credit', ...labels }, value };
}

export const approval = { label: 'decision', yes: 'approve' };
export const repayment = { label: 'outcome', yes: 'repaid' };

export function parity(changes: Partial<FairnessDefinition> = {}): FairnessDefinition {
  return {
    kind: 'Fairness',
    metric: 'ParityRatio',
    labels: { decision: approval, outcome: null, cohort: null },
    groupLabel: 'group',
    stratumLabel: null,
    reference: { kind: 'Highest' },
    falseAlarmProbability: 0.05,
    minGroupSharePercent: 2,
    minGroupSamples: 30,
    ...changes,
  };
}

export function opportunity(changes: Partial<FairnessDefinition> = {}): FairnessDefinition {
  return parity({ metric: 'EqualOpportunity', labels: { decision: approval, outcome: repayment, cohort: null }, ...changes });
}

export function performance(
  measure: PerformanceDefinition['measure'],
  changes: Partial<PerformanceDefinition> = {},
): PerformanceDefinition {
  return {
    kind: 'Performance',
    outcome: repayment,
    cohort: null,
    falseAlarmProbability: 0.05,
    coverage: { labelledShare: null, labelAge: null },
    measure,
    ...changes,
  };
}

/** The vectors of one model; a part that isn't named has no series. */
export function modelRows(parts: Readonly<Record<string, readonly Row[]>>, askedAtMs = someTimeMs) {
  return { version: '2', rows: (part: string): readonly Row[] => parts[part] ?? [], askedAtMs };
}
