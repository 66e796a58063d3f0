import type { SyntaxNode } from '@lezer/common';
import type { Grouping, Matcher, MatchOperator, Selector, VectorMatching } from './expression.ts';
import { Refusal, requireChild, requireNode, stringOf, unsupported, type QueryText } from './parse-token.ts';

const matchOperators: ReadonlyMap<string, MatchOperator> = new Map([
  ['=', '='],
  ['!=', '!='],
  ['=~', '=~'],
  ['!~', '!~'],
]);

/** `metric{label="value"}` and its UTF-8 form `{"metric","label"="value"}` read alike, so a quoted label can't hide from a check. */
export function readSelector(text: QueryText, node: SyntaxNode): Selector {
  const identifier = node.getChild('Identifier');
  const body = node.getChild('LabelMatchers');
  const quotedMetrics = body?.getChildren('QuotedLabelName') ?? [];
  const metrics = [identifier, ...quotedMetrics].flatMap((name) => (name === null ? [] : [labelOf(text, name)]));
  if (metrics.length > 1) throw new Refusal(`the selector at character ${node.from} names two metrics`);
  const matchers = body === null ? [] : [...body.getChildren('UnquotedLabelMatcher'), ...body.getChildren('QuotedLabelMatcher')];
  return {
    kind: 'Selector',
    metric: metrics[0] ?? null,
    matchers: matchers.sort((a, b) => a.from - b.from).map((matcher) => readMatcher(text, matcher)),
  };
}

function readMatcher(text: QueryText, node: SyntaxNode): Matcher {
  const { from, to } = requireChild(node, 'MatchOp');
  const operator = matchOperators.get(text.slice(from, to));
  if (operator === undefined) throw unsupported(node);
  const label = node.getChild('LabelName') ?? requireChild(node, 'QuotedLabelName');
  return { label: labelOf(text, label), operator, value: stringOf(text, requireChild(node, 'StringLiteral')) };
}

/** `by (...)` or `without (...)` of an aggregation; null where it has none. */
export function readGrouping(text: QueryText, node: SyntaxNode): Grouping | null {
  const modifier = node.getChild('AggregateModifier');
  if (modifier === null) return null;
  return {
    mode: modifier.getChild('Without') === null ? 'by' : 'without',
    labels: labelsOf(text, requireChild(modifier, 'GroupingLabels')),
  };
}

/** `on (...) group_left (...)` of a binary operator; null where it has none. */
export function readMatching(text: QueryText, node: SyntaxNode): VectorMatching | null {
  const clause = node.getChild('MatchingModifierClause');
  if (clause === null) return null;
  const [labels, groupLabels] = clause.getChildren('GroupingLabels');
  const extra = groupLabels === undefined ? [] : labelsOf(text, groupLabels);
  return {
    mode: clause.getChild('On') === null ? 'ignoring' : 'on',
    labels: labelsOf(text, requireNode(labels, clause)),
    group: groupOf(clause, extra),
  };
}

function groupOf(clause: SyntaxNode, labels: readonly string[]): VectorMatching['group'] {
  if (clause.getChild('GroupLeft') !== null) return { side: 'group_left', labels };
  return clause.getChild('GroupRight') === null ? null : { side: 'group_right', labels };
}

function labelsOf(text: QueryText, node: SyntaxNode): readonly string[] {
  const labels: string[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name === 'LabelName' || child.name === 'QuotedLabelName') labels.push(labelOf(text, child));
  }
  return labels;
}

function labelOf(text: QueryText, node: SyntaxNode): string {
  return node.name === 'QuotedLabelName' ? stringOf(text, requireChild(node, 'StringLiteral')) : text.slice(node.from, node.to);
}
