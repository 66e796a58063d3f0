import type { SyntaxNode } from '@lezer/common';
import { decodeStringLiteral } from './string-literal.ts';

/** The whole query; nodes of the syntax tree are ranges of it. */
export type QueryText = string;

/** Ends the reading of a query; its message is one sentence for the author. Never leaves `parsePromQL`. */
export class Refusal extends Error {}

export function unsupported(node: SyntaxNode): Refusal {
  return new Refusal(`the query uses syntax that is not supported at character ${node.from}`);
}

export function requireNode(node: SyntaxNode | null | undefined, parent: SyntaxNode): SyntaxNode {
  if (node === null || node === undefined) throw unsupported(parent);
  return node;
}

export function requireChild(node: SyntaxNode, name: string): SyntaxNode {
  return requireNode(node.getChild(name), node);
}

/** One number or duration with its sign. Arithmetic between durations is an experimental feature and refused. */
export function literalOf(text: QueryText, node: SyntaxNode): string {
  const compact = text.slice(node.from, node.to).replace(/\s/g, '');
  if (!/^[+-]?(?:[0-9a-zA-Z_.]+|[0-9_.]+[eE][+-][0-9_]+)$/.test(compact)) throw unsupported(node);
  return compact;
}

/** What follows the `@` of a modifier: a time, `start()` or `end()`. */
export function instantOf(text: QueryText, node: SyntaxNode): string {
  const preprocessor = node.getChild('AtModifierPreprocessors');
  if (preprocessor !== null) return `${text.slice(preprocessor.from, preprocessor.to).toLowerCase()}()`;
  return literalOf(text, requireNode(node.getChildren('Expr')[1], node));
}

export function stringOf(text: QueryText, node: SyntaxNode): string {
  const value = decodeStringLiteral(text.slice(node.from, node.to));
  if (value === null) throw new Refusal(`the string at character ${node.from} is not closed or has an escape that is not supported`);
  return value;
}
