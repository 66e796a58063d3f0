import { describe, expect, it } from '@jest/globals';
import { budgetOfStatus, objectiveStatus, toBudgetLedger, toObjectiveStatus } from '../../../src/api/objective-status.ts';
import { emptyLedger, noteChange } from '../../../src/core/budget/ledger.ts';
import type { BudgetLedger } from '../../../src/core/budget/ledger.ts';

const objective = { targetPercent: 99, windowSeconds: 604_800 };
const startMs = Date.UTC(2026, 5, 1, 12, 0, 0, 1);

/** Good and Bad in turn, some odd milliseconds each. */
function flapping(turns: number): BudgetLedger {
  let ledger = emptyLedger;
  for (let turn = 0; turn < turns; turn += 1)
    ledger = noteChange(ledger, { atMs: startMs + turn * 700_123, standing: turn % 2 === 0 ? 'Good' : 'Bad' }, objective.windowSeconds);
  return ledger;
}

describe('the ledger of a budget in the status', () => {
  it.each([0, 1, 5, 200, 900])('comes back from it as it was, after %i changes', (turns) => {
    const ledger = flapping(turns);
    const written: unknown = JSON.parse(JSON.stringify(toObjectiveStatus(objective, ledger)));
    const parsed = objectiveStatus.safeParse(written);
    if (!parsed.success) throw new Error(parsed.error.message);
    expect(toBudgetLedger(parsed.data)).toEqual(ledger);
  });

  it('stays small enough for 32 indicators to flap at once', () => {
    const bytes = JSON.stringify(toObjectiveStatus(objective, flapping(900))).length;
    expect(bytes).toBeGreaterThan(2000);
    expect(bytes).toBeLessThan(6000);
  });

  it('says of a budget what the operator said, from the object alone', () => {
    const status = toObjectiveStatus(objective, {
      folded: [],
      changes: [
        { atMs: startMs, standing: 'Good' },
        { atMs: startMs + 99_000_000, standing: 'Bad' },
      ],
    });
    const at = budgetOfStatus('parity', status, startMs + 100_000_000);
    expect(at).toMatchObject({ indicator: 'parity', standing: 'Bad', targetPercent: 99, badSeconds: 1000, judgedSeconds: 100_000 });
    expect(at.left).toBeCloseTo(0, 9);
    expect(at.isSpent).toBe(false);
    expect(budgetOfStatus('parity', status, startMs + 100_100_000)).toMatchObject({ isSpent: true, spentInSeconds: null });
    expect(budgetOfStatus('parity', status, startMs + 99_990_000).spentInSeconds).toBeCloseTo(10 - 10 / 99, 0);
  });
});
