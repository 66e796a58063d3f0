import { childrenOf, type Expression } from './expression.ts';

/** What a query reads, in seconds before it is asked: from `oldest` to `newest`. */
interface Reach {
  readonly oldest: number;
  readonly newest: number;
}

/**
 * Seconds from the newest data of an answer back to the oldest that takes part in it: what `windowSeconds` must cover. Ranges and subqueries reach back,
 * offsets too unless the whole query is shifted by them. What is pinned to an instant with `@` is a constant, not a look back.
 */
export function lookBackSeconds(expression: Expression): number {
  const reaches = reachesOf(expression, { oldest: 0, newest: 0 });
  if (reaches.length === 0) return 0;
  const oldest = Math.max(...reaches.map((reach) => reach.oldest));
  return Math.max(0, oldest - Math.max(0, Math.min(...reaches.map((reach) => reach.newest))));
}

function reachesOf(expression: Expression, from: Reach): readonly Reach[] {
  const below = (reach: Reach): readonly Reach[] => childrenOf(expression).flatMap((child) => reachesOf(child, reach));
  switch (expression.kind) {
    case 'Selector':
      return [from];
    case 'Range':
    case 'Subquery':
      return below({ ...from, oldest: from.oldest + secondsOf(expression.range) });
    case 'Offset': {
      const offset = secondsOf(expression.offset);
      return below({ oldest: from.oldest + offset, newest: from.newest + offset });
    }
    case 'At':
      return isPresent(expression.at) ? below(from) : [];
    default:
      return below(from);
  }
}

/** `start()` and `end()` of an instant query are when it is asked. */
export function isPresent(at: string): boolean {
  return at === 'start()' || at === 'end()';
}

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

/** A duration like `1h30m`, or a plain number of seconds, with its sign; endless where it can't be read, so that no window covers it. */
export function secondsOf(literal: string): number {
  const sign = literal.startsWith('-') ? -1 : 1;
  const text = literal.replace(/^[+-]/, '').toLowerCase();
  const parts = [...text.matchAll(/(\d+)(ms|[smhdwy])/g)];
  if (parts.length > 0 && parts.map(([part]) => part).join('') === text)
    return sign * parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ''] ?? Infinity), 0);
  const seconds = Number(text.replaceAll('_', ''));
  return Number.isNaN(seconds) ? Infinity : sign * seconds;
}
