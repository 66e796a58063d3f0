import type { BinaryExpression, Expression, Selector } from './expression.ts';
import { encodeStringLiteral } from './string-literal.ts';

const plainLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const plainMetric = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** One line of PromQL for the expression: same tokens in the same order, strings re-encoded, comments gone. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'Number':
      return expression.text;
    case 'String':
      return encodeStringLiteral(expression.value);
    case 'Selector':
      return printSelector(expression);
    case 'Range':
      return `${printExpression(expression.inner)}[${expression.range}]`;
    case 'Subquery':
      return `${printExpression(expression.inner)}[${expression.range}:${expression.step ?? ''}]`;
    case 'Offset':
      return `${printExpression(expression.inner)} offset ${expression.offset}`;
    case 'At':
      return `${printExpression(expression.inner)} @ ${expression.at}`;
    case 'Call':
      return `${expression.name}(${printList(expression.args)})`;
    case 'Aggregation': {
      const grouping = expression.grouping === null ? '' : ` ${expression.grouping.mode} ${printLabels(expression.grouping.labels)} `;
      return `${expression.operator}${grouping}(${printList(expression.args)})`;
    }
    case 'Binary':
      return printBinary(expression);
    case 'Unary':
      return `${expression.operator}${printExpression(expression.inner)}`;
    case 'Paren':
      return `(${printExpression(expression.inner)})`;
  }
}

function printList(expressions: readonly Expression[]): string {
  return expressions.map(printExpression).join(', ');
}

function printSelector(selector: Selector): string {
  const plain = selector.metric !== null && plainMetric.test(selector.metric);
  const matchers = selector.matchers.map(({ label, operator, value }) => `${printLabel(label)}${operator}${encodeStringLiteral(value)}`);
  const quotedMetric = selector.metric === null || plain ? [] : [encodeStringLiteral(selector.metric)];
  const inner = [...quotedMetric, ...matchers].join(',');
  const metric = plain ? selector.metric : '';
  return inner === '' && plain ? metric : `${metric}{${inner}}`;
}

function printBinary({ operator, bool, matching, left, right }: BinaryExpression): string {
  const group = matching?.group ? ` ${matching.group.side} ${printLabels(matching.group.labels)}` : '';
  const clause = matching === null ? '' : ` ${matching.mode} ${printLabels(matching.labels)}${group}`;
  return `${printExpression(left)} ${operator}${bool ? ' bool' : ''}${clause} ${printExpression(right)}`;
}

function printLabels(labels: readonly string[]): string {
  return `(${labels.map(printLabel).join(', ')})`;
}

function printLabel(label: string): string {
  return plainLabel.test(label) ? label : encodeStringLiteral(label);
}
