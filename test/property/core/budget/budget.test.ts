import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { budgetAt, spentInMs } from '../../../../src/core/budget/budget.ts';
import { changesKept, emptyLedger, foldedKept, noteChange } from '../../../../src/core/budget/ledger.ts';
import type { BudgetLedger, Standing, StandingChange } from '../../../../src/core/budget/ledger.ts';

const windowSeconds = 604_800;
const windowMs = windowSeconds * 1000;
const originMs = 1_700_000_000_123;
const standing = fc.constantFrom<Standing>('Good', 'Bad', 'None');
const target = fc.constantFrom(50, 90, 99, 99.9, 99.9999);

/** A life of some weeks: stretches from a second to days. */
const life = fc.array(fc.tuple(fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 2 * 86_400_000 })), standing), {
  minLength: 1,
  maxLength: 120,
});

/** One that flaps for longer than its changes are kept: minutes to hours, a day now and then. */
const restless = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 4 * 3_600_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 86_400_000 }) },
    ),
    standing,
  ),
  { minLength: 3 * changesKept, maxLength: 5 * changesKept },
);

type Life = readonly (readonly [ms: number, standing: Standing])[];

function changesOf(lived: Life): readonly StandingChange[] {
  let atMs = originMs;
  return lived.map(([ms, each]) => {
    atMs += ms;
    return { atMs, standing: each };
  });
}

function noted(changes: readonly StandingChange[], seconds = windowSeconds): BudgetLedger {
  return changes.reduce((ledger, change) => noteChange(ledger, change, seconds), emptyLedger);
}

/** By the definition: each millisecond between two looks counts where it lies, nothing is folded. */
function exact(changes: readonly StandingChange[], nowMs: number, targetPercent: number) {
  const beginMs = nowMs - windowMs;
  const lengthOf = (which: Standing): number =>
    changes.reduce((sum, { atMs, standing: each }, index) => {
      const toMs = Math.min(nowMs, changes[index + 1]?.atMs ?? nowMs);
      return each === which ? sum + Math.max(0, toMs - Math.max(beginMs, atMs)) : sum;
    }, 0);
  const [badMs, goodMs] = [lengthOf('Bad'), lengthOf('Good')];
  const judgedMs = badMs + goodMs;
  return { badMs, judgedMs, left: judgedMs === 0 ? null : 1 - badMs / judgedMs / ((100 - targetPercent) / 100) };
}

function sums({ folded, changes }: BudgetLedger, nowMs: number) {
  const { badSeconds, judgedSeconds } = budgetAt({ folded, changes }, { targetPercent: 99, windowSeconds: 1e9 }, { nowMs });
  return { badSeconds, judgedSeconds };
}

describe('the budget of an objective', () => {
  it('is, over a life that fits the changes kept, what the definition says to the last digit that counts', () => {
    let judged = 0;
    fc.assert(
      fc.property(life, target, fc.integer({ min: 0, max: windowMs }), (lived, targetPercent, laterMs) => {
        const changes = changesOf(lived.slice(0, changesKept));
        const nowMs = (changes.at(-1)?.atMs ?? originMs) + laterMs;
        const budget = budgetAt(noted(changes), { targetPercent, windowSeconds }, { nowMs });
        const wanted = exact(changes, nowMs, targetPercent);
        expect(budget.badSeconds).toBeCloseTo(wanted.badMs / 1000, 6);
        expect(budget.judgedSeconds).toBeCloseTo(wanted.judgedMs / 1000, 6);
        expect(budget.left === null).toBe(wanted.left === null);
        if (wanted.left === null) return;
        judged += 1;
        expect(Math.abs((budget.left ?? NaN) - wanted.left)).toBeLessThan(1e-7 * Math.max(1, Math.abs(wanted.left)));
      }),
      { numRuns: 200 },
    );
    expect(judged).toBeGreaterThan(50);
  });

  it('of a longer life is off by a thirtieth of the window at most, bad or judged', () => {
    let folds = 0;
    fc.assert(
      fc.property(restless, fc.integer({ min: 0, max: windowMs }), (lived, laterMs) => {
        const changes = changesOf(lived);
        const ledger = noted(changes);
        folds += Number(ledger.folded.length > 0);
        const nowMs = (changes.at(-1)?.atMs ?? originMs) + laterMs;
        const budget = budgetAt(ledger, { targetPercent: 99, windowSeconds }, { nowMs });
        const wanted = exact(changes, nowMs, 99);
        expect(Math.abs(budget.badSeconds - wanted.badMs / 1000)).toBeLessThanOrEqual(windowSeconds / 30);
        expect(Math.abs(budget.judgedSeconds - wanted.judgedMs / 1000)).toBeLessThanOrEqual(windowSeconds / 30);
      }),
      { numRuns: 150 },
    );
    expect(folds).toBeGreaterThan(40);
  });

  it('loses no millisecond by folding', () => {
    let folds = 0;
    fc.assert(
      fc.property(restless, (lived) => {
        const changes = changesOf(lived.map(([ms, each]) => [Math.ceil(ms / 30), each] as const));
        const nowMs = (changes.at(-1)?.atMs ?? originMs) + 1;
        const ledger = noted(changes);
        folds += Number(ledger.folded.length > 0);
        expect(sums(ledger, nowMs)).toEqual(sums({ folded: [], changes }, nowMs));
      }),
      { numRuns: 150 },
    );
    expect(folds).toBeGreaterThan(40);
  });

  it('is not changed by saying in the middle of a stretch that it goes on', () => {
    fc.assert(
      fc.property(life, fc.integer({ min: 0, max: 119 }), fc.double({ min: 0, max: 1, noNaN: true }), (lived, place, share) => {
        const changes = changesOf(lived);
        const split = changes.flatMap((change, index) => {
          const toMs = changes[index + 1]?.atMs ?? change.atMs + 1000;
          const middle = { atMs: change.atMs + Math.floor((toMs - change.atMs) * share), standing: change.standing };
          return index === place % changes.length ? [change, middle] : [change];
        });
        expect(noted(split)).toEqual(noted(changes));
      }),
    );
  });

  it('never rises where good time is turned into bad, or bad time comes to what could not be told', () => {
    let fell = 0;
    fc.assert(
      fc.property(
        life,
        target,
        fc.integer({ min: 0, max: 119 }),
        fc.integer({ min: 0, max: windowMs }),
        (lived, targetPercent, place, laterMs) => {
          const at = place % lived.length;
          const worse: Life = lived.map(([ms, each], index) => [ms, index === at ? 'Bad' : each]);
          const nowMs = (changesOf(lived).at(-1)?.atMs ?? originMs) + laterMs;
          const of = (story: Life) => budgetAt({ folded: [], changes: changesOf(story) }, { targetPercent, windowSeconds }, { nowMs }).left;
          const [before, after] = [of(lived), of(worse)];
          if (before === null || after === null) return;
          fell += Number(after < before);
          expect(after).toBeLessThanOrEqual(before + 1e-9 * Math.max(1, Math.abs(before)));
        },
      ),
      { numRuns: 400 },
    );
    expect(fell).toBeGreaterThan(30);
  });

  it('knows nothing of what the window has left behind', () => {
    fc.assert(
      fc.property(life, life, (old, recent) => {
        const before = changesOf(old);
        const endMs = before.at(-1)?.atMs ?? originMs;
        const quiet = { atMs: endMs + 1, standing: 'None' } as const;
        const after = changesOf(recent.slice(0, 20).map(([ms, each]) => [Math.ceil(ms / 10), each] as const)).map((change) => ({
          ...change,
          atMs: change.atMs - originMs + endMs + 2 * windowMs,
        }));
        const nowMs = (after.at(-1)?.atMs ?? 0) + 1;
        const objective = { targetPercent: 99, windowSeconds };
        const without = budgetAt(noted(after), objective, { nowMs });
        const withOld = budgetAt(noted([...before, quiet, ...after]), objective, { nowMs });
        expect(withOld).toEqual({ ...without, sinceMs: withOld.sinceMs });
      }),
    );
  });

  it('is kept in bounded room, in order, whatever comes and however the window is edited', () => {
    let full = 0;
    fc.assert(
      fc.property(restless, fc.array(fc.integer({ min: 604_800, max: 7_776_000 }), { minLength: 1, maxLength: 4 }), (lived, windows) => {
        let ledger = emptyLedger;
        changesOf(lived).forEach((change, index) => {
          ledger = noteChange(ledger, change, windows[index % windows.length] ?? windowSeconds);
          full = Math.max(full, ledger.folded.length);
          expect(ledger.changes.length).toBeLessThanOrEqual(changesKept);
          expect(ledger.folded.length).toBeLessThanOrEqual(foldedKept);
        });
        const moments = [...ledger.folded, ...ledger.changes].map(({ atMs }) => atMs);
        expect(moments).toEqual([...new Set(moments)].toSorted((a, b) => a - b));
      }),
      { numRuns: 100 },
    );
    expect(full).toBeGreaterThan(5);
  });

  it('is spent when it is said to be, and not before', () => {
    let said = 0;
    fc.assert(
      fc.property(life, target, (lived, targetPercent) => {
        const quiet = lived.map(([ms, each]) => [ms, each === 'Bad' && ms > 50_000 ? 'Good' : each] as const);
        const changes = changesOf([...quiet, [1000, 'Bad']]);
        const ledger = noted(changes);
        const nowMs = (changes.at(-1)?.atMs ?? 0) + 1;
        const objective = { targetPercent, windowSeconds };
        const inMs = spentInMs(ledger, objective, nowMs);
        if (inMs === null) return;
        said += 1;
        const room = (atMs: number): number => {
          const { allowedSeconds, badSeconds } = budgetAt(ledger, objective, { nowMs: atMs });
          return allowedSeconds - badSeconds;
        };
        expect(room(nowMs + inMs)).toBeCloseTo(0, 3);
        expect(room(nowMs + inMs + 60_000)).toBeLessThan(0);
        for (const share of [0.1, 0.5, 0.9]) expect(room(nowMs + share * inMs)).toBeGreaterThanOrEqual(-1e-3);
      }),
      { numRuns: 300 },
    );
    expect(said).toBeGreaterThan(30);
  });
});
