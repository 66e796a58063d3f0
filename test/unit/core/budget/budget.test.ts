import { describe, expect, it } from '@jest/globals';
import { budgetAt, isSpent, spentInMs } from '../../../../src/core/budget/budget.ts';
import { emptyLedger } from '../../../../src/core/budget/ledger.ts';
import type { BudgetLedger, Standing } from '../../../../src/core/budget/ledger.ts';

const day = 86_400_000;
const monthly = { targetPercent: 99, windowSeconds: 2_592_000 };
const start = 1_000 * day;

function ledgerOf(...changes: readonly (readonly [days: number, standing: Standing])[]): BudgetLedger {
  return { folded: [], changes: changes.map(([days, standing]) => ({ atMs: start + days * day, standing })) };
}

const at = (days: number) => ({ nowMs: start + days * day });

describe('what is left of a budget', () => {
  it('is unknown while nothing was judged, never all of it', () => {
    expect(budgetAt(emptyLedger, monthly, at(0))).toEqual({
      ...{ left: null, badSeconds: 0, judgedSeconds: 0, allowedSeconds: 0, windowSeconds: 2_592_000, sinceMs: null },
    });
    expect(budgetAt(ledgerOf([0, 'None']), monthly, at(3)).left).toBeNull();
  });

  it('is all of it after good time alone', () => {
    expect(budgetAt(ledgerOf([0, 'Good']), monthly, at(30))).toMatchObject({ left: 1, badSeconds: 0, judgedSeconds: 2_592_000 });
  });

  it('is half of it where half of what the objective allows was bad', () => {
    const budget = budgetAt(ledgerOf([-40, 'Good'], [10, 'Bad'], [10.15, 'Good']), monthly, at(20));
    expect(budget.badSeconds).toBeCloseTo(12_960, 6);
    expect(budget.allowedSeconds).toBeCloseTo(25_920, 6);
    expect(budget.left).toBeCloseTo(0.5, 9);
  });

  it('is below 0 where more was bad than that', () => {
    expect(budgetAt(ledgerOf([-40, 'Good'], [10, 'Bad'], [10.6, 'Good']), monthly, at(20)).left).toBeCloseTo(-1, 9);
    expect(budgetAt(ledgerOf([0, 'Bad']), monthly, at(1)).left).toBeCloseTo(-99, 6);
  });

  it('of a young indicator is that of the time that was judged, as the recording rule has it', () => {
    const budget = budgetAt(ledgerOf([0, 'Good'], [0.99, 'Bad'], [1, 'Good']), monthly, at(2));
    expect(budget).toMatchObject({ judgedSeconds: 172_800, sinceMs: start });
    expect(budget.left).toBeCloseTo(1 - 0.01 / 2 / 0.01, 9);
  });

  it('counts what could not be told on neither side', () => {
    const seeing = budgetAt(ledgerOf([0, 'Good'], [8, 'Bad'], [8.1, 'Good']), monthly, at(10));
    const blind = budgetAt(ledgerOf([-10, 'None'], [0, 'Good'], [8, 'Bad'], [8.1, 'None'], [18.1, 'Good']), monthly, at(20));
    expect(blind.badSeconds).toBeCloseTo(seeing.badSeconds, 6);
    expect(blind.judgedSeconds).toBeCloseTo(864_000, 6);
    expect(blind.left).toBeCloseTo(seeing.left ?? NaN, 9);
  });

  it('comes back as the breach leaves the window, to the second', () => {
    const ledger = ledgerOf([-40, 'Good'], [0, 'Bad'], [0.5, 'Good']);
    expect(budgetAt(ledger, monthly, at(30)).badSeconds).toBeCloseTo(43_200, 6);
    expect(budgetAt(ledger, monthly, at(30.25)).badSeconds).toBeCloseTo(21_600, 6);
    expect(budgetAt(ledger, monthly, at(30.5))).toMatchObject({ badSeconds: 0, left: 1 });
  });

  it('counts the last standing no longer than it is said to', () => {
    const ledger = ledgerOf([0, 'Good']);
    const until = start + 2 * day;
    expect(budgetAt(ledger, monthly, { ...at(9), countedUntilMs: until }).judgedSeconds).toBe(172_800);
    expect(budgetAt(ledger, monthly, { ...at(1), countedUntilMs: until }).judgedSeconds).toBe(86_400);
    expect(budgetAt(ledger, monthly, { ...at(1), countedUntilMs: start - day }).left).toBeNull();
  });

  it('adds folded time, and of a sum at the edge of the window its share', () => {
    const folded = [
      { atMs: start, goodMs: 0.8 * day, badMs: 0.2 * day },
      { atMs: start + day, goodMs: day, badMs: 0 },
    ];
    const ledger: BudgetLedger = { folded, changes: [{ atMs: start + 2 * day, standing: 'Good' }] };
    expect(budgetAt(ledger, monthly, at(5))).toMatchObject({ badSeconds: 17_280, judgedSeconds: 432_000 });
    expect(budgetAt(ledger, monthly, at(30.5)).badSeconds).toBeCloseTo(8640, 6);
    expect(budgetAt(ledger, monthly, at(31)).badSeconds).toBe(0);
  });

  it('goes by the target and window it is asked for: an edit keeps the time that was counted', () => {
    const ledger = ledgerOf([-40, 'Good'], [10, 'Bad'], [10.15, 'Good']);
    expect(budgetAt(ledger, { ...monthly, targetPercent: 99.5 }, at(20)).left).toBeCloseTo(0, 9);
    expect(budgetAt(ledger, { ...monthly, windowSeconds: 604_800 }, at(20)).left).toBe(1);
  });
});

describe('a spent budget', () => {
  it('is one of which less than nothing is left', () => {
    expect(isSpent(budgetAt(ledgerOf([-40, 'Good'], [10, 'Bad'], [10.29, 'Good']), monthly, at(20)))).toBe(false);
    expect(isSpent(budgetAt(ledgerOf([-40, 'Good'], [10, 'Bad'], [10.31, 'Good']), monthly, at(20)))).toBe(true);
    expect(isSpent(budgetAt(emptyLedger, monthly, at(20)))).toBe(false);
  });

  it('takes a thirtieth of the window: a breach in the first hour of an indicator is no word on a month', () => {
    const ledger = ledgerOf([0, 'Bad'], [0.04, 'Good']);
    expect(budgetAt(ledger, monthly, at(0.99)).left).toBeLessThan(-2);
    expect(isSpent(budgetAt(ledger, monthly, at(0.99)))).toBe(false);
    expect(isSpent(budgetAt(ledger, monthly, at(1)))).toBe(true);
  });
});

describe('when a budget is spent at this rate', () => {
  it('is when a breach that goes on has taken what is left', () => {
    const inMs = spentInMs(ledgerOf([-40, 'Good'], [0, 'Bad']), monthly, start + 0.1 * day);
    expect(inMs).toBeCloseTo(0.2 * day, 3);
  });

  it('is sooner for a young one, whose judged time still grows', () => {
    const ledger = ledgerOf([-9.9, 'Good'], [0, 'Bad']);
    const inMs = spentInMs(ledger, monthly, start) ?? NaN;
    expect(budgetAt(ledger, monthly, { nowMs: start + inMs }).left).toBeCloseTo(0, 6);
    expect(inMs).toBeCloseTo(0.1 * day, 3);
  });

  it('sees an older breach leave the window meanwhile', () => {
    const ledger = ledgerOf([-60, 'Good'], [-30, 'Bad'], [-29.8, 'Good'], [0, 'Bad']);
    // What comes in goes out until the older one is gone: 0.2 days are bad all the time, and 0.1 more are allowed.
    expect(spentInMs(ledger, monthly, start)).toBeCloseTo(0.3 * day, 3);
  });

  it('is never while it stands good, and is no longer asked once all is gone', () => {
    expect(spentInMs(ledgerOf([-40, 'Good']), monthly, start)).toBeNull();
    expect(spentInMs(ledgerOf([-40, 'Good'], [-1, 'Bad']), monthly, start)).toBeNull();
    expect(spentInMs(emptyLedger, monthly, start)).toBeNull();
  });
});
