import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clopperPearson, katz, mantelHaenszel, newcombe, rate, wilson, type Share } from '../../../../src/core/statistics/proportion.ts';

const aShare: fc.Arbitrary<Share> = fc
  .record({ trials: fc.double({ min: 1, max: 1e15, noNaN: true }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ trials, share }) => ({ successes: share * trials, trials }));
const aPair = fc.record({ one: aShare, other: aShare });
const anAlpha = fc.double({ min: 1e-8, max: 0.5, noNaN: true });
const slack = 1e-9;

describe('a proportion', () => {
  it.each([
    ['wilson', wilson],
    ['clopperPearson', clopperPearson],
  ])('%s lies in its interval, and both in [0, 1]', (_name, intervalOf) => {
    fc.assert(
      fc.property(aShare, anAlpha, (share, alpha) => {
        const { low, high } = intervalOf(share, alpha);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(rate(share) + slack);
        expect(high).toBeGreaterThanOrEqual(rate(share) - slack);
        expect(high).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('wilson of the failures is that of the successes seen from the other side', () => {
    fc.assert(
      fc.property(aShare, anAlpha, ({ successes, trials }, alpha) => {
        const [one, other] = [wilson({ successes, trials }, alpha), wilson({ successes: trials - successes, trials }, alpha)];
        expect(one.low + other.high).toBeCloseTo(1, 9);
      }),
    );
  });

  it('wilson is wider for less chance to be wrong, and narrower for more rows', () => {
    fc.assert(
      fc.property(aShare, anAlpha, ({ successes, trials }, alpha) => {
        const known = wilson({ successes, trials }, alpha);
        const surer = wilson({ successes, trials }, alpha / 10);
        const more = wilson({ successes: successes * 10, trials: trials * 10 }, alpha);
        expect(surer.high - surer.low).toBeGreaterThanOrEqual(known.high - known.low - slack);
        expect(more.high - more.low).toBeLessThanOrEqual(known.high - known.low + slack);
      }),
    );
  });
});

describe('two proportions', () => {
  it('have a difference within its interval, within [-1, 1], and the contrary one when exchanged', () => {
    fc.assert(
      fc.property(aPair, anAlpha, ({ one, other }, alpha) => {
        const [there, back] = [newcombe({ one, other }, alpha), newcombe({ one: other, other: one }, alpha)];
        expect(there.interval.low).toBeGreaterThanOrEqual(-1 - slack);
        expect(there.interval.high).toBeLessThanOrEqual(1 + slack);
        expect(there.interval.low).toBeLessThanOrEqual(there.value);
        expect(there.interval.high).toBeGreaterThanOrEqual(there.value);
        expect(there.interval.low).toBeCloseTo(-back.interval.high, 9);
      }),
    );
  });

  it('have a ratio within its interval, and the inverse one when exchanged', () => {
    fc.assert(
      fc.property(aPair, anAlpha, ({ one, other }, alpha) => {
        const [there, back] = [katz({ one, other }, alpha), katz({ one: other, other: one }, alpha)];
        expect(there.interval.low).toBeLessThanOrEqual(there.value);
        expect(there.interval.high).toBeGreaterThanOrEqual(there.value);
        expect(there.value * back.value).toBeCloseTo(1, 9);
      }),
    );
  });

  it('have in one stratum the difference they have pooled, and split into equal halves as well', () => {
    fc.assert(
      fc.property(aPair, anAlpha, (pair, alpha) => {
        const one = mantelHaenszel([pair], alpha);
        const halved = mantelHaenszel([half(pair), half(pair)], alpha);
        fc.pre(one !== null && halved !== null);
        expect(one.value).toBeCloseTo(rate(pair.one) - rate(pair.other), 9);
        expect(halved.value).toBeCloseTo(one.value, 9);
        expect(one.interval.low).toBeLessThanOrEqual(one.value + slack);
        expect(one.interval.high).toBeGreaterThanOrEqual(one.value - slack);
      }),
    );
  });
});

function half({ one, other }: { readonly one: Share; readonly other: Share }) {
  const of = ({ successes, trials }: Share): Share => ({ successes: successes / 2, trials: trials / 2 });
  return { one: of(one), other: of(other) };
}
