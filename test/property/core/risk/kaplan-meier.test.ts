import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Spell } from '../../../../src/core/risk/programme/survival.ts';
import { survivalOf } from '../../../../src/core/risk/programme/survival.ts';

const spells = fc.array(fc.record({ ms: fc.integer({ min: 0, max: 12 }), ended: fc.boolean() }), { maxLength: 30 });

/**
 * The same curve from its other definition (Efron 1967): whoever was censored leaves what mass they have to those who lasted longer, in
 * equal parts. Null: the mass that is left never was seen to end.
 */
function redistributed(all: readonly Spell[], share: number): number | null {
  const rank = ({ ended }: Spell): number => (ended ? 0 : 1);
  const sorted = all.toSorted((a, b) => a.ms - b.ms || rank(a) - rank(b));
  let [mass, over] = [1 / sorted.length, 0];
  for (const [index, { ms, ended }] of sorted.entries()) {
    const later = sorted.length - index - 1;
    if (!ended) mass += later === 0 ? 0 : mass / later;
    else over += mass;
    if (ended && over >= 1 - share - 1e-9) return ms;
  }
  return null;
}

describe('the curve of Kaplan and Meier', () => {
  it('is the one that hands on the mass of what is not over', () => {
    fc.assert(
      fc.property(spells, (all) => {
        const { medianMs, p90Ms } = survivalOf(all);
        expect([medianMs, p90Ms]).toEqual([redistributed(all, 0.5), redistributed(all, 0.1)]);
      }),
    );
  });

  it('is as fast, whatever unit it is counted in', () => {
    fc.assert(
      fc.property(spells, fc.integer({ min: 1, max: 1000 }), (all, scale) => {
        const { medianMs, p90Ms } = survivalOf(all.map(({ ms, ended }) => ({ ms: ms * scale, ended })));
        const before = survivalOf(all);
        const scaled = (ms: number | null) => (ms === null ? null : ms * scale);
        expect([medianMs, p90Ms]).toEqual([scaled(before.medianMs), scaled(before.p90Ms)]);
      }),
    );
  });

  it('does not change for each spell told twice, but in how many there are', () => {
    fc.assert(
      fc.property(spells, (all) => {
        const once = survivalOf(all);
        expect(survivalOf([...all, ...all])).toEqual({ ...once, n: 2 * once.n, censored: 2 * once.censored });
      }),
    );
  });

  it('never reaches what nobody saw: with all open there is no median, and a time told is one at which something ended', () => {
    fc.assert(
      fc.property(spells, (all) => {
        expect(survivalOf(all.map(({ ms }) => ({ ms, ended: false })))).toMatchObject({ medianMs: null, p90Ms: null });
        const ends = new Set<number | null>([null, ...all.filter(({ ended }) => ended).map(({ ms }) => ms)]);
        const { medianMs, p90Ms } = survivalOf(all);
        expect([ends.has(medianMs), ends.has(p90Ms)]).toEqual([true, true]);
      }),
    );
  });
});
