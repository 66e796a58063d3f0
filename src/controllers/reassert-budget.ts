import type { Clock, EpochMs } from '../shared/clock.ts';
import type { TargetKey } from './target-key.ts';

/**
 * How often a constraint others undo is laid again: at once as long as no more than `burst` edits came in a row, and then one a
 * `paceMs`. At once is what protects: each write buys the time until the next edit, and waiting before it only gives that away. So
 * whoever undoes us no faster than the pace is answered every time, and whoever is faster costs a bounded number of writes.
 */
const burst = 10;
const paceMs = 1000;

/** Spent by what is laid again, by object and not by plan: that is what the API server has to bear. */
export interface ReassertBudget {
  /** How long the object has to wait yet; 0 when it may be laid again now. */
  waitMs(key: TargetKey): number;
  spend(key: TargetKey): void;
}

export function createReassertBudget(clock: Clock): ReassertBudget {
  /** Until when what was spent is earned back. */
  const owedUntilMs = new Map<TargetKey, EpochMs>();
  return {
    waitMs: (key) => Math.max(0, (owedUntilMs.get(key) ?? 0) - (burst - 1) * paceMs - clock.nowMs()),
    spend: (key) => {
      const nowMs = clock.nowMs();
      for (const [each, untilMs] of owedUntilMs) if (untilMs <= nowMs) owedUntilMs.delete(each);
      // A clock that went back must not make anyone wait for longer than a whole budget.
      const owedMs = Math.min(Math.max(0, (owedUntilMs.get(key) ?? 0) - nowMs), burst * paceMs);
      owedUntilMs.set(key, nowMs + owedMs + paceMs);
    },
  };
}
