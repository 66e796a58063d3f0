import { describe, expect, it } from '@jest/globals';
import { changesKept, emptyLedger, lastStanding, noteChange, standingOf } from '../../../../src/core/budget/ledger.ts';
import type { BudgetLedger, Standing } from '../../../../src/core/budget/ledger.ts';

const weekSeconds = 604_800;
/** A thirtieth of it. */
const cellMs = 20_160_000;

function ledgerOf(changes: readonly (readonly [atMs: number, standing: Standing])[], windowSeconds = weekSeconds): BudgetLedger {
  return changes.reduce((ledger, [atMs, standing]) => noteChange(ledger, { atMs, standing }, windowSeconds), emptyLedger);
}

/** Good and Bad in turn, `ms` each. */
function turns(count: number, ms: number, fromMs = 0): readonly (readonly [number, Standing])[] {
  return Array.from({ length: count }, (_, index) => [fromMs + index * ms, index % 2 === 0 ? 'Good' : 'Bad'] as const);
}

describe('the ledger of a budget', () => {
  it.each([
    ['Ok', 'Good'],
    ['Warn', 'Good'],
    ['Breach', 'Bad'],
    ['Insufficient', 'None'],
    ['NoData', 'None'],
    ['Error', 'None'],
  ] as const)('takes the verdict %s for %s', (verdict, standing) => {
    expect(standingOf(verdict)).toBe(standing);
  });

  it('begins with the first time that could be told: what nobody looked at is no entry', () => {
    expect(noteChange(emptyLedger, { atMs: 5, standing: 'None' }, weekSeconds)).toBe(emptyLedger);
    expect(lastStanding(emptyLedger)).toBe('None');
    expect(ledgerOf([[5, 'Good']])).toEqual({ folded: [], changes: [{ atMs: 5, standing: 'Good' }] });
  });

  it('is the very same while nothing changes, so that a steady model costs no write', () => {
    const ledger = ledgerOf([[0, 'Good']]);
    expect(noteChange(ledger, { atMs: 9_000, standing: 'Good' }, weekSeconds)).toBe(ledger);
  });

  it('keeps changes in order of time', () => {
    const ledger = ledgerOf([
      [0, 'Good'],
      [100, 'Bad'],
      [250, 'None'],
      [300, 'Good'],
    ]);
    expect(ledger.changes.map(({ atMs, standing }) => `${String(atMs)} ${standing}`)).toEqual([
      '0 Good',
      '100 Bad',
      '250 None',
      '300 Good',
    ]);
    expect(lastStanding(ledger)).toBe('Good');
  });

  it('has no two changes of one moment: the later word stands, and none where it says what stood before', () => {
    const begun = [
      [0, 'Good'],
      [100, 'Bad'],
    ] as const;
    expect(ledgerOf([...begun, [100, 'None']]).changes).toEqual([
      { atMs: 0, standing: 'Good' },
      { atMs: 100, standing: 'None' },
    ]);
    expect(ledgerOf([...begun, [100, 'Good']]).changes).toEqual([{ atMs: 0, standing: 'Good' }]);
  });

  it('is not turned round by a clock that went back', () => {
    const ledger = ledgerOf([
      [1000, 'Good'],
      [2000, 'Bad'],
      [500, 'Good'],
    ]);
    expect(ledger.changes).toEqual([{ atMs: 1000, standing: 'Good' }]);
  });

  it('drops what the window has left behind, and cuts nothing of what reaches into it', () => {
    const ledger = ledgerOf([
      [0, 'Good'],
      [1000, 'Bad'],
      [weekSeconds * 1000 + 1500, 'Good'],
    ]);
    expect(ledger.changes.map(({ atMs }) => atMs)).toEqual([1000, weekSeconds * 1000 + 1500]);
  });

  it('keeps the newest change whatever its age', () => {
    const ledger = ledgerOf([
      [0, 'Good'],
      [5 * weekSeconds * 1000, 'Bad'],
    ]);
    expect(ledger.changes).toEqual([
      { atMs: 0, standing: 'Good' },
      { atMs: 5 * weekSeconds * 1000, standing: 'Bad' },
    ]);
  });

  it('sums what is older than the changes it keeps, each thirtieth of the window by itself', () => {
    const ledger = ledgerOf(turns(changesKept + 4, 1000));
    expect(ledger.changes).toHaveLength(changesKept);
    expect(ledger.folded).toEqual([{ atMs: 0, goodMs: 2000, badMs: 2000 }]);
    expect(ledger.changes[0]).toEqual({ atMs: 4000, standing: 'Good' });
  });

  it('parts a long stretch at the bounds, to the millisecond', () => {
    const long = 2 * cellMs + 7;
    const changes = [[11, 'Bad'] as const, ...turns(changesKept, 1000, 11 + long)];
    expect(ledgerOf(changes).folded).toEqual([
      { atMs: 11, goodMs: 0, badMs: cellMs - 11 },
      { atMs: cellMs, goodMs: 0, badMs: cellMs },
      { atMs: 2 * cellMs, goodMs: 0, badMs: 18 },
    ]);
  });

  it('adds time that could not be told to no side', () => {
    const ledger = ledgerOf([[0, 'Good'], [400, 'None'], ...turns(changesKept, 1000, 1000)]);
    expect(ledger.folded).toEqual([{ atMs: 0, goodMs: 400, badMs: 0 }]);
    expect(ledger.changes[0]?.atMs).toBe(1000);
  });

  it('goes by the grid of a longer window from when that is in force', () => {
    const short = ledgerOf(turns(changesKept + 60, cellMs / 2));
    expect(short.folded.length).toBeGreaterThan(10);
    const last = short.changes.at(-1) ?? { atMs: 0, standing: 'None' };
    const longer = noteChange(short, { atMs: last.atMs + 1, standing: last.standing === 'Good' ? 'Bad' : 'Good' }, 10 * weekSeconds);
    expect(longer.folded.length).toBeLessThan(6);
    expect(longer.folded[0]?.atMs).toBe(short.folded[0]?.atMs);
  });
});
