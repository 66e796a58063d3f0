import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createReassertBudget } from '../../../src/controllers/reassert-budget.ts';
import type { Clock } from '../../../src/shared/clock.ts';

const key = 'HTTPRoute/lending/credit';

/** When each of these edits is answered by one who asks the budget and waits as long as it says. */
function answersTo(gapsMs: readonly number[]): { readonly editAtMs: number; readonly atMs: number }[] {
  const state = { nowMs: 1_000_000 };
  const clock = { nowMs: () => state.nowMs } as Clock;
  const budget = createReassertBudget(clock);
  let editAtMs = state.nowMs;
  return gapsMs.map((gapMs) => {
    editAtMs += gapMs;
    state.nowMs = Math.max(state.nowMs, editAtMs);
    for (let waitMs = budget.waitMs(key); waitMs > 0; waitMs = budget.waitMs(key)) state.nowMs += waitMs;
    budget.spend(key);
    return { editAtMs, atMs: state.nowMs };
  });
}

const anyGaps = fc.array(fc.oneof(fc.nat(50), fc.nat(2000), fc.nat(60_000)), { minLength: 1, maxLength: 200 });

describe('the budget of what is laid again', () => {
  it('lets no more than ten and one a second through in any stretch of time, whoever edits how often', () => {
    fc.assert(
      fc.property(anyGaps, (gaps) => {
        const answers = answersTo(gaps);
        answers.forEach(({ atMs: fromMs }, first) => {
          answers.slice(first).forEach(({ atMs }, others) => {
            expect(others + 1).toBeLessThanOrEqual(10 + (atMs - fromMs) / 1000);
          });
        });
      }),
      { numRuns: 200 },
    );
  });

  it('keeps nobody waiting against a writer of at most one edit a second', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1000, max: 5000 }), { minLength: 1, maxLength: 300 }), (gaps) => {
        for (const { editAtMs, atMs } of answersTo(gaps)) expect(atMs).toBe(editAtMs);
      }),
    );
  });

  it('keeps nobody waiting for the first ten edits in a row, nor for longer than a second after an answer', () => {
    fc.assert(
      fc.property(anyGaps, (gaps) => {
        const answers = answersTo(gaps);
        answers.slice(0, 10).forEach(({ editAtMs, atMs }) => {
          expect(atMs).toBe(editAtMs);
        });
        answers.forEach(({ editAtMs, atMs }, index) => {
          const afterMs = answers[index - 1]?.atMs ?? 0;
          expect(atMs - Math.max(editAtMs, afterMs)).toBeLessThanOrEqual(1000);
        });
      }),
    );
  });
});
