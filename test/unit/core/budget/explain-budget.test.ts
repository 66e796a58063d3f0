import { describe, expect, it } from '@jest/globals';
import { budgetAt, spentInMs } from '../../../../src/core/budget/budget.ts';
import { budgetLeftText, budgetRecord, explainBudget } from '../../../../src/core/budget/explain-budget.ts';
import { lastStanding } from '../../../../src/core/budget/ledger.ts';
import type { BudgetLedger, Standing } from '../../../../src/core/budget/ledger.ts';

const day = 86_400_000;
const nowMs = Date.UTC(2026, 5, 1);
const objective = { targetPercent: 99, windowSeconds: 2_592_000 };
const instant = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

function told(...changes: readonly (readonly [daysAgo: number, standing: Standing])[]): readonly string[] {
  const ledger: BudgetLedger = { folded: [], changes: changes.map(([ago, standing]) => ({ atMs: nowMs - ago * day, standing })) };
  const budget = budgetAt(ledger, objective, { nowMs });
  const of = { indicator: 'parity', targetPercent: 99, standing: lastStanding(ledger) };
  return explainBudget(budgetRecord(of, budget, spentInMs(ledger, objective, nowMs)), instant);
}

describe('the sentences on a budget', () => {
  it('say what is left, of what, and what is allowed', () => {
    expect(told([50, 'Good'], [10, 'Bad'], [9.9, 'Good'])).toEqual([
      'Budget of indicator parity: 66 % left; a breach for 2.4 h of the 30 d that were judged since 2026-05-02, and its objective, 99 % of 30 d, allows 7.2 h of so much.',
    ]);
  });

  it('say by how much more than all of it is gone', () => {
    expect(told([50, 'Good'], [10, 'Bad'], [9, 'Good'])[0]).toMatch(/^Budget of indicator parity: spent 3.33 times; a breach for 1 d of/);
  });

  it('say when the breach that goes on will have taken it', () => {
    expect(told([50, 'Good'], [0.1, 'Bad'])[1]).toBe('If the breach goes on, it is spent in 4.8 h.');
  });

  it('regression: foretell no spent budget of one too young to be called so: a minute later it was not', () => {
    const [, second] = told([0.5, 'Good'], [0.001, 'Bad']);
    expect(second).toMatch(/^If the breach goes on, nothing is left in [0-9.]+ min; it is called spent once 1 d were judged\.$/);
    expect(told([0.5, 'Good'], [0.01, 'Bad'])[1]).toBe('Too little was judged so far to call it spent.');
    expect(told([1, 'Good'], [0.001, 'Bad'])[1]).toMatch(/^If the breach goes on, it is spent in /);
  });

  it.each([
    ['it stands good', [[50, 'Good']] as const],
    [
      'nobody can tell how it stands',
      [
        [50, 'Good'],
        [2, 'Bad'],
        [1.9, 'None'],
      ] as const,
    ],
    [
      'all of it is gone',
      [
        [50, 'Good'],
        [9, 'Bad'],
      ] as const,
    ],
  ])('foretell nothing where %s', (_what, changes) => {
    expect(told(...changes)).toHaveLength(1);
  });

  it('call none spent of which too little was judged', () => {
    const [first, second] = told([0.5, 'Good'], [0.1, 'Bad'], [0.05, 'Good']);
    expect(first).toContain('spent 10 times; a breach for 1.2 h of the 12 h that were judged since 2026-05-31');
    expect(second).toBe('Too little was judged so far to call it spent.');
  });

  it('know nothing where nothing was judged', () => {
    const unknown = 'Budget of indicator parity: unknown; none of the time of its objective, 99 % of 30 d, was judged.';
    expect(told()).toEqual([unknown]);
    expect(told([1, 'None'])).toEqual([unknown]);
  });
});

describe('what is left, in short', () => {
  it.each([
    [1, '100 %'],
    [0.999, '99 %'],
    [0.3, '30 %'],
    [0.004, '0 %'],
    [0, '0 %'],
    [-0.001, 'spent'],
    [-1.5, 'spent 2.5 times'],
    [-99, 'spent 100 times'],
    [null, 'unknown'],
  ] as const)('of %p is %s', (left, text) => {
    expect(budgetLeftText(left)).toBe(text);
  });
});
