import type { BinaryExpression, Expression } from './expression.ts';

/** A query without its parentheses, read from left to right. */
export type Item =
  | { readonly kind: 'Operand'; readonly expression: Expression }
  | { readonly kind: 'Prefix'; readonly operator: '-' | '+' }
  /** Range, subquery, offset or @: belongs to the operand right before it. */
  | { readonly kind: 'Postfix'; readonly apply: (inner: Expression) => Expression }
  | ({ readonly kind: 'Infix' } & Pick<BinaryExpression, 'operator' | 'bool' | 'matching'>);

const precedences: readonly (readonly string[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '<=', '<', '>=', '>'],
  ['+', '-'],
  ['*', '/', '%', 'atan2'],
  ['^'],
];

const powerPrecedence = precedences.length - 1;

/**
 * Groups operators as Prometheus' own parser does. The published grammar lets a postfix reach over operators: it reads `x - x offset 1w / y` as
 * `((x - x) offset 1w) / y`, where Prometheus reads `x - ((x offset 1w) / y)`. Null if the items are no expression.
 */
export function groupOperators(items: readonly Item[]): Expression | null {
  let position = 0;
  const next = (): Item | undefined => items[position];

  function operand(): Expression | null {
    const first = next();
    if (first === undefined) return null;
    position += 1;
    if (first.kind === 'Prefix') {
      const inner = binary(powerPrecedence);
      return inner === null ? null : { kind: 'Unary', operator: first.operator, inner };
    }
    if (first.kind !== 'Operand') return null;
    let expression = first.expression;
    for (let item = next(); item?.kind === 'Postfix'; item = next()) {
      position += 1;
      expression = item.apply(expression);
    }
    return expression;
  }

  /** Everything from here on that binds at least as tightly as `lowest`. */
  function binary(lowest: number): Expression | null {
    let left = operand();
    for (let item = next(); left !== null && item?.kind === 'Infix'; item = next()) {
      const { operator, bool, matching } = item;
      const precedence = precedences.findIndex((operators) => operators.includes(operator));
      if (precedence < lowest) return left;
      position += 1;
      // Only powers group from the right.
      const right = binary(precedence === powerPrecedence ? precedence : precedence + 1);
      left = right === null ? null : { kind: 'Binary', operator, bool, matching, left, right };
    }
    return left;
  }

  const whole = binary(0);
  return position === items.length ? whole : null;
}
