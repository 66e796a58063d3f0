import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deadlinesOf, deadlineState, untilDeadlineChanges } from '../../../../src/core/incident/deadlines.ts';
import type { Deadline } from '../../../../src/core/incident/deadlines.ts';

const duty = { name: 'ai-act', severities: ['High'], categories: null, withinMs: 1000, warningMs: 300 };
const incident = { severity: 'High', categories: ['Fairness'], awareMs: 5000 };
const nothing = { known: [], filed: new Map<string, number>() };
const begun: Deadline = { name: 'ai-act', dueMs: 6000, warnMs: 5700, filedMs: null };

describe('deadlinesOf', () => {
  it('runs from when somebody knew', () => {
    expect(deadlinesOf([duty], incident, nothing)).toEqual([begun]);
  });

  it('warns at once where the warning is longer than the time there is', () => {
    expect(deadlinesOf([{ ...duty, warningMs: 9000 }], incident, nothing)).toEqual([{ ...begun, warnMs: 5000 }]);
  });

  it.each([
    ['nobody knew of harm', { ...incident, awareMs: null }, duty],
    ['another severity', { ...incident, severity: 'Low' }, duty],
    ['another category', incident, { ...duty, categories: ['Security'] }],
  ])('asks nothing: %s', (_, facts, rule) => {
    expect(deadlinesOf([rule], facts, nothing)).toEqual([]);
  });

  it('takes the nearer time when the duty was tightened, and keeps it when it was loosened or dropped', () => {
    expect(deadlinesOf([{ ...duty, withinMs: 400 }], incident, { ...nothing, known: [begun] })[0]?.dueMs).toBe(5400);
    expect(deadlinesOf([{ ...duty, withinMs: 9000 }], incident, { ...nothing, known: [begun] })).toEqual([begun]);
    expect(deadlinesOf([], { ...incident, severity: 'Low' }, { ...nothing, known: [begun] })).toEqual([begun]);
  });

  it('keeps the first time it was filed', () => {
    const filed = new Map([['ai-act', 5900]]);
    expect(deadlinesOf([duty], incident, { known: [{ ...begun, filedMs: 5500 }], filed })[0]?.filedMs).toBe(5500);
    expect(deadlinesOf([duty], incident, { known: [begun], filed })[0]?.filedMs).toBe(5900);
  });

  it('keeps no more than a record can hold: what is not filed, and is due first (regression: the status was refused for ever)', () => {
    const known = Array.from({ length: 16 }, (_, index) => ({
      ...begun,
      name: `duty-${String(index)}`,
      dueMs: 7000 + index,
      filedMs: index === 3 ? 6500 : null,
    }));
    const names = (all: readonly Deadline[]) => all.map(({ name }) => name);
    const first = deadlinesOf([duty], incident, { ...nothing, known });
    expect(names(first)).toEqual([...names(known).filter((name) => name !== 'duty-3'), 'ai-act']);
    const second = deadlinesOf([{ ...duty, name: 'sr-11-7', withinMs: 50 }], incident, { ...nothing, known: first });
    expect(names(second)).toEqual([...names(first).filter((name) => name !== 'duty-15'), 'sr-11-7']);
  });

  it('never moves a due time back, whatever is edited, in whatever order', () => {
    const edits = fc.array(fc.record({ withinMs: fc.integer({ min: 1, max: 5000 }), severity: fc.constantFrom('High', 'Low') }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(edits, (all) => {
        let known: readonly Deadline[] = [];
        for (const { withinMs, severity } of all) {
          const before = known[0]?.dueMs ?? Infinity;
          known = deadlinesOf([{ ...duty, withinMs }], { ...incident, severity }, { ...nothing, known });
          expect(known[0]?.dueMs ?? Infinity).toBeLessThanOrEqual(before);
        }
      }),
    );
  });
});

describe('deadlineState', () => {
  it.each([
    [5699, 'Open'],
    [5700, 'DueSoon'],
    [5999, 'DueSoon'],
    [6000, 'Overdue'],
  ])('at %i is %s, and changes when untilDeadlineChanges says', (nowMs, state) => {
    expect(deadlineState(begun, nowMs)).toBe(state);
    const waitMs = untilDeadlineChanges([begun], nowMs);
    if (waitMs === null) expect(state).toBe('Overdue');
    else expect(deadlineState(begun, nowMs + waitMs)).not.toBe(state);
  });

  it('is Filed up to the due time, late after it, and changes no more', () => {
    expect(deadlineState({ ...begun, filedMs: 6000 }, 9000)).toBe('Filed');
    expect(deadlineState({ ...begun, filedMs: 6001 }, 9000)).toBe('FiledLate');
    expect(untilDeadlineChanges([{ ...begun, filedMs: 5500 }], 5600)).toBeNull();
  });
});
