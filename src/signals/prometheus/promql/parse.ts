import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { failure, success, type Result } from '../../../shared/result.ts';
import type { Expression } from './expression.ts';
import { groupOperators, type Item } from './group-operators.ts';
import { readGrouping, readMatching, readSelector } from './parse-labels.ts';
import { Refusal, instantOf, literalOf, requireChild, requireNode, stringOf, unsupported, type QueryText } from './parse-token.ts';

/** Longest query accepted, in UTF-16 code units. */
export const maxQueryLength = 4096;

const maxDepth = 64;

const strictParser = parser.configure({ strict: true });

const binaryOperators = [
  'Pow',
  'Mul',
  'Div',
  'Mod',
  'Atan2',
  'Add',
  'Sub',
  'Eql',
  'Gte',
  'Gtr',
  'Lte',
  'Lss',
  'Neq',
  'And',
  'Unless',
  'Or',
];

/** What each node may hold beside expressions. A child not listed is syntax we don't understand, and the query is refused. */
const knownChildren: Readonly<Record<string, readonly string[]>> = {
  NumberDurationLiteral: [],
  StringLiteral: [],
  VectorSelector: ['Identifier', 'LabelMatchers'],
  MatrixSelector: ['DurationExpr'],
  SubqueryExpr: ['DurationExpr'],
  OffsetExpr: ['Offset', 'OffsetDurationExpr'],
  StepInvariantExpr: ['At', 'AtModifierPreprocessors'],
  FunctionCall: ['FunctionIdentifier', 'FunctionCallBody'],
  AggregateExpr: ['AggregateOp', 'AggregateModifier', 'FunctionCallBody'],
  UnaryExpr: ['UnaryOp'],
  ParenExpr: [],
  BinaryExpr: ['BoolModifier', 'MatchingModifierClause', ...binaryOperators],
};

/**
 * Reads a PromQL query with the official grammar. The failure is one sentence for the author of the query.
 * Stricter than Prometheus: no experimental syntax (duration arithmetic, fill, anchored, trimming operators), no `info()`, which reads series its text
 * does not name, and at most `maxQueryLength` characters. What is accepted here but not by Prometheus is refused there.
 */
export function parsePromQL(text: string): Result<Expression, string> {
  if (text.length > maxQueryLength) return failure(`the query has ${text.length} characters; at most ${maxQueryLength} are accepted`);
  if (/\p{Surrogate}/u.test(text)) return failure('the query is not valid Unicode');
  try {
    const [expression] = strictParser.parse(text).topNode.getChildren('Expr');
    return expression === undefined ? failure('the query is empty') : success(readExpression(text, expression, 0));
  } catch (error) {
    if (error instanceof Refusal) return failure(error.message);
    if (error instanceof SyntaxError)
      return failure(`the query is not PromQL: ${error.message.replace('No parse', 'syntax error').slice(0, 80)}`);
    throw error;
  }
}

function readExpression(text: QueryText, node: SyntaxNode, depth: number): Expression {
  const expression = groupOperators(itemsOf(text, node, depth));
  if (expression === null) throw unsupported(node);
  return expression;
}

/** The node as a sequence of operands and operators. Nesting by operators is undone, nesting by parentheses is kept. */
function itemsOf(text: QueryText, node: SyntaxNode, depth: number): readonly Item[] {
  if (depth > maxDepth) throw new Refusal(`the query is nested deeper than ${maxDepth} levels`);
  const inner = node.getChildren('Expr');
  requireKnownChildren(node, inner);
  const below = (index: number): readonly Item[] => itemsOf(text, requireNode(inner[index], node), depth + 1);
  switch (node.name) {
    case 'UnaryExpr':
      return [{ kind: 'Prefix', operator: text.charAt(requireChild(node, 'UnaryOp').from) === '-' ? '-' : '+' }, ...below(0)];
    case 'BinaryExpr': {
      const bool = node.getChild('BoolModifier') !== null;
      return [...below(0), { kind: 'Infix', operator: binaryOperator(text, node), bool, matching: readMatching(text, node) }, ...below(1)];
    }
    case 'MatrixSelector':
    case 'SubqueryExpr':
    case 'OffsetExpr':
    case 'StepInvariantExpr':
      return [...below(0), { kind: 'Postfix', apply: readPostfix(text, node) }];
    default:
      return [{ kind: 'Operand', expression: readOperand(text, node, depth) }];
  }
}

function readOperand(text: QueryText, node: SyntaxNode, depth: number): Expression {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return { kind: 'Number', text: literalOf(text, node) };
    case 'StringLiteral':
      return { kind: 'String', value: stringOf(text, node) };
    case 'VectorSelector':
      return readSelector(text, node);
    case 'ParenExpr':
      return { kind: 'Paren', inner: readExpression(text, requireChild(node, 'Expr'), depth + 1) };
    default:
      return readCall(text, node, depth);
  }
}

function readCall(text: QueryText, node: SyntaxNode, depth: number): Expression {
  const args = requireChild(node, 'FunctionCallBody')
    .getChildren('Expr')
    .map((argument) => readExpression(text, argument, depth + 1));
  if (node.name === 'AggregateExpr') {
    const { from, to } = requireChild(node, 'AggregateOp');
    return { kind: 'Aggregation', operator: text.slice(from, to).toLowerCase(), grouping: readGrouping(text, node), args };
  }
  const { from, to } = requireChild(node, 'FunctionIdentifier');
  const name = text.slice(from, to);
  if (name === 'info')
    throw new Refusal('the query calls info(), which reads series the query does not name; join the labels with group_left');
  return { kind: 'Call', name, args };
}

function readPostfix(text: QueryText, node: SyntaxNode): (inner: Expression) => Expression {
  switch (node.name) {
    case 'MatrixSelector': {
      const range = literalOf(text, requireChild(node, 'DurationExpr'));
      return (inner) => ({ kind: 'Range', inner, range });
    }
    case 'SubqueryExpr': {
      const [rangeNode, stepNode] = node.getChildren('DurationExpr');
      const range = literalOf(text, requireNode(rangeNode, node));
      const step = stepNode === undefined ? null : literalOf(text, stepNode);
      return (inner) => ({ kind: 'Subquery', inner, range, step });
    }
    case 'OffsetExpr': {
      const offset = literalOf(text, requireChild(node, 'OffsetDurationExpr'));
      return (inner) => ({ kind: 'Offset', inner, offset });
    }
    default: {
      const at = instantOf(text, node);
      return (inner) => ({ kind: 'At', inner, at });
    }
  }
}

function requireKnownChildren(node: SyntaxNode, inner: readonly SyntaxNode[]): void {
  const known = Object.hasOwn(knownChildren, node.name) ? knownChildren[node.name] : undefined;
  if (known === undefined) throw unsupported(node);
  const expressionStarts = new Set(inner.map(({ from }) => from));
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (!known.includes(child.name) && child.name !== 'LineComment' && !expressionStarts.has(child.from)) throw unsupported(child);
  }
}

function binaryOperator(text: QueryText, node: SyntaxNode): string {
  const operators = binaryOperators.flatMap((name) => node.getChild(name) ?? []);
  const { from, to } = requireNode(operators[0], node);
  return text.slice(from, to).toLowerCase();
}
