import * as z from 'zod';
import { nextReview, revalidationReasons } from '../core/review.ts';
import type { ReviewDue, Revalidation } from '../core/review.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { count, digest, instant, mapList, name, objectName, requiredText, setList } from './fields.ts';
import { fromInstant, toInstant } from './instant.ts';
import type { ReviewCalendarSpec, ReviewRhythm, RhythmOf } from './review-calendar.ts';

const revalidationFields = {
  reason: z.enum(revalidationReasons).meta({
    description:
      'NewVersion: another version is under guard. Incident: a plan engaged. Drift: an indicator on a drift signal fired. PolicyChanged: what the policy says was edited.',
  }),
  since: instant('When it was seen.'),
};

const revalidation = z
  .object(revalidationFields)
  .meta({ description: 'What happened since the last review and brings the next one forward; the first of all.' });

const triggers = mapList(z.object(revalidationFields).meta({ description: 'One of them.' }), 'reason', {
  max: revalidationReasons.length,
  description: 'All that happened since the last review and asks for another, the first of each kind.',
});

const reason = z.enum(['Cadence', 'NeverReviewed', ...revalidationReasons]).meta({ description: 'Why it is due then.' });

/** Of whatever is under review. */
const ofReview = {
  last: instant('When the last review was made.').exactOptional(),
  by: requiredText(253, 'Who made it.').exactOptional(),
  decision: objectName('RiskDecision that says so.').exactOptional(),
  minutesSpent: count(100_000, 'Working time it took, in minutes.').exactOptional(),
  revalidation: revalidation.exactOptional(),
  next: instant('When the next review is due. Left out: none is asked for.').exactOptional(),
  reason: reason.exactOptional(),
};

const review = z
  .object({
    ...ofReview,
    version: requiredText(128, 'Version that was under guard then.').exactOptional(),
    policyDigest: digest(
      'Digest of what its policy said then of categories, tiers and these signals; another one asks for a review.',
    ).exactOptional(),
    signals: setList(name('Entry of signals.'), {
      max: 32,
      description: 'Signals of the policy that its indicators read then.',
    }).exactOptional(),
    triggers: triggers.exactOptional(),
  })
  .meta({ description: 'Reviews of the model by people.' });

export const reviewStatusFields = {
  digest: digest('Digest of what a Review looks at: model, criticality, owner, risks, indicators, workloads and papers.').exactOptional(),
  review: review.exactOptional(),
};

const policyReview = z
  .object({
    ...ofReview,
    namespace: requiredText(63, 'Namespace of the RiskDecision.').exactOptional(),
    digest: digest('What status.digest of the policy was when it was reviewed; another one asks for a review.').exactOptional(),
  })
  .meta({ description: 'Reviews of the policy by people.' });

export const policyReviewStatusFields = {
  digest: digest('Digest of what a Review of the policy looks at: all of its spec.').exactOptional(),
  review: policyReview.exactOptional(),
};

export type ReviewStatus = DeepReadonly<z.output<typeof review>>;
export type PolicyReviewStatus = DeepReadonly<z.output<typeof policyReview>>;
export type RevalidationStatus = NonNullable<ReviewStatus['revalidation']>;

/** Of a RiskPolicy. */
interface ReviewedTiers {
  readonly tiers: readonly (ReviewCalendarSpec & { readonly name: string })[];
  readonly reviewWarningSeconds: number;
}

/** Null: the tier asks for no reviews. */
export function toCadence(policy: ReviewedTiers, tier: string | null, rhythmOf: RhythmOf): ReviewRhythm | null {
  return rhythmOf(policy.tiers.find(({ name }) => name === tier) ?? {}, policy.reviewWarningSeconds);
}

export function toReviewDue(
  { last, revalidation: brought }: Pick<ReviewStatus, 'last' | 'revalidation'>,
  cadence: ReviewRhythm | null,
  sinceMs: number,
): ReviewDue | null {
  if (cadence === null) return null;
  const lastMs = last === undefined ? null : fromInstant(last);
  return nextReview(cadence, {
    ...{ sinceMs, lastMs },
    ...(lastMs === null ? {} : { calendarMs: cadence.notBefore(lastMs + cadence.everySeconds * 1000) }),
    revalidation: brought === undefined ? null : toRevalidation(brought),
  });
}

export function fromRevalidation({ reason: cause, sinceMs }: Revalidation): RevalidationStatus {
  return { reason: cause, since: toInstant(sinceMs) };
}

export function toRevalidation({ reason: cause, since }: RevalidationStatus): Revalidation {
  return { reason: cause, sinceMs: fromInstant(since) };
}
