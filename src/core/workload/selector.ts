import type { Labels, Selector, SelectorTerm } from './facts.ts';

/** Null selects nothing, a selector without terms everything. */
export function selects(selector: Selector | null, labels: Labels): boolean {
  return selector !== null && selector.every((term) => holds(term, labels));
}

function holds({ key, operator, values }: SelectorTerm, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
