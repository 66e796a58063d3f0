import type { EpochMs } from '../../shared/clock.ts';
import type { BudgetLedger } from './ledger.ts';

/** Of the time that was judged within the window so much must not be a breach. Percent, below 100; seconds. */
export interface Objective {
  readonly targetPercent: number;
  readonly windowSeconds: number;
}

/** What is left of the error budget of an objective, and what that is computed from. */
export interface Budget {
  /** Share of the budget: 1 is untouched, 0 spent to the last, below 0 more than spent. Null: nothing in the window was judged. */
  readonly left: number | null;
  readonly badSeconds: number;
  readonly judgedSeconds: number;
  /** What may be bad of so much. */
  readonly allowedSeconds: number;
  readonly windowSeconds: number;
  /** Since when anything of the window is known; null: nothing is. */
  readonly sinceMs: EpochMs | null;
}

/** Judged time below this share of the window is too little to call a budget spent: a day of thirty, the shortest of the slow windows alerts go by. */
const tellingShare = 1 / 30;

interface Stretch {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly goodMs: number;
  readonly badMs: number;
}

function stretches({ folded, changes }: BudgetLedger, untilMs: EpochMs): readonly Stretch[] {
  const ends = [...folded, ...changes].slice(1).map(({ atMs }) => atMs);
  const endOf = (index: number, fromMs: EpochMs): EpochMs => Math.max(fromMs, Math.min(untilMs, ends[index] ?? untilMs));
  return [
    ...folded.map(({ atMs, goodMs, badMs }, index) => ({ fromMs: atMs, toMs: Math.max(atMs, ends[index] ?? atMs), goodMs, badMs })),
    ...changes.map(({ atMs, standing }, index) => {
      const toMs = endOf(folded.length + index, atMs);
      const ms = toMs - atMs;
      return { fromMs: atMs, toMs, goodMs: standing === 'Good' ? ms : 0, badMs: standing === 'Bad' ? ms : 0 };
    }),
  ];
}

/** Of a sum that lies across the edge of the window only its share counts, as if it were spread evenly. */
function shareWithin({ fromMs, toMs }: Stretch, beginMs: EpochMs): number {
  if (fromMs >= beginMs) return 1;
  return toMs <= beginMs ? 0 : (toMs - beginMs) / (toMs - fromMs);
}

/**
 * What is left at `nowMs`: 1 - (bad / judged) / (1 - target), over the window that ends then (Site Reliability Workbook, chapters 2 and 5). Judged is
 * good and bad time; what could not be judged is neither, so that a young indicator, or one that was blind, has the budget of what was judged of it.
 * The last standing counts up to `countedUntilMs`. Changes count exactly; of what was folded only the sum at the far edge of the window is
 * uncertain in place, by a thirtieth of the window at most.
 */
export function budgetAt(
  ledger: BudgetLedger,
  { targetPercent, windowSeconds }: Objective,
  { nowMs, countedUntilMs = nowMs }: { readonly nowMs: EpochMs; readonly countedUntilMs?: EpochMs },
): Budget {
  const beginMs = nowMs - windowSeconds * 1000;
  let [badMs, goodMs] = [0, 0];
  for (const each of stretches(ledger, Math.min(nowMs, countedUntilMs))) {
    const share = shareWithin(each, beginMs);
    badMs += share * each.badMs;
    goodMs += share * each.goodMs;
  }
  const judgedMs = badMs + goodMs;
  const allowed = (100 - targetPercent) / 100;
  const first = (ledger.folded[0] ?? ledger.changes[0])?.atMs;
  return {
    left: judgedMs === 0 ? null : 1 - badMs / judgedMs / allowed,
    badSeconds: badMs / 1000,
    judgedSeconds: judgedMs / 1000,
    allowedSeconds: (judgedMs * allowed) / 1000,
    windowSeconds,
    sinceMs: first === undefined ? null : Math.max(first, beginMs),
  };
}

/** So much has to be judged before a budget is called spent. */
export function tellingSeconds({ windowSeconds }: Pick<Objective, 'windowSeconds'>): number {
  return windowSeconds * tellingShare;
}

/** More than all of it is gone, and enough was judged for that to mean something. */
export function isSpent({ left, judgedSeconds, windowSeconds }: Budget): boolean {
  return left !== null && left < 0 && judgedSeconds >= tellingSeconds({ windowSeconds });
}

/**
 * In how many milliseconds nothing is left if it goes on to stand as it does; null: not within a window from now. What is left goes with time in straight
 * lines that bend where a stretch begins or ceases to leave the window, so the first that crosses 0 is found without a search.
 */
export function spentInMs(ledger: BudgetLedger, objective: Objective, nowMs: EpochMs): number | null {
  const windowMs = objective.windowSeconds * 1000;
  const bends = [...ledger.folded, ...ledger.changes].map(({ atMs }) => atMs + windowMs).filter((atMs) => atMs > nowMs);
  const moments = [nowMs, ...bends, nowMs + windowMs].toSorted((a, b) => a - b);
  const room = (atMs: EpochMs): number => {
    const { allowedSeconds, badSeconds } = budgetAt(ledger, objective, { nowMs: atMs });
    return allowedSeconds - badSeconds;
  };
  for (const [index, toMs] of moments.slice(1).entries()) {
    const fromMs = moments[index] ?? nowMs;
    const [before, after] = [room(fromMs), room(toMs)];
    if (before >= 0 && after < 0) return fromMs - nowMs + ((toMs - fromMs) * before) / (before - after);
  }
  return null;
}
