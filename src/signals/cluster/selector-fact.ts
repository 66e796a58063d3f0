import type { PodRule, Selector } from '../../core/workload/facts.ts';
import { at, labelsAt, listAt, textAt } from './raw.ts';

/** Null where there is none; the empty one selects everything. */
export function toSelector(value: unknown): Selector | null {
  if (typeof value !== 'object' || value === null) return null;
  const labels = Object.entries(labelsAt(value, 'matchLabels')).map(([key, label]) => ({ key, operator: 'In', values: [label] }));
  const expressions = listAt(value, 'matchExpressions').map((term) => ({
    key: textAt(term, 'key'),
    operator: textAt(term, 'operator'),
    values: listAt(term, 'values').filter((each) => typeof each === 'string'),
  }));
  return [...labels, ...expressions];
}

export function toDisruptionBudget(object: unknown): PodRule {
  return { name: textAt(object, 'metadata', 'name'), selector: toSelector(at(object, 'spec', 'selector')) };
}

/** Without a podSelector a NetworkPolicy is about every pod of its namespace. */
export function toNetworkPolicy(object: unknown): PodRule {
  return { name: textAt(object, 'metadata', 'name'), selector: toSelector(at(object, 'spec', 'podSelector') ?? {}) };
}
