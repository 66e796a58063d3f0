import type { BinaryExpression, Expression, Matcher } from './expression.ts';
import { resultTypeOf } from './result-type.ts';

/**
 * The query with a matcher pushed down to the selectors, so that of its series those whose label matches stay what they are and the others go.
 * A selector is narrowed only where a result with this label value can rest on nothing but series with this label value: a join partner that is
 * matched without the label, or an aggregation over all values of it, is read whole as before. What can't be narrowed is given back unchanged.
 */
export function narrowExpression(expression: Expression, matcher: Matcher): Expression {
  const narrow = (inner: Expression): Expression => narrowExpression(inner, matcher);
  switch (expression.kind) {
    case 'Number':
    case 'String':
      return expression;
    case 'Selector':
      return { ...expression, matchers: [...expression.matchers, matcher] };
    case 'Range':
    case 'Subquery':
    case 'Offset':
    case 'At':
    case 'Unary':
    case 'Paren':
      return { ...expression, inner: narrow(expression.inner) };
    case 'Call':
      return narrowCall(expression, matcher);
    case 'Aggregation': {
      const { grouping, operator, args } = expression;
      const keeps = grouping !== null && (grouping.mode === 'by') === grouping.labels.includes(matcher.label);
      return keeps && !writesLabel(operator, args[0], matcher.label) ? { ...expression, args: args.map(narrow) } : expression;
    }
    case 'Binary':
      return narrowBinary(expression, matcher);
  }
}

/** Their answer is not the series they were given, or has labels of their own making. */
const answersAnew: ReadonlySet<string> = new Set(['absent', 'absent_over_time', 'scalar', 'vector']);

function narrowCall(call: Extract<Expression, { kind: 'Call' }>, matcher: Matcher): Expression {
  const { name, args } = call;
  if (answersAnew.has(name) || writesLabel(name, args[1], matcher.label)) return call;
  return { ...call, args: args.map((argument) => narrowExpression(argument, matcher)) };
}

/** The function sets the label itself, so the label of its result is not that of what it reads. */
function writesLabel(name: string, label: Expression | undefined, wanted: string): boolean {
  if (!['label_replace', 'label_join', 'count_values'].includes(name)) return false;
  return label?.kind !== 'String' || label.value === wanted;
}

function narrowBinary(binary: BinaryExpression, matcher: Matcher): Expression {
  const { left, right, operator, matching } = binary;
  const sides = (narrowed: { readonly left: boolean; readonly right: boolean }): Expression => ({
    ...binary,
    left: narrowed.left ? narrowExpression(left, matcher) : left,
    right: narrowed.right ? narrowExpression(right, matcher) : right,
  });
  const [ofLeft, ofRight] = [resultTypeOf(left) !== 'Scalar', resultTypeOf(right) !== 'Scalar'];
  if (!ofLeft || !ofRight) return sides({ left: ofLeft, right: ofRight });
  // Partners agree in the label, so what has this value on one side can only meet what has it on the other.
  if (matching === null || (matching.mode === 'on') === matching.labels.includes(matcher.label)) {
    const overwrites = matching?.group?.labels.includes(matcher.label) === true;
    return overwrites ? binary : sides({ left: true, right: true });
  }
  // From here on the label is the left side's, the "many" side's, or gone.
  if (operator === 'and' || operator === 'unless') return sides({ left: true, right: false });
  const group = matching.group;
  if (group === null || group.labels.includes(matcher.label)) return binary;
  return sides({ left: group.side === 'group_left', right: group.side === 'group_right' });
}
