import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leastEvents, rateRatio } from '../../../../src/core/risk/programme/rate-ratio.ts';

const counts = fc.nat(400);
const enough = fc.tuple(counts, counts).filter(([before, now]) => before + now >= leastEvents);

describe('the ratio of two counts', () => {
  it('is told from ten events in both on, and not before', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.nat(12), (before, now) => {
        const { ratio, interval } = rateRatio(before, now);
        expect([ratio === null, interval === null]).toEqual(Array(2).fill(before + now < leastEvents));
      }),
    );
  });

  it('lies within its interval', () => {
    fc.assert(
      fc.property(enough, ([before, now]) => {
        const { ratio, interval } = rateRatio(before, now);
        expect(interval?.low ?? NaN).toBeLessThanOrEqual(ratio ?? NaN);
        expect(interval?.high ?? NaN).toBeGreaterThanOrEqual(ratio ?? NaN);
      }),
    );
  });

  it('turns over with the order of the spans: the interval of the one is the inverse of that of the other', () => {
    fc.assert(
      fc.property(
        enough.filter(([before, now]) => before > 0 && now > 0),
        ([before, now]) => {
          const [there, back] = [rateRatio(before, now).interval, rateRatio(now, before).interval];
          expect((there?.low ?? NaN) * (back?.high ?? NaN)).toBeCloseTo(1, 6);
          expect((there?.high ?? NaN) * (back?.low ?? NaN)).toBeCloseTo(1, 6);
        },
      ),
    );
  });

  it('of two like counts is no trend: its interval holds 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 400 }), (count) => {
        const { ratio, interval } = rateRatio(count, count);
        expect(ratio).toBe(1);
        expect(interval?.low).toBeLessThan(1);
        expect(interval?.high).toBeGreaterThan(1);
      }),
    );
  });

  it('grows with what came, and so does its interval', () => {
    fc.assert(
      fc.property(enough, ([before, now]) => {
        const [less, more] = [rateRatio(before, now), rateRatio(before, now + 1)];
        expect(more.interval?.low).toBeGreaterThan(less.interval?.low ?? NaN);
        expect(more.interval?.high ?? NaN).toBeGreaterThanOrEqual(less.interval?.high ?? NaN);
      }),
    );
  });
});
