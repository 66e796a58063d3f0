import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs } from '../../../src/kube/backoff.ts';
import { microTime } from '../../../src/kube/micro-time.ts';

describe('backoffMs', () => {
  it('doubles to the limit', () => {
    const delays = [1, 2, 3, 4, 5, 1000, 1e9].map((failures) => backoffMs({ baseMs: 100, maxMs: 1000 }, failures, () => 1));
    expect(delays).toEqual([100, 200, 400, 800, 1000, 1000, 1000]);
  });

  it('stays in the upper half of its ceiling', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), unit, (failures, random) => {
        const ceilingMs = Math.min(30_000, 800 * 2 ** (failures - 1));
        const delayMs = backoffMs({ baseMs: 800, maxMs: 30_000 }, failures, () => random);
        expect(delayMs).toBeGreaterThanOrEqual(ceilingMs / 2);
        expect(delayMs).toBeLessThanOrEqual(ceilingMs);
      }),
    );
  });
});

describe('microTime', () => {
  it('has six digits, whatever the milliseconds', () => {
    expect([0, 1, 999].map((ms) => microTime(Date.UTC(2026, 0, 2, 3, 4, 5, ms)))).toEqual([
      '2026-01-02T03:04:05.000000Z',
      '2026-01-02T03:04:05.001000Z',
      '2026-01-02T03:04:05.999000Z',
    ]);
  });
});
