import type { EpochMs } from '../shared/clock.ts';

/** How often models of a tier are reviewed, or a policy. */
export interface ReviewCadence {
  readonly everySeconds: number;
  /** People are warned this long before a review is due; what brings one forward makes it due this long after. */
  readonly warningSeconds: number;
}

/** What happened since the last review that makes people look again before its time is up. */
export const revalidationReasons = ['NewVersion', 'Incident', 'Drift', 'PolicyChanged'] as const;
export type RevalidationReason = (typeof revalidationReasons)[number];

export interface Revalidation {
  readonly reason: RevalidationReason;
  readonly sinceMs: EpochMs;
}

export interface ReviewFacts {
  /** When the model came under guard, or the policy was made. */
  readonly sinceMs: EpochMs;
  /** Null: nobody has reviewed it. */
  readonly lastMs: EpochMs | null;
  readonly revalidation: Revalidation | null;
  /** First time of its calendar that is not before the last review and the period; left out: it has no calendar. */
  readonly calendarMs?: EpochMs;
}

export interface ReviewDue {
  readonly dueMs: EpochMs;
  readonly reason: 'Cadence' | 'NeverReviewed' | RevalidationReason;
}

export type ReviewStanding = 'Current' | 'DueSoon' | 'Overdue';

/**
 * When the next review is due. A model nobody has reviewed is given the warning time to be, not a whole period: what was never
 * looked at is not up to date.
 */
export function nextReview({ everySeconds, warningSeconds }: ReviewCadence, facts: ReviewFacts): ReviewDue {
  const { sinceMs, lastMs, revalidation } = facts;
  const regular: ReviewDue =
    lastMs === null
      ? { dueMs: sinceMs + warningSeconds * 1000, reason: 'NeverReviewed' }
      : { dueMs: facts.calendarMs ?? lastMs + everySeconds * 1000, reason: 'Cadence' };
  if (revalidation === null) return regular;
  const forward = { dueMs: revalidation.sinceMs + warningSeconds * 1000, reason: revalidation.reason };
  return forward.dueMs < regular.dueMs ? forward : regular;
}

export function reviewStanding({ dueMs }: ReviewDue, { warningSeconds }: ReviewCadence, nowMs: EpochMs): ReviewStanding {
  if (nowMs >= dueMs) return 'Overdue';
  return nowMs >= dueMs - warningSeconds * 1000 ? 'DueSoon' : 'Current';
}

/** What comes first brings the review forward; each of a kind counts once, from when it was first seen. */
export function firstOf(triggers: readonly Revalidation[]): Revalidation | null {
  const [first, ...others] = triggers;
  return first === undefined ? null : others.reduce((before, each) => (each.sinceMs < before.sinceMs ? each : before), first);
}

/** Time until the standing changes by itself; null: it will not. */
export function untilStandingChanges({ dueMs }: ReviewDue, { warningSeconds }: ReviewCadence, nowMs: EpochMs): number | null {
  const next = [dueMs - warningSeconds * 1000, dueMs].find((at) => at > nowMs);
  return next === undefined ? null : next - nowMs;
}
