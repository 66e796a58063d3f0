/** A PromQL expression as written: parentheses are nodes, so that printing never has to know precedence. */
export type Expression =
  | { readonly kind: 'Number'; readonly text: string }
  | { readonly kind: 'String'; readonly value: string }
  | Selector
  | { readonly kind: 'Range'; readonly inner: Expression; readonly range: string }
  | { readonly kind: 'Subquery'; readonly inner: Expression; readonly range: string; readonly step: string | null }
  | { readonly kind: 'Offset'; readonly inner: Expression; readonly offset: string }
  | { readonly kind: 'At'; readonly inner: Expression; readonly at: string }
  | { readonly kind: 'Call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'Aggregation'; readonly operator: string; readonly grouping: Grouping | null; readonly args: readonly Expression[] }
  | BinaryExpression
  | { readonly kind: 'Unary'; readonly operator: '-' | '+'; readonly inner: Expression }
  | { readonly kind: 'Paren'; readonly inner: Expression };

/** What reads series: the only node through which data enters a query. */
export interface Selector {
  readonly kind: 'Selector';
  readonly metric: string | null;
  readonly matchers: readonly Matcher[];
}

export interface Matcher {
  readonly label: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

export type MatchOperator = '=' | '!=' | '=~' | '!~';

export interface Grouping {
  readonly mode: 'by' | 'without';
  readonly labels: readonly string[];
}

export interface BinaryExpression {
  readonly kind: 'Binary';
  /** Lower case: `+`, `atan2`, `unless`, ... */
  readonly operator: string;
  readonly bool: boolean;
  readonly matching: VectorMatching | null;
  readonly left: Expression;
  readonly right: Expression;
}

export interface VectorMatching {
  readonly mode: 'on' | 'ignoring';
  readonly labels: readonly string[];
  readonly group: { readonly side: 'group_left' | 'group_right'; readonly labels: readonly string[] } | null;
}

/** Expressions directly below, from left to right. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'Number':
    case 'String':
    case 'Selector':
      return [];
    case 'Range':
    case 'Subquery':
    case 'Offset':
    case 'At':
    case 'Unary':
    case 'Paren':
      return [expression.inner];
    case 'Call':
    case 'Aggregation':
      return expression.args;
    case 'Binary':
      return [expression.left, expression.right];
  }
}

/** The same expression with every selector replaced, but for those inside of expressions that `isKept`; all else is kept. */
export function mapSelectors(
  expression: Expression,
  change: (selector: Selector) => Selector,
  isKept: (expression: Expression) => boolean = () => false,
): Expression {
  if (isKept(expression)) return expression;
  const below = (inner: Expression): Expression => mapSelectors(inner, change, isKept);
  switch (expression.kind) {
    case 'Number':
    case 'String':
      return expression;
    case 'Selector':
      return change(expression);
    case 'Range':
    case 'Subquery':
    case 'Offset':
    case 'At':
    case 'Unary':
    case 'Paren':
      return { ...expression, inner: below(expression.inner) };
    case 'Call':
    case 'Aggregation':
      return { ...expression, args: expression.args.map(below) };
    case 'Binary':
      return { ...expression, left: below(expression.left), right: below(expression.right) };
  }
}

export function selectorsOf(expression: Expression): readonly Selector[] {
  if (expression.kind === 'Selector') return [expression];
  return childrenOf(expression).flatMap(selectorsOf);
}
