import * as z from 'zod';
import type { CohortRule } from '../../core/statistics/cohort.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { CELRule } from '../cel.ts';
import { labelName } from '../fields.ts';
import type { IndicatorSpec } from '../model-risk.ts';

/** Who uses a template: what a statistic needs to know beside its own fields. */
export interface OutcomeUse {
  readonly indicator: IndicatorSpec;
  /** Of the template. */
  readonly windowSeconds: number;
  /** Null where the model doesn't say how long its outcomes take. */
  readonly labelMaturitySeconds: number | null;
}

/** Fields of every statistic that counts decisions, or what came of them. */

export const decisionLabel = labelName('Label that says what was decided. Default decision.').default('decision');

export const falseAlarmProbability = z.number().min(0.000001).max(0.5).default(0.05).meta({
  description:
    'Chance at one look that the interval leaves the true value out, on either side. Default 0.05. Smaller: wider intervals, later and surer verdicts.',
});

export const cohortLabel = labelName(
  'Label of outcome counters that says on which day (UTC, e.g. 2026-06-01) the decision was made. With it only days older than model.labelMaturitySeconds of the ModelRisk count, windowSeconds counts days of decisions, and the query may look back further. Left out: outcomes count when they arrive.',
).exactOptional();

const daySeconds = 86_400;

/** For a statistic under `key` with these fields. */
export function cohortRules(key: string): readonly CELRule[] {
  const has = `has(self.${key}) && has(self.${key}.cohortLabel)`;
  return [
    {
      rule: `!(${has}) || self.windowSeconds % ${String(daySeconds)} == 0`,
      fieldPath: '.windowSeconds',
      message: 'with cohortLabel the window is of whole days: write a multiple of 86400',
    },
  ];
}

/** Outcomes come late: whoever asks for those of mirrored answers, which nobody acted on, would wait for ever. */
export const liveOnlyMessage =
  'nobody acts on mirrored answers, so no outcome comes of them: leave Shadow out of measurableIn, or measure decisions without outcomes';

/** Failure: the end of a sentence about the signal. */
export function cohortRule(label: string | undefined, hasOutcomes: boolean, use: OutcomeUse): Result<CohortRule | null, string> {
  const { labelMaturitySeconds, windowSeconds, indicator } = use;
  if (label === undefined) {
    if (labelMaturitySeconds === null || !hasOutcomes) return success(null);
    return failure(
      'does not say of which day an outcome is, and model.labelMaturitySeconds asks for it; have cohortLabel added to the signal, or leave labelMaturitySeconds out',
    );
  }
  if (labelMaturitySeconds === null)
    return failure('counts outcomes by day of the decision; write model.labelMaturitySeconds, how long the outcome of a decision may take');
  // The newest day that counts ended up to a day before the maturity.
  const least = labelMaturitySeconds + daySeconds;
  if (indicator.staleAfterSeconds < least)
    return failure(
      `is as old as the decisions it counts, ${String(labelMaturitySeconds)} s and up to a day more; write staleAfterSeconds: ${String(least + daySeconds)} or more`,
    );
  return success({ label, labelMaturitySeconds, windowSeconds });
}
