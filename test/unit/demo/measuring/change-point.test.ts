import { describe, expect, it } from '@jest/globals';

import { findChange } from '../../../../demo/measuring/change-point.ts';

/** `true` at an even rate: every `every`-th. */
function evenly(length: number, every: number): readonly boolean[] {
  return Array.from({ length }, (_, index) => index % every === 0);
}

describe('the most likely change', () => {
  it('is where half of the outcomes become a tenth', () => {
    const outcomes = [...evenly(100, 2), ...evenly(100, 10).map((_, index) => index % 10 === 9)];
    expect(Math.abs(findChange(outcomes, { before: 0.5, after: 0.1 }).mostLikely - 100)).toBeLessThanOrEqual(2);
  });

  it('is exact where one outcome ends for good', () => {
    const outcomes = [...evenly(51, 2), ...Array<boolean>(50).fill(false)];
    expect(findChange(outcomes, { before: 0.5, after: 0 }).mostLikely).toBe(51);
  });

  it('works upwards too', () => {
    const outcomes = [...Array<boolean>(40).fill(false), ...Array<boolean>(40).fill(true)];
    expect(findChange(outcomes, { before: 0.1, after: 0.9 }).mostLikely).toBe(40);
  });

  it('is before everything where nothing of the time before is left', () => {
    expect(findChange(Array<boolean>(40).fill(false), { before: 0.5, after: 0.1 }).mostLikely).toBe(0);
    expect(findChange([], { before: 0.5, after: 0.1 }).mostLikely).toBe(0);
  });

  it('is behind everything where nothing changed yet', () => {
    expect(findChange(evenly(41, 2), { before: 0.5, after: 0.01 }).mostLikely).toBe(41);
  });

  it('comes with the places that are nearly as likely', () => {
    const outcomes = [...evenly(101, 2), ...Array<boolean>(100).fill(false)];
    const sharp = findChange(outcomes, { before: 0.5, after: 0 });
    // Two more of the safe version in a row are no surprise at one half: 2 ln 2 = 1.4 is within the interval, 3 ln 2 is not.
    expect(sharp).toEqual({ mostLikely: 101, earliest: 101, latest: 103 });
    const vague = findChange(outcomes, { before: 0.5, after: 0.4 });
    expect(vague.latest - vague.earliest).toBeGreaterThan(sharp.latest - sharp.earliest);
  });
});
