import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { periodTimes, reportDue } from '../../../../src/core/report/schedule.ts';

const startingAtMs = 1_000_000_000;
const anyLife = fc.record({
  everySeconds: fc.integer({ min: 3600, max: 100_000 }),
  /** Between two looks, in seconds; long ones are outages. */
  gaps: fc.array(fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 1_000_000 })), { minLength: 1, maxLength: 60 }),
  /** Whether a delivery that is tried arrives. */
  arrives: fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
});

describe('a report', () => {
  it('arrives at most once for each time it is due, in order, and never for one that was overtaken', () => {
    let overtaken = 0;
    fc.assert(
      fc.property(anyLife, ({ everySeconds, gaps, arrives }) => {
        const sent: number[] = [];
        let nowMs = startingAtMs - 10_000_000;
        for (const [index, gap] of gaps.entries()) {
          nowMs += gap * 1000;
          const due = reportDue(periodTimes({ startingAtMs, everySeconds }, nowMs), sent.at(-1) ?? null);
          if (due.kind === 'Later') expect(due.atMs).toBeGreaterThan(nowMs);
          else if (due.kind === 'Never') throw new Error('a period never ends');
          else {
            expect(due.dueMs).toBeLessThanOrEqual(nowMs);
            expect(nowMs - due.dueMs).toBeLessThan(everySeconds * 1000);
            expect((due.dueMs - startingAtMs) % (everySeconds * 1000)).toBe(0);
            if (due.dueMs - (sent.at(-1) ?? due.dueMs) > everySeconds * 1000) overtaken += 1;
            if (arrives[index % arrives.length] === true) sent.push(due.dueMs);
          }
        }
        expect(sent).toEqual([...new Set(sent)].toSorted((a, b) => a - b));
      }),
      { numRuns: 500 },
    );
    expect(overtaken).toBeGreaterThan(50);
  });

  it('is looked at again no later than it is due: waiting as told misses none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3600, max: 100_000 }), fc.integer({ min: 0, max: 10_000_000 }), (everySeconds, afterMs) => {
        const schedule = { startingAtMs, everySeconds };
        let sentForMs: number | null = null;
        let nowMs = startingAtMs + afterMs;
        const sent: number[] = [];
        for (let turn = 0; turn < 8; turn += 1) {
          const due = reportDue(periodTimes(schedule, nowMs), sentForMs);
          if (due.kind === 'Later') nowMs = due.atMs;
          else if (due.kind === 'Now') sent.push((sentForMs = due.dueMs));
        }
        for (const [index, at] of sent.entries()) if (index > 0) expect(at - (sent[index - 1] ?? 0)).toBe(everySeconds * 1000);
        expect(sent).toHaveLength(4);
      }),
    );
  });
});
