import { toBudgetLedger, toObjectiveStatus } from '../api/objective-status.ts';
import type { ObjectiveStatus } from '../api/objective-status.ts';
import { fromInstant, toInstant } from '../api/instant.ts';
import { budgetAt, isSpent } from '../core/budget/budget.ts';
import type { Budget, Objective } from '../core/budget/budget.ts';
import { emptyLedger, noteChange } from '../core/budget/ledger.ts';
import type { BudgetLedger, StandingChange } from '../core/budget/ledger.ts';
import type { EpochMs } from '../shared/clock.ts';

/** What a process knows of the objective of one indicator. */
export interface BudgetPage {
  readonly objective: Objective;
  readonly ledger: BudgetLedger;
  /** Of the last reading that was taken in; null: none by this process. */
  readonly readAtMs: EpochMs | null;
  /** A reading says what stands until the next one, but not for longer than this. */
  readonly countsUntilMs: EpochMs;
  /** The next one must come by then to go on where the last one ended. */
  readonly goesOnUntilMs: EpochMs;
  readonly shown: { readonly left: number; readonly asOfMs: EpochMs } | null;
  readonly spentAtMs: EpochMs | null;
}

/** A status is replaced when the budget has moved by so much of itself; one that is overspent many times, by so much of that. */
const tellingMove = 0.1;
/** As a gap restarts the clocks of an indicator. */
const intervalsOfAReading = 2;

export function blankPage(objective: Objective): BudgetPage {
  return { objective, ledger: emptyLedger, readAtMs: null, countsUntilMs: 0, goesOnUntilMs: 0, shown: null, spentAtMs: null };
}

/** When a page is taken over from a status, and how far the word of who led before reaches. */
export interface Takeover {
  readonly nowMs: EpochMs;
  readonly intervalMs: number;
  /** Null: nobody knows until when anybody led. */
  readonly ledUntilMs: EpochMs | null;
}

/** What the status remembers. Who led before may have ended at any moment after it last said that it leads: no time counts after that. */
export function recalledPage(status: ObjectiveStatus, objective: Objective, { nowMs, intervalMs, ledUntilMs }: Takeover): BudgetPage {
  const ledger = toBudgetLedger(status);
  const sinceMs = ledger.changes.at(-1)?.atMs ?? nowMs;
  const countsUntilMs = Math.max(sinceMs, Math.min(ledUntilMs ?? sinceMs, nowMs));
  const { budgetLeft: left, asOf, spentAt } = status;
  return {
    ...{ objective, ledger, readAtMs: null, countsUntilMs },
    // Its last reading was at most one interval before it ended.
    goesOnUntilMs: ledUntilMs === null ? countsUntilMs : countsUntilMs + (intervalsOfAReading - 1) * intervalMs,
    shown: left === undefined || asOf === undefined ? null : { left, asOfMs: fromInstant(asOf) },
    spentAtMs: spentAt === undefined ? null : fromInstant(spentAt),
  };
}

export function budgetOf({ ledger, objective, countsUntilMs }: BudgetPage, nowMs: EpochMs): Budget {
  return budgetAt(ledger, objective, { nowMs, countedUntilMs: countsUntilMs });
}

export function withReading(page: BudgetPage, reading: StandingChange, intervalMs: number): BudgetPage {
  const { ledger } = interrupted(page, reading.atMs);
  const untilMs = reading.atMs + intervalsOfAReading * intervalMs;
  return {
    ...{ ...page, readAtMs: reading.atMs, countsUntilMs: untilMs, goesOnUntilMs: untilMs },
    ledger: noteChange(ledger, reading, page.objective.windowSeconds),
  };
}

/** Where readings stopped coming nothing is known from when the last one ceased to count. */
export function interrupted(page: BudgetPage, nowMs: EpochMs): BudgetPage {
  if (nowMs <= page.goesOnUntilMs) return page;
  const ledger = noteChange(page.ledger, { atMs: page.countsUntilMs, standing: 'None' }, page.objective.windowSeconds);
  return ledger === page.ledger ? page : { ...page, ledger };
}

/** The page with what is to be shown of it now; `before`: as it was when it was last shown. */
export function toldPage(page: BudgetPage, before: BudgetPage, nowMs: EpochMs): BudgetPage {
  const budget = budgetOf(page, nowMs);
  const { left } = budget;
  const isNews = page.ledger !== before.ledger || isFar(page.shown?.left ?? null, left);
  // What hovers about nothing left is told once, and of what nobody knows it is not said that some is back.
  const goesOn = left === null || left < tellingMove;
  const spentAtMs = (goesOn ? page.spentAtMs : null) ?? (isSpent(budget) ? nowMs : null);
  const shown = !isNews ? page.shown : left === null ? null : { left, asOfMs: nowMs };
  return { ...page, shown, spentAtMs };
}

function isFar(shown: number | null, left: number | null): boolean {
  if (shown === null || left === null) return shown !== left;
  return Math.abs(left - shown) >= tellingMove * Math.max(1, Math.abs(shown));
}

export function showsOther(page: BudgetPage, before: BudgetPage): boolean {
  return page.ledger !== before.ledger || page.shown !== before.shown || page.spentAtMs !== before.spentAtMs;
}

/** Null: nothing was judged yet. */
export function toPageStatus({ objective, ledger, shown, spentAtMs }: BudgetPage): ObjectiveStatus | null {
  if (ledger.changes.length === 0) return null;
  return {
    ...toObjectiveStatus(objective, ledger),
    ...(shown === null ? {} : { budgetLeft: shown.left, asOf: toInstant(shown.asOfMs) }),
    ...(spentAtMs === null ? {} : { spentAt: toInstant(spentAtMs) }),
  };
}
