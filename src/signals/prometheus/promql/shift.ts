import { failure, success, type Result } from '../../../shared/result.ts';
import { childrenOf, type Expression } from './expression.ts';
import { isPresent, secondsOf } from './look-back.ts';

/** Without arguments they speak of the moment the query is asked, which no offset moves. */
const clockFunctions: ReadonlySet<string> = new Set([
  ...['time', 'minute', 'hour', 'month', 'year'],
  ...['day_of_week', 'day_of_month', 'day_of_year', 'days_in_month'],
]);

/**
 * The query as it would have been answered so many seconds ago: every selector and every subquery is shifted, offsets that stand there grow. What is
 * pinned to an instant with `@` stays. The failure is one sentence for the author of a query that can't be shifted.
 */
export function shiftExpression(expression: Expression, seconds: number): Result<Expression, string> {
  if (seconds === 0) return success(expression);
  const problem = problemOf(expression);
  return problem === null ? success(shifted(expression, seconds)) : failure(problem);
}

function problemOf(expression: Expression): string | null {
  if (expression.kind === 'Call' && expression.args.length === 0 && clockFunctions.has(expression.name))
    return `${expression.name}() is the present whatever the offset, so the query cannot be asked about the past; leave it out`;
  if (expression.kind === 'Offset' && !Number.isFinite(secondsOf(expression.offset)))
    return 'an offset in it cannot be read, so it cannot be asked about the past; write offsets as durations, e.g. 5m';
  return childrenOf(expression).reduce<string | null>((found, child) => found ?? problemOf(child), null);
}

function shifted(expression: Expression, seconds: number): Expression {
  const below = (inner: Expression): Expression => shifted(inner, seconds);
  switch (expression.kind) {
    case 'Number':
    case 'String':
      return expression;
    case 'Selector':
    case 'Range':
    case 'Subquery':
      // All a subquery reads, it reads at its own steps.
      return { kind: 'Offset', inner: expression, offset: offsetOf(seconds) };
    case 'Offset':
      return isPinned(expression.inner) ? expression : { ...expression, offset: offsetOf(secondsOf(expression.offset) + seconds) };
    case 'At':
      return isPresent(expression.at) ? { ...expression, inner: below(expression.inner) } : expression;
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

function isPinned(expression: Expression): boolean {
  return expression.kind === 'At' && !isPresent(expression.at);
}

function offsetOf(seconds: number): string {
  return Number.isInteger(seconds) ? `${String(seconds)}s` : `${String(Math.round(seconds * 1000))}ms`;
}
