import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { keptEvidenceSeconds } from '../../../src/core/plan/kept-evidence.ts';
import { initialPlanMemory } from '../../../src/core/plan/memory.ts';
import { aSnapshot, anEngagement, limitStage } from '../../builders/core.ts';

const snapshot = (escalateAfterSeconds: number | null) => aSnapshot({ stages: [{ ...limitStage, escalateAfterSeconds }] });
const kept = (afterSeconds: number, evidencedMs: number) => keptEvidenceSeconds(snapshot(afterSeconds), anEngagement({ evidencedMs }));
const after = fc.integer({ min: 1, max: 100_000 });
const share = fc.double({ min: 0, max: 1.5, noNaN: true });

describe('evidence of a stage that outlives the process', () => {
  it('is never more than was gathered, no more than makes the stage due, and loses at most a tenth of that, rounded up to seconds', () => {
    let due = 0;
    fc.assert(
      fc.property(after, share, (seconds, part) => {
        const gathered = Math.floor(seconds * part * 1000);
        const found = kept(seconds, gathered);
        expect(found).toBeLessThanOrEqual(Math.min(gathered / 1000, seconds));
        expect(found).toBeGreaterThan(Math.min(gathered / 1000, seconds) - Math.ceil(seconds / 10));
        expect(Number.isInteger(found)).toBe(true);
        if (found === seconds) due++;
      }),
      { numRuns: 1000 },
    );
    expect(due).toBeGreaterThan(50);
  });

  it('makes a stage due exactly where it was: a restart neither hastens nor delays it', () => {
    fc.assert(
      fc.property(after, (seconds) => {
        expect(kept(seconds, seconds * 1000)).toBe(seconds);
        expect(kept(seconds, seconds * 1000 - 1)).toBeLessThan(seconds);
      }),
    );
  });

  it('is written ten times a stage at most, however long that is and however often it is looked at', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), (seconds) => {
        const values = new Set(Array.from({ length: 4 * seconds }, (_, index) => kept(seconds, index * 500)));
        expect(values.size).toBeLessThanOrEqual(11);
        expect([...values]).toEqual([...values].toSorted((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });

  it('is nothing where time leads nowhere: out of the last stage, of one that is gone, or while nothing is engaged', () => {
    expect(keptEvidenceSeconds(snapshot(null), anEngagement({ evidencedMs: 1e9 }))).toBe(0);
    expect(keptEvidenceSeconds(snapshot(60), anEngagement({ stage: 7, evidencedMs: 1e9 }))).toBe(0);
    expect(keptEvidenceSeconds(snapshot(60), initialPlanMemory)).toBe(0);
  });
});
