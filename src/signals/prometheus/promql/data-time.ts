import { childrenOf, type Expression } from './expression.ts';
import { printExpression } from './print.ts';

/**
 * How the time of an answer follows from the times of the series it was computed from, one number each (index into `leaves`).
 * All: every part is needed, so the oldest counts, and a part without data leaves no time. Any: the parts stand in for each other, so the newest counts.
 */
export type DataTime =
  | { readonly kind: 'Leaf'; readonly index: number }
  | { readonly kind: 'All'; readonly parts: readonly DataTime[] }
  | { readonly kind: 'Any'; readonly parts: readonly DataTime[] };

export interface DataTimePlan {
  readonly time: DataTime;
  /** Instant selectors, with their own offset or @: `timestamp()` of each is the time of its newest sample. */
  readonly leaves: readonly Expression[];
}

/** Now: asks for current data. Past: looks back by `offset` or `@` on the selector. Hidden: looks back around a subquery, where no single sample tells the time. */
type Look = 'Now' | 'Past' | 'Hidden';

type Tree =
  | { readonly kind: 'Leaf'; readonly selector: Expression; readonly look: Look }
  | { readonly kind: 'All' | 'Any'; readonly parts: readonly Tree[] };

/**
 * Where the time of the data behind a vector comes from; null if the expression reads no series whose time can be known.
 * A part that looks back on purpose (a week ago, for comparison) says nothing about freshness and is left out, unless the whole query looks back.
 */
export function dataTimeOf(expression: Expression): DataTimePlan | null {
  const tree = treeOf(expression, 'Now');
  const looks = looksOf(tree);
  const look = looks.includes('Now') ? 'Now' : looks.includes('Past') ? 'Past' : null;
  const leaves = new Map<string, Expression>();
  const time = look === null ? null : prune(tree, look, leaves);
  return time === null ? null : { time, leaves: [...leaves.values()] };
}

/** The data time of one answer from the times of its leaves; null if a part that is needed has none. */
export function evaluateDataTime(time: DataTime, leafTimeMs: (index: number) => number | null): number | null {
  if (time.kind === 'Leaf') return leafTimeMs(time.index);
  const times = time.parts.map((part) => evaluateDataTime(part, leafTimeMs));
  const known = times.filter((each) => each !== null);
  if (known.length === 0 || (time.kind === 'All' && known.length < times.length)) return null;
  return time.kind === 'All' ? Math.min(...known) : Math.max(...known);
}

function treeOf(expression: Expression, look: Look): Tree {
  if (expression.kind === 'Selector') return { kind: 'Leaf', selector: expression, look };
  if (expression.kind === 'Offset' || expression.kind === 'At') {
    const leaf = shiftedSelector(expression);
    return leaf === null
      ? treeOf(expression.inner, 'Hidden')
      : { kind: 'Leaf', selector: leaf, look: look === 'Hidden' ? 'Hidden' : 'Past' };
  }
  if (expression.kind === 'Binary' && expression.operator === 'unless') return treeOf(expression.left, look);
  const parts = childrenOf(expression)
    .map((child) => treeOf(child, look))
    .filter((part) => part.kind === 'Leaf' || part.parts.length > 0);
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return { kind: expression.kind === 'Binary' && expression.operator === 'or' ? 'Any' : 'All', parts };
}

/** `x[5m] offset 1h` is timed by `x offset 1h`; null if the modifiers do not stand on a selector. */
function shiftedSelector(expression: Expression): Expression | null {
  switch (expression.kind) {
    case 'Selector':
      return expression;
    case 'Range':
      return shiftedSelector(expression.inner);
    case 'Offset':
    case 'At': {
      const inner = shiftedSelector(expression.inner);
      return inner === null ? null : { ...expression, inner };
    }
    default:
      return null;
  }
}

function looksOf(tree: Tree): readonly Look[] {
  return tree.kind === 'Leaf' ? [tree.look] : tree.parts.flatMap(looksOf);
}

function prune(tree: Tree, look: Look, leaves: Map<string, Expression>): DataTime | null {
  if (tree.kind === 'Leaf') {
    if (tree.look !== look) return null;
    const text = printExpression(tree.selector);
    leaves.set(text, tree.selector);
    return { kind: 'Leaf', index: [...leaves.keys()].indexOf(text) };
  }
  const parts = tree.parts.map((part) => prune(part, look, leaves)).filter((part) => part !== null);
  const [only] = parts;
  if (only === undefined) return null;
  return parts.length === 1 ? only : { kind: tree.kind, parts };
}
