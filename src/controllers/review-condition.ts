import { toInstant } from '../api/instant.ts';
import { reviewStanding, untilStandingChanges } from '../core/review.ts';
import type { ReviewCadence, ReviewDue } from '../core/review.ts';
import type { ConditionNow } from '../kube/conditions.ts';
import type { EpochMs } from '../shared/clock.ts';

const causes: Readonly<Record<ReviewDue['reason'], string>> = {
  Cadence: 'its period is over then',
  NeverReviewed: 'nobody has reviewed it yet',
  NewVersion: 'another version is under guard since the last one',
  Incident: 'a plan engaged since the last one',
  Drift: 'an indicator of drift fired since the last one',
  PolicyChanged: 'the policy says something else than at the last one',
};

export interface Standing {
  readonly due: ReviewDue | null;
  readonly cadence: ReviewCadence | null;
}

/** Of a model or a policy; `unasked` says why nobody is asked to review it, `command` how it is reviewed. */
export function standingCondition(
  { due, cadence }: Standing,
  { unasked, command, nowMs }: { readonly unasked: string; readonly command: string; readonly nowMs: EpochMs },
): ConditionNow & { readonly type: 'ReviewCurrent' } {
  const type = 'ReviewCurrent';
  if (due === null || cadence === null) return { type, status: 'True', reason: 'NoCadence', message: unasked };
  const when = `${toInstant(due.dueMs)}: ${causes[due.reason]}`;
  switch (reviewStanding(due, cadence, nowMs)) {
    case 'Current':
      return { type, status: 'True', reason: 'Reviewed', message: `The next review is due at ${when}.` };
    case 'DueSoon':
      return { type, status: 'True', reason: 'DueSoon', message: `A review is due at ${when}. Review it: ${command}` };
    case 'Overdue':
      return {
        type,
        status: 'False',
        reason: 'Overdue',
        message: `A review was due at ${when}. Review it: ${command}`,
      };
  }
}

const longestWaitMs = 86_400_000;

/** When to look at the standing again; null: it can't change by itself. At most a day: timers hold no longer. */
export function nextLookMs({ due, cadence }: Standing, nowMs: EpochMs): number | null {
  const waitMs = due === null || cadence === null ? null : untilStandingChanges(due, cadence, nowMs);
  return waitMs === null ? null : Math.min(waitMs, longestWaitMs);
}
