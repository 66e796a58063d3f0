import { describe, expect, it } from '@jest/globals';
import { firstOf, nextReview, revalidationReasons, reviewStanding, untilStandingChanges } from '../../../src/core/review.ts';

const cadence = { everySeconds: 1000, warningSeconds: 100 };
const facts = { sinceMs: 0, lastMs: null, revalidation: null };
const dueAt = (dueMs: number) => ({ dueMs, reason: 'Cadence' }) as const;

describe('when a review is due', () => {
  it('a period after the last', () => {
    expect(nextReview(cadence, { ...facts, lastMs: 5000 })).toEqual({ dueMs: 1_005_000, reason: 'Cadence' });
  });

  it('by its calendar, where it has one; what happened since brings it forward all the same', () => {
    const ofCalendar = { ...facts, lastMs: 5000, calendarMs: 2_000_000 };
    expect(nextReview(cadence, ofCalendar)).toEqual({ dueMs: 2_000_000, reason: 'Cadence' });
    const revalidation = { reason: 'Incident', sinceMs: 1_500_000 } as const;
    expect(nextReview(cadence, { ...ofCalendar, revalidation })).toEqual({ dueMs: 1_600_000, reason: 'Incident' });
    expect(nextReview(cadence, { ...facts, calendarMs: 2_000_000 })).toEqual({ dueMs: 100_000, reason: 'NeverReviewed' });
  });

  it('soon, when nobody has ever reviewed the model', () => {
    expect(nextReview(cadence, facts)).toEqual({ dueMs: 100_000, reason: 'NeverReviewed' });
  });

  it.each(revalidationReasons)('soon after %s', (reason) => {
    expect(nextReview(cadence, { ...facts, lastMs: 0, revalidation: { reason, sinceMs: 200_000 } })).toEqual({ dueMs: 300_000, reason });
  });

  it('never later for what happened since', () => {
    const revalidation = { reason: 'Incident', sinceMs: 950_000 } as const;
    expect(nextReview(cadence, { ...facts, lastMs: 0, revalidation })).toEqual({ dueMs: 1_000_000, reason: 'Cadence' });
  });
});

describe('where it stands', () => {
  it.each([
    [899_999, 'Current'],
    [900_000, 'DueSoon'],
    [999_999, 'DueSoon'],
    [1_000_000, 'Overdue'],
  ] as const)('at %d ms it is %s', (nowMs, standing) => {
    expect(reviewStanding(dueAt(1_000_000), cadence, nowMs)).toBe(standing);
  });

  it.each([
    [0, 900_000],
    [900_000, 100_000],
    [1_000_000, null],
  ])('at %d ms it changes in %s ms', (nowMs, waitMs) => {
    expect(untilStandingChanges(dueAt(1_000_000), cadence, nowMs)).toBe(waitMs);
  });

  it('is looked at again exactly when it changes', () => {
    for (let nowMs = 0; ;) {
      const waitMs = untilStandingChanges(dueAt(1_000_000), cadence, nowMs);
      if (waitMs === null) break;
      expect(reviewStanding(dueAt(1_000_000), cadence, nowMs + waitMs - 1)).toBe(reviewStanding(dueAt(1_000_000), cadence, nowMs));
      expect(reviewStanding(dueAt(1_000_000), cadence, nowMs + waitMs)).not.toBe(reviewStanding(dueAt(1_000_000), cadence, nowMs));
      nowMs += waitMs;
    }
  });
});

describe('of all that happened since', () => {
  it('the first counts, whatever the order it was found in', () => {
    const [early, late] = [
      { reason: 'Drift', sinceMs: 10 },
      { reason: 'NewVersion', sinceMs: 20 },
    ] as const;
    expect(firstOf([late, early])).toBe(early);
    expect(firstOf([early, late])).toBe(early);
    expect(firstOf([])).toBeNull();
  });
});
