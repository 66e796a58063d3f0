import type { EpochMs } from '../../shared/clock.ts';
import type { Verdict } from '../model/assessment.ts';

/** What time says of an objective. None: it could not be told, so it counts on neither side. */
export type Standing = 'Good' | 'Bad' | 'None';

/** From then on it stands so, until the next change. */
export interface StandingChange {
  readonly atMs: EpochMs;
  readonly standing: Standing;
}

/** Older time, summed: from then until the next one begins, or the first change. What is neither good nor bad of it is None. */
export interface FoldedTime {
  readonly atMs: EpochMs;
  readonly goodMs: number;
  readonly badMs: number;
}

/** How long the limits of an indicator were kept and how long not: changes as they came, and sums of what is older. Both in order of time, without a hole. */
export interface BudgetLedger {
  readonly folded: readonly FoldedTime[];
  readonly changes: readonly StandingChange[];
}

/** Changes kept as they came. */
export const changesKept = 32;
/** Parts of the window that older time is summed in: where a sum lies is known to this fraction of the window. */
const cellsOfWindow = 30;
/** The cells a window touches, and one that was begun when its window was another. */
export const foldedKept = cellsOfWindow + 2;

export const emptyLedger: BudgetLedger = { folded: [], changes: [] };

/** The readings counter goes by the same. */
export function standingOf(verdict: Verdict): Standing {
  switch (verdict) {
    case 'Ok':
    case 'Warn':
      return 'Good';
    case 'Breach':
      return 'Bad';
    case 'Insufficient':
    case 'NoData':
    case 'Error':
      return 'None';
  }
}

/** What it stands at since the last change; None before the first. */
export function lastStanding({ changes }: BudgetLedger): Standing {
  return changes.at(-1)?.standing ?? 'None';
}

/**
 * The ledger with one more change, or the same one where it stands so already. What lies before the window is dropped, and beyond `changesKept` the
 * oldest are summed; sums stay exact to the millisecond. A clock that went back changes nothing of what was told.
 */
export function noteChange(ledger: BudgetLedger, { atMs, standing }: StandingChange, windowSeconds: number): BudgetLedger {
  if (lastStanding(ledger) === standing) return ledger;
  const fromMs = Math.max(atMs, ledger.changes.at(-1)?.atMs ?? atMs);
  // A stretch without length says nothing, and two changes of one moment would be one key.
  const before = ledger.changes.filter((each) => each.atMs < fromMs);
  const changes = before.at(-1)?.standing === standing ? before : [...before, { atMs: fromMs, standing }];
  return folding(withoutPast({ ...ledger, changes }, fromMs - windowSeconds * 1000), windowSeconds);
}

/** Of the first that is kept the beginning may lie before `fromMs`: nothing is cut, so that nothing is rounded. */
function withoutPast({ folded, changes }: BudgetLedger, fromMs: EpochMs): BudgetLedger {
  const begins = [...folded, ...changes].map(({ atMs }) => atMs);
  const past = begins.findIndex((_, index) => (begins[index + 1] ?? Infinity) > fromMs);
  return { folded: folded.slice(past), changes: changes.slice(Math.max(0, past - folded.length)) };
}

function folding({ folded, changes }: BudgetLedger, windowSeconds: number): BudgetLedger {
  const surplus = Math.max(0, changes.length - changesKept);
  if (surplus === 0) return { folded, changes };
  const cellMs = Math.ceil((windowSeconds * 1000) / cellsOfWindow);
  const cellOf = (atMs: EpochMs): number => Math.floor(atMs / cellMs);
  const kept = changes.slice(surplus);
  const stretches = changes.slice(0, surplus).flatMap(({ atMs, standing }, index) => {
    const toMs = changes[index + 1]?.atMs ?? atMs;
    return cut(atMs, toMs, cellMs).map(([fromMs, endMs]): FoldedTime => {
      const ms = endMs - fromMs;
      return { atMs: fromMs, goodMs: standing === 'Good' ? ms : 0, badMs: standing === 'Bad' ? ms : 0 };
    });
  });
  const sums: FoldedTime[] = [];
  for (const each of [...folded, ...stretches]) {
    const last = sums.at(-1);
    if (last === undefined || cellOf(last.atMs) !== cellOf(each.atMs)) sums.push(each);
    else sums[sums.length - 1] = { atMs: last.atMs, goodMs: last.goodMs + each.goodMs, badMs: last.badMs + each.badMs };
  }
  return { folded: sums, changes: kept };
}

/** At the bounds of cells. */
function cut(fromMs: EpochMs, toMs: EpochMs, cellMs: number): readonly (readonly [EpochMs, EpochMs])[] {
  const parts: [EpochMs, EpochMs][] = [];
  for (let atMs = fromMs; atMs < toMs;) {
    const endMs = Math.min(toMs, (Math.floor(atMs / cellMs) + 1) * cellMs);
    parts.push([atMs, endMs]);
    atMs = endMs;
  }
  return parts;
}
