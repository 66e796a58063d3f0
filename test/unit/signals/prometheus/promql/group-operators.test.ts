import { describe, expect, it } from '@jest/globals';
import type { Expression } from '../../../../../src/signals/prometheus/promql/expression.ts';
import { groupOperators, type Item } from '../../../../../src/signals/prometheus/promql/group-operators.ts';
import { parsePromQL } from '../../../../../src/signals/prometheus/promql/parse.ts';
import { printExpression } from '../../../../../src/signals/prometheus/promql/print.ts';

/** The expression with every operator in brackets. */
function bracketed(expression: Expression): string {
  switch (expression.kind) {
    case 'Binary':
      return `[${bracketed(expression.left)} ${expression.operator} ${bracketed(expression.right)}]`;
    case 'Unary':
      return `[${expression.operator}${bracketed(expression.inner)}]`;
    case 'Offset':
      return `[${bracketed(expression.inner)} offset ${expression.offset}]`;
    case 'At':
      return `[${bracketed(expression.inner)} @ ${expression.at}]`;
    default:
      return printExpression(expression);
  }
}

function grouped(query: string): string {
  const parsed = parsePromQL(query);
  return parsed.ok ? bracketed(parsed.value) : parsed.failure;
}

describe('groupOperators', () => {
  it.each([
    ['x - x offset 1w / y', '[x - [[x offset 1w] / y]]'],
    ['x - x @ 5 offset 1m / y', '[x - [[[x @ 5] offset 1m] / y]]'],
    ['-x offset 5m', '[-[x offset 5m]]'],
    ['-x ^ y offset 5m', '[-[x ^ [y offset 5m]]]'],
    ['-a * b', '[[-a] * b]'],
    ['a ^ b ^ c', '[a ^ [b ^ c]]'],
    ['a - b - c', '[[a - b] - c]'],
    ['a + b * c ^ d', '[a + [b * [c ^ d]]]'],
    ['a % b atan2 c', '[[a % b] atan2 c]'],
    ['a or b unless c or d', '[[a or [b unless c]] or d]'],
    ['a unless b and c', '[[a unless b] and c]'],
    ['a and b == c + d', '[a and [b == [c + d]]]'],
    ['a > b offset 1m > c', '[[a > [b offset 1m]] > c]'],
  ])('reads %s as Prometheus does', (query, expected) => {
    expect(grouped(query)).toBe(expected);
  });

  it('puts a subquery on the operand before it, not on the sum', () => {
    const parsed = parsePromQL('max_over_time(x + y[5m:1m])');
    expect(parsed.ok && parsed.value).toMatchObject({ args: [{ kind: 'Binary', right: { kind: 'Subquery', inner: { metric: 'y' } } }] });
  });

  const one: Item = { kind: 'Operand', expression: { kind: 'Number', text: '1' } };
  const plus: Item = { kind: 'Infix', operator: '+', bool: false, matching: null };

  it.each<{ what: string; items: readonly Item[] }>([
    { what: 'nothing', items: [] },
    { what: 'a sign alone', items: [{ kind: 'Prefix', operator: '-' }] },
    { what: 'an operator without its right side', items: [one, plus] },
    { what: 'an operator without its left side', items: [plus, one] },
    { what: 'two operands in a row', items: [one, one] },
  ])('gives no expression for $what', ({ items }) => {
    expect(groupOperators(items)).toBeNull();
  });
});
