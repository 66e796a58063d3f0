import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { survivalOf } from '../../../../src/core/risk/programme/survival.ts';

const spells = fc.array(fc.record({ ms: fc.integer({ min: 0, max: 50 }), ended: fc.boolean() }), { minLength: 1, maxLength: 60 });
const orNever = (ms: number | null): number => ms ?? Infinity;

describe('the law of times that are not over', () => {
  it('is that of the ordinary median where all are over: the least time by which half were', () => {
    fc.assert(
      fc.property(spells, (all) => {
        const over = all.map(({ ms }) => ({ ms, ended: true }));
        const sorted = all.map(({ ms }) => ms).sort((a, b) => a - b);
        const { medianMs, p90Ms, censored } = survivalOf(over);
        expect([medianMs, p90Ms, censored]).toEqual([
          sorted[Math.ceil(sorted.length / 2) - 1],
          sorted[Math.ceil((sorted.length * 9) / 10) - 1],
          0,
        ]);
      }),
    );
  });

  it('does not know the order, and 9 of 10 are never over before half are', () => {
    fc.assert(
      fc.property(spells, (all) => {
        const survival = survivalOf(all);
        expect(survivalOf(all.toReversed())).toEqual(survival);
        expect(orNever(survival.p90Ms)).toBeGreaterThanOrEqual(orNever(survival.medianMs));
      }),
    );
  });

  it('never makes a programme look faster for what is still open: leaving it out would', () => {
    fc.assert(
      fc.property(spells, (all) => {
        const over = all.filter(({ ended }) => ended);
        if (over.length > 0) expect(orNever(survivalOf(all).medianMs)).toBeGreaterThanOrEqual(orNever(survivalOf(over).medianMs));
      }),
    );
  });
});
