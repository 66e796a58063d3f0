import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exposureOf, isWorthShowing } from '../../../src/core/exposure.ts';
import type { Exposure } from '../../../src/core/exposure.ts';

const rate = fc.double({ min: 0, max: 1e6, noNaN: true });
const value = fc.double({ min: 0, max: 1e9, noNaN: true });
const age = fc.integer({ min: 0, max: 700_000 });
const nowMs = 1_000_000;

const exposure = fc
  .tuple(fc.option(rate, { freq: 5 }), value, age)
  .map(([unitsPerSecond, valuePerUnit, ageMs]) =>
    exposureOf(unitsPerSecond === null ? null : { unitsPerSecond, dataTimeMs: nowMs - ageMs }, { valuePerUnit, why: 'blind', nowMs }),
  );

describe('the exposure of a model', () => {
  it('is known only by a fresh reading, and then exactly that reading', () => {
    let knowns = 0;
    fc.assert(
      fc.property(rate, value, age, (unitsPerSecond, valuePerUnit, ageMs) => {
        const found = exposureOf({ unitsPerSecond, dataTimeMs: nowMs - ageMs }, { valuePerUnit, why: 'old', nowMs });
        expect(found.kind).toBe(ageMs <= 300_000 ? 'Known' : 'Unknown');
        if (found.kind !== 'Known') return;
        knowns += 1;
        expect(found.unitsPerMinute).toBe(unitsPerSecond * 60);
        expect(found.moneyPerMinute).toBeGreaterThanOrEqual(0);
        expect(found.observedAtMs).toBe(nowMs - ageMs);
      }),
      { numRuns: 300 },
    );
    expect(knowns).toBeGreaterThan(40);
  });

  it('shows itself no better than itself: what stands is never replaced by the same', () => {
    fc.assert(
      fc.property(exposure, (each) => {
        expect(isWorthShowing(each, each)).toBe(false);
      }),
    );
  });

  it('followed over any readings is shown within a factor of two, and within a quarter but for the five minutes in which it rests', () => {
    let replaced = 0;
    fc.assert(
      fc.property(fc.array(fc.option(rate, { freq: 6 }), { minLength: 20, maxLength: 60 }), (rates) => {
        let shown: Exposure = { kind: 'Unknown', why: 'begin' };
        rates.forEach((unitsPerSecond, minute) => {
          const at = minute * 60_000;
          const now = exposureOf(unitsPerSecond === null ? null : { unitsPerSecond, dataTimeMs: at }, {
            valuePerUnit: 10,
            why: '',
            nowMs: at,
          });
          if (isWorthShowing(shown, now)) {
            shown = now;
            replaced += 1;
          }
          expect(shown.kind).toBe(now.kind);
          if (shown.kind === 'Unknown' || now.kind === 'Unknown') return;
          const rests = now.observedAtMs - shown.observedAtMs < 300_000;
          const [low, high] = [Math.min(shown.unitsPerMinute, now.unitsPerMinute), Math.max(shown.unitsPerMinute, now.unitsPerMinute)];
          expect(rests || high <= 1.25 * low).toBe(true);
          // Readings here come once a minute, so that none that misleads ever stands beside another.
          expect(high).toBeLessThanOrEqual(2 * low);
        });
      }),
      { numRuns: 60 },
    );
    expect(replaced).toBeGreaterThan(100);
  });
});
