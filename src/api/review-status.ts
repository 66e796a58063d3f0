import * as z from 'zod';
import { nextReview } from '../core/review.ts';
import type { ReviewCadence, ReviewDue, Revalidation } from '../core/review.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { count, digest, instant, objectName, requiredText } from './fields.ts';
import { fromInstant, toInstant } from './instant.ts';

const revalidation = z
  .object({
    reason: z
      .enum(['NewVersion', 'Incident'])
      .meta({ description: 'NewVersion: another version is under guard. Incident: a plan engaged.' }),
    since: instant('When it was seen.'),
  })
  .meta({ description: 'What happened since the last review and brings the next one forward; the first of its kind.' });

const review = z
  .object({
    last: instant('When the last review was made.').exactOptional(),
    by: requiredText(253, 'Who made it.').exactOptional(),
    decision: objectName('RiskDecision that says so.').exactOptional(),
    minutesSpent: count(100_000, 'Working time it took, in minutes.').exactOptional(),
    version: requiredText(128, 'Version that was under guard then.').exactOptional(),
    revalidation: revalidation.exactOptional(),
    next: instant('When the next review is due. Left out: the tier asks for none.').exactOptional(),
    reason: z.enum(['Cadence', 'NeverReviewed', 'NewVersion', 'Incident']).meta({ description: 'Why it is due then.' }).exactOptional(),
  })
  .meta({ description: 'Reviews of the model by people.' });

export const reviewStatusFields = {
  digest: digest('Digest of what a Review looks at: model, criticality, owner, risks, indicators, workloads and papers.').exactOptional(),
  review: review.exactOptional(),
};

export type ReviewStatus = DeepReadonly<z.output<typeof review>>;

/** Of a RiskPolicy. */
interface ReviewedTiers {
  readonly tiers: readonly { readonly name: string; readonly reviewEverySeconds?: number }[];
  readonly reviewWarningSeconds: number;
}

/** Null: the tier asks for no reviews. */
export function toCadence(policy: ReviewedTiers, tier: string | null): ReviewCadence | null {
  const everySeconds = policy.tiers.find(({ name }) => name === tier)?.reviewEverySeconds;
  return everySeconds === undefined ? null : { everySeconds, warningSeconds: policy.reviewWarningSeconds };
}

/** When the next one is due by what the status knows; null: no tier asks for one. */
export function toReviewDue(status: ReviewStatus, cadence: ReviewCadence | null, sinceMs: number): ReviewDue | null {
  if (cadence === null) return null;
  const { last, revalidation: brought } = status;
  return nextReview(cadence, {
    sinceMs,
    lastMs: last === undefined ? null : fromInstant(last),
    revalidation: brought === undefined ? null : toRevalidation(brought),
  });
}

export function fromRevalidation({ reason, sinceMs }: Revalidation): NonNullable<ReviewStatus['revalidation']> {
  return { reason, since: toInstant(sinceMs) };
}

function toRevalidation({ reason, since }: NonNullable<ReviewStatus['revalidation']>): Revalidation {
  return { reason, sinceMs: fromInstant(since) };
}
