import { describe, expect, it } from '@jest/globals';
import type { CensusScore } from '../../../../bench/statistics/census.ts';
import { seededRandom } from '../../../../bench/statistics/random.ts';
import { judgeRealRows } from '../../../../bench/statistics/real-rows.ts';

const random = seededRandom(5);
const shiftFirst = 133_619;
const shiftEnd = 143_890;

/** People whose scores are even over 0 to 1; those of the shift crowd below a tenth. */
function people(count: number, isShifted: (row: number) => boolean = () => false): readonly CensusScore[] {
  return Array.from({ length: count }, (_, row) => ({
    year: 2016 + (row % 2),
    age: row % 5 === 0 ? 70 : 30,
    score: isShifted(row) ? random() / 10 : random(),
  }));
}

describe('judgeRealRows', () => {
  const analysis = people(150_000, (row) => row >= shiftFirst && row < shiftEnd);
  const figures = judgeRealRows({ reference: people(20_000), analysis }, random);

  it('finds the shift where it begins and its end where it ends', () => {
    expect(figures.detectionWindows).toBeGreaterThanOrEqual(1);
    expect(figures.detectionWindows).toBeLessThanOrEqual(2);
    expect(figures.clearingWindows).toBe(1);
  });

  it('judges every row once at each size, and nothing below the minimum of rows', () => {
    expect(figures.sizes.map(({ rows, windows }) => [rows, windows])).toEqual([
      [100, 1500],
      [200, 750],
      [500, 300],
      [1000, 150],
    ]);
    expect(figures.sizes.map(({ insufficient, windows }) => insufficient / windows)).toEqual([1, 1, 0, 0]);
  });

  it('counts what the plain rule would have called a breach in small windows', () => {
    const [hundred, , , thousand] = figures.sizes;
    expect(hundred?.folkloreBreaches).toBeGreaterThan(100);
    expect(thousand?.folkloreBreaches).toBeLessThan(hundred?.folkloreBreaches ?? 0);
  });
});
