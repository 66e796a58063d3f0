import type { BinaryExpression, Expression } from './expression.ts';
import { resultTypeOf } from './result-type.ts';

/** Of these labels, those no series of the answer can have, because the query aggregates or matches them away. */
export function lostLabels(expression: Expression, labels: readonly string[]): readonly string[] {
  switch (expression.kind) {
    case 'Number':
    case 'String':
      return labels;
    case 'Selector':
      return [];
    case 'Range':
    case 'Subquery':
    case 'Offset':
    case 'At':
    case 'Unary':
    case 'Paren':
      return lostLabels(expression.inner, labels);
    case 'Call':
      return lostByCall(expression, labels);
    case 'Aggregation':
      return lostByAggregation(expression, labels);
    case 'Binary':
      return lostByOperator(expression, labels);
  }
}

/** Aggregations that answer with some of the series they were given, labels and all. */
export const keepsSeries: ReadonlySet<string> = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);

type Of<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>;

function lostByCall({ name, args }: Of<'Call'>, labels: readonly string[]): readonly string[] {
  if (name === 'vector') return labels;
  // Their labels are those of the matchers.
  if (name === 'absent' || name === 'absent_over_time') return [];
  const written = name === 'label_replace' || name === 'label_join' ? args[1] : undefined;
  const series = args.filter((argument) => !['Scalar', 'String'].includes(resultTypeOf(argument)));
  return series
    .flatMap((argument) => lostLabels(argument, labels))
    .filter((label) => written?.kind !== 'String' || written.value !== label);
}

function lostByAggregation({ operator, grouping, args }: Of<'Aggregation'>, labels: readonly string[]): readonly string[] {
  const below = new Set(args.filter((argument) => resultTypeOf(argument) === 'Vector').flatMap((each) => lostLabels(each, labels)));
  const counted = operator === 'count_values' && args[0]?.kind === 'String' ? args[0].value : null;
  return labels.filter((label) => {
    if (label === counted) return false;
    if (below.has(label)) return true;
    if (keepsSeries.has(operator)) return false;
    return grouping === null || (grouping.mode === 'by') !== grouping.labels.includes(label);
  });
}

function lostByOperator({ left, right, operator, matching }: BinaryExpression, labels: readonly string[]): readonly string[] {
  if (resultTypeOf(left) === 'Scalar') return lostLabels(right, labels);
  const ofLeft = lostLabels(left, labels);
  if (resultTypeOf(right) === 'Scalar' || operator === 'and' || operator === 'unless') return ofLeft;
  const ofRight = lostLabels(right, labels);
  if (operator === 'or') return ofLeft.filter((label) => ofRight.includes(label));
  const group = matching?.group ?? null;
  if (group !== null) {
    const [many, one] = group.side === 'group_left' ? [ofLeft, ofRight] : [ofRight, ofLeft];
    return labels.filter((label) => (group.labels.includes(label) ? one : many).includes(label));
  }
  if (matching === null) return ofLeft;
  return labels.filter((label) => ofLeft.includes(label) || (matching.mode === 'on') !== matching.labels.includes(label));
}
