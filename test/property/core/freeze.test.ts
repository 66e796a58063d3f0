import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { boundReadings, maxFrozenLength } from '../../../src/core/freeze.ts';
import type { FrozenReading } from '../../../src/core/model/frozen-reading.ts';

const aFrozenReading: fc.Arbitrary<FrozenReading> = fc.record({
  indicator: fc.string({ minLength: 1, maxLength: 63 }),
  verdict: fc.constantFrom('Breach', 'NoData', 'Error'),
  provider: fc.string({ maxLength: 317 }),
  query: fc.string({ maxLength: 5000 }),
  windowSeconds: fc.integer({ min: 0, max: 1e6 }),
  threshold: fc.record({
    direction: fc.constantFrom('Above', 'Below'),
    warn: fc.option(fc.double({ noNaN: true }), { nil: null }),
    breach: fc.double({ noNaN: true }),
    clear: fc.double({ noNaN: true }),
    severe: fc.option(fc.double({ noNaN: true }), { nil: null }),
  }),
  value: fc.option(fc.double({ noNaN: true }), { nil: null }),
  sampleCount: fc.constant(null),
  noiseFloor: fc.constant(null),
  interval: fc.option(fc.record({ low: fc.double({ noNaN: true }), high: fc.double({ noNaN: true }) }), { nil: null }),
  computation: fc.option(
    fc.record({
      statistic: fc.string({ maxLength: 63 }),
      parameters: fc.dictionary(fc.string({ maxLength: 20 }), fc.double({ noNaN: true }), { maxKeys: 3 }),
      counts: fc.dictionary(fc.string({ maxLength: 20 }), fc.array(fc.double({ noNaN: true }), { maxLength: 64 }), { maxKeys: 4 }),
    }),
    { nil: null },
  ),
  dataTimeMs: fc.constant(null),
  message: fc.string({ maxLength: 3000 }),
});

describe('boundReadings', () => {
  it('always fits, keeps the order, and never touches a number', () => {
    fc.assert(
      fc.property(fc.array(aFrozenReading, { maxLength: 32 }), (readings) => {
        const bounded = boundReadings(readings);
        expect(JSON.stringify(bounded).length).toBeLessThanOrEqual(maxFrozenLength);
        expect(bounded.map(({ value, threshold }) => ({ value, threshold }))).toEqual(
          readings.slice(0, bounded.length).map(({ value, threshold }) => ({ value, threshold })),
        );
      }),
    );
  });

  it('keeps at least one whenever there is one', () => {
    fc.assert(
      fc.property(fc.array(aFrozenReading, { minLength: 1, maxLength: 8 }), (readings) => {
        expect(boundReadings(readings).length).toBeGreaterThan(0);
      }),
    );
  });
});
