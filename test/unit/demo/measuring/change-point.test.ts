import { describe, expect, it } from '@jest/globals';

import { mostLikelyChange } from '../../../../demo/measuring/change-point.ts';

/** `true` at an even rate: every `every`-th. */
function evenly(length: number, every: number): readonly boolean[] {
  return Array.from({ length }, (_, index) => index % every === 0);
}

describe('the most likely change', () => {
  it('is where half of the outcomes become a tenth', () => {
    const outcomes = [...evenly(100, 2), ...evenly(100, 10).map((_, index) => index % 10 === 9)];
    expect(Math.abs(mostLikelyChange(outcomes, { before: 0.5, after: 0.1 }) - 100)).toBeLessThanOrEqual(2);
  });

  it('is exact where one outcome ends for good', () => {
    const outcomes = [...evenly(51, 2), ...Array<boolean>(50).fill(false)];
    expect(mostLikelyChange(outcomes, { before: 0.5, after: 0 })).toBe(51);
  });

  it('works upwards too', () => {
    const outcomes = [...Array<boolean>(40).fill(false), ...Array<boolean>(40).fill(true)];
    expect(mostLikelyChange(outcomes, { before: 0.1, after: 0.9 })).toBe(40);
  });

  it('is before everything where nothing of the time before is left', () => {
    expect(mostLikelyChange(Array<boolean>(40).fill(false), { before: 0.5, after: 0.1 })).toBe(0);
    expect(mostLikelyChange([], { before: 0.5, after: 0.1 })).toBe(0);
  });

  it('is behind everything where nothing changed yet', () => {
    expect(mostLikelyChange(evenly(41, 2), { before: 0.5, after: 0.01 })).toBe(41);
  });
});
