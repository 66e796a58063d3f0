import { failure, success, type Result } from '../../../shared/result.ts';
import { mapSelectors, selectorsOf, type Expression, type Matcher } from './expression.ts';

/** The label every selector must carry, and the only value it may have. */
export interface EnforcedLabel {
  readonly label: string;
  readonly value: string;
}

/**
 * The query with `label="value"` in every selector, so that it can read nothing else. A selector that already says so is kept; one with any other
 * matcher on the label is refused, never silently narrowed: its author meant something this operator will not answer.
 */
export function confineExpression(expression: Expression, enforced: EnforcedLabel): Result<Expression, string> {
  const onLabel = selectorsOf(expression).flatMap((selector) => selector.matchers.filter(({ label }) => label === enforced.label));
  const conflict = onLabel.find((matcher) => !isEnforced(matcher, enforced));
  if (conflict !== undefined) {
    return failure(
      `the query may not match label ${enforced.label} with ${conflict.operator}; leave the label out, it is set to the namespace of the ModelRisk`,
    );
  }
  return success(
    mapSelectors(expression, (selector) => {
      const others = selector.matchers.filter(({ label }) => label !== enforced.label);
      return { ...selector, matchers: [{ ...enforced, operator: '=' }, ...others] };
    }),
  );
}

function isEnforced(matcher: Matcher, enforced: EnforcedLabel): boolean {
  return matcher.label === enforced.label && matcher.operator === '=' && matcher.value === enforced.value;
}
