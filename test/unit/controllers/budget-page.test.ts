import { describe, expect, it } from '@jest/globals';
import {
  blankPage,
  budgetOf,
  interrupted,
  recalledPage,
  showsOther,
  toldPage,
  toPageStatus,
  withReading,
} from '../../../src/controllers/budget-page.ts';
import type { BudgetPage } from '../../../src/controllers/budget-page.ts';
import { lastStanding, standingOf } from '../../../src/core/budget/ledger.ts';
import type { Standing } from '../../../src/core/budget/ledger.ts';
import { expectRelative, loadGolden } from '../../builders/golden.ts';
import type { GoldenShapes } from '../../builders/golden-shapes.ts';

type Case = GoldenShapes['budget']['budget'][0];

/** Another process takes over what the status says: `ledUntilMs` is what it knows of the one before. */
function takenOver(
  page: BudgetPage,
  at: { readonly nowMs: number; readonly ledUntilMs: number | null; readonly intervalMs: number },
): BudgetPage {
  const status = toPageStatus(page);
  return status === null ? blankPage(page.objective) : recalledPage(status, page.objective, at);
}

/** One process after another, as far as the moment. */
function replayed({ targetPercent, windowSeconds, intervalMs, terms }: Case, momentMs: number): BudgetPage {
  let page = blankPage({ targetPercent, windowSeconds });
  let ledUntilMs: number | null = null;
  for (const { untilMs, runs } of terms) {
    const readings = runs.flatMap(({ firstMs, count, verdict }) =>
      Array.from({ length: count }, (_, place) => ({ atMs: firstMs + place * intervalMs, standing: standingOf(verdict) })),
    );
    const [first] = readings;
    if (first === undefined || first.atMs > momentMs) break;
    page = takenOver(page, { nowMs: first.atMs, ledUntilMs, intervalMs });
    for (const reading of readings.filter(({ atMs }) => atMs <= momentMs)) page = withReading(page, reading, intervalMs);
    page = interrupted(page, Math.min(untilMs, momentMs));
    ledUntilMs = untilMs;
  }
  return ledUntilMs !== null && momentMs > ledUntilMs ? takenOver(page, { nowMs: momentMs, ledUntilMs, intervalMs }) : page;
}

describe('what is left of a budget, against an independent count of the readings', () => {
  it.each(loadGolden('budget', 'budget'))('$name', ({ input, expected }) => {
    expect(expected).toHaveLength(input.momentsMs.length);
    input.momentsMs.forEach((momentMs, place) => {
      const page = replayed(input, momentMs);
      expect(page.ledger.folded).toEqual([]);
      const { left, badSeconds, judgedSeconds } = budgetOf(page, momentMs);
      const wanted = expected[place] ?? { left: NaN, badSeconds: NaN, judgedSeconds: NaN };
      expectRelative(badSeconds, wanted.badSeconds, 1e-9);
      expectRelative(judgedSeconds, wanted.judgedSeconds, 1e-9);
      if (wanted.left === null) expect(left).toBeNull();
      else expect(Math.abs((left ?? NaN) - wanted.left)).toBeLessThan(1e-7 * Math.max(1, Math.abs(wanted.left)));
    });
  });

  it('has cases in which something is left, nothing is, and nobody knows', () => {
    const all = loadGolden('budget', 'budget').flatMap(({ expected }) => expected.map(({ left }) => left));
    expect(all.filter((left) => left !== null && left > 0 && left < 1).length).toBeGreaterThan(5);
    expect(all.filter((left) => left !== null && left < 0).length).toBeGreaterThan(20);
    expect(all.filter((left) => left === null).length).toBeGreaterThan(0);
  });
});

describe('a page of the book of budgets', () => {
  const objective = { targetPercent: 90, windowSeconds: 604_800 };
  const startMs = Date.UTC(2026, 5, 1);
  const minute = 60_000;
  const read = (page: BudgetPage, minutes: number, standing: Standing): BudgetPage =>
    withReading(page, { atMs: startMs + minutes * minute, standing }, minute);
  const begun = read(blankPage(objective), 0, 'Good');
  const standings = ({ ledger }: BudgetPage): readonly Standing[] => ledger.changes.map(({ standing }) => standing);

  it('goes on over a gap of two intervals, and knows nothing of a longer one', () => {
    expect(standings(read(begun, 2, 'Bad'))).toEqual(['Good', 'Bad']);
    const late = read(begun, 2.1, 'Bad');
    expect(standings(late)).toEqual(['Good', 'None', 'Bad']);
    expect(budgetOf(late, startMs + 2.1 * minute)).toMatchObject({ judgedSeconds: 120, badSeconds: 0 });
  });

  it('of which nobody knows until when it was led counts nothing after its last change', () => {
    const status = toPageStatus(read(read(begun, 1, 'Bad'), 2, 'Bad'));
    if (status === null) throw new Error('nothing to show');
    const recalled = recalledPage(status, objective, { nowMs: startMs + 9 * minute, intervalMs: minute, ledUntilMs: null });
    expect(budgetOf(recalled, startMs + 9 * minute)).toMatchObject({ judgedSeconds: 60, badSeconds: 0 });
    expect(standings(read(recalled, 9, 'Bad'))).toEqual(['Good', 'None', 'Bad']);
    expect(read(recalled, 9, 'Bad').ledger.changes.map(({ atMs }) => (atMs - startMs) / minute)).toEqual([0, 1, 9]);
  });

  it.each([
    ['a clock behind the changes', -5],
    ['a clock ahead of this one', 500],
  ])('takes the word of %s for no more than can be so', (_what, minutes) => {
    const status = toPageStatus(begun);
    if (status === null) throw new Error('nothing to show');
    const nowMs = startMs + 3 * minute;
    const recalled = recalledPage(status, objective, { nowMs, intervalMs: minute, ledUntilMs: startMs + minutes * minute });
    const { judgedSeconds } = budgetOf(recalled, nowMs);
    expect(judgedSeconds).toBe(minutes < 0 ? 0 : 180);
  });

  it('is told anew at a change, at a move of a tenth, and not in between', () => {
    const at = (minutes: number): number => startMs + minutes * minute;
    let page = begun;
    for (let minutes = 1; minutes <= 100; minutes += 1) page = read(page, minutes, 'Good');
    const first = toldPage(page, begun, at(100));
    expect(first.shown).toEqual({ left: 1, asOfMs: at(100) });
    const bad = read(first, 101, 'Bad');
    const changed = toldPage(bad, first, at(101));
    expect(showsOther(changed, first)).toBe(true);
    const little = read(changed, 101.9, 'Bad');
    expect(showsOther(toldPage(little, changed, at(101.9)), changed)).toBe(false);
    const more = read(little, 102.2, 'Bad');
    expect(toldPage(more, changed, at(102.2)).shown?.left).toBeLessThan(0.9);
  });

  it('has no end of news while it is overspent many times: a move of a tenth is one of what is shown', () => {
    let page = toldPage(read(blankPage(objective), 0, 'Bad'), blankPage(objective), startMs);
    let told = 0;
    for (let minutes = 1; minutes <= 600; minutes += 1) {
      const next = read(page, minutes, minutes < 60 ? 'Bad' : 'Good');
      const now = toldPage(next, page, startMs + minutes * minute);
      told += Number(showsOther(now, page));
      page = now;
    }
    expect(told).toBeGreaterThan(5);
    expect(told).toBeLessThan(40);
  });

  it('shows nothing before anything was judged', () => {
    expect(toPageStatus(blankPage(objective))).toBeNull();
    expect(toPageStatus(read(blankPage(objective), 0, 'None'))).toBeNull();
    expect(showsOther(toldPage(blankPage(objective), blankPage(objective), startMs), blankPage(objective))).toBe(false);
    expect(lastStanding(read(blankPage(objective), 0, 'None').ledger)).toBe('None');
  });

  it('is spent from when it was first said to be, until a tenth is back', () => {
    const of = (left: number, spentAtMs: number | null): number | null => {
      const judgedMs = objective.windowSeconds * 500;
      const badMs = (1 - left) * 0.1 * judgedMs;
      const changes = [
        { atMs: startMs - judgedMs, standing: 'Bad' as const },
        { atMs: startMs - judgedMs + badMs, standing: 'Good' as const },
      ];
      const page = { ...begun, ledger: { folded: [], changes }, countsUntilMs: startMs, spentAtMs };
      return toldPage(page, page, startMs).spentAtMs;
    };
    expect(of(0.01, null)).toBeNull();
    expect(of(-0.01, null)).toBe(startMs);
    expect(of(-0.01, 7)).toBe(7);
    expect(of(0.09, 7)).toBe(7);
    expect(of(0.11, 7)).toBeNull();
  });
});
