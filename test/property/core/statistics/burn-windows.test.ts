import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { burnWindows } from '../../../../src/core/statistics/burn-windows.ts';

const daySeconds = 86_400;
const objectives = fc.record({
  targetPercent: fc.double({ min: 50, max: 99.9999, noNaN: true }),
  windowSeconds: fc.integer({ min: 7 * daySeconds, max: 90 * daySeconds }),
});

describe('the windows an objective is watched in', () => {
  it('are those of the SRE Workbook for 30 days of 99.9 %', () => {
    expect(burnWindows({ targetPercent: 99.9, windowSeconds: 30 * daySeconds })).toEqual([
      { longSeconds: 3600, shortSeconds: 300, factor: 14.4, pace: 'Fast' },
      { longSeconds: 21_600, shortSeconds: 1800, factor: 6, pace: 'Fast' },
      { longSeconds: 86_400, shortSeconds: 7200, factor: 3, pace: 'Slow' },
      { longSeconds: 259_200, shortSeconds: 21_600, factor: 1, pace: 'Slow' },
    ]);
  });

  it('leave out what no outage could exceed: 14.4 budgets of a tenth are more than every reading', () => {
    expect(burnWindows({ targetPercent: 90, windowSeconds: 30 * daySeconds }).map(({ factor }) => factor)).toEqual([6, 3, 1]);
  });

  it('always hold one that a lasting outage raises', () => {
    fc.assert(
      fc.property(objectives, (objective) => {
        const windows = burnWindows(objective);
        expect(windows.length).toBeGreaterThan(0);
        for (const { factor } of windows) expect(factor * (1 - objective.targetPercent / 100)).toBeLessThan(1);
      }),
    );
  });

  it('are whole minutes, the short one within the long, the long one within that of the objective', () => {
    fc.assert(
      fc.property(objectives, (objective) => {
        for (const { longSeconds, shortSeconds } of burnWindows(objective)) {
          expect([longSeconds % 60, shortSeconds % 60]).toEqual([0, 0]);
          expect(shortSeconds).toBeGreaterThanOrEqual(120);
          expect(shortSeconds).toBeLessThan(longSeconds);
          expect(longSeconds).toBeLessThan(objective.windowSeconds);
        }
      }),
    );
  });

  it('ask for a slower burn the longer they look, and wake people for the shortest only', () => {
    fc.assert(
      fc.property(objectives, (objective) => {
        const windows = burnWindows(objective);
        const lengths = windows.map(({ longSeconds }) => longSeconds);
        expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
        const factors = windows.map(({ factor }) => factor);
        expect(factors).toEqual(factors.toSorted((a, b) => b - a));
        const paces = windows.map(({ pace }) => pace);
        expect(paces.lastIndexOf('Fast')).toBeLessThan(paces.indexOf('Slow'));
      }),
    );
  });

  it('raise more the tighter the target is: what watches 99 % watches 99.9 % too', () => {
    fc.assert(
      fc.property(objectives, fc.double({ min: 0, max: 1, noNaN: true }), ({ targetPercent, windowSeconds }, part) => {
        const tighter = targetPercent + part * (99.9999 - targetPercent);
        expect(burnWindows({ targetPercent: tighter, windowSeconds })).toEqual(
          expect.arrayContaining(burnWindows({ targetPercent, windowSeconds })),
        );
      }),
    );
  });
});
