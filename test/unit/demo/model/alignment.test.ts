import { describe, expect, it } from '@jest/globals';

import { alignScore, buildAlignment } from '../../../../demo/model/alignment.ts';

describe('an alignment', () => {
  const logOdds = Array.from({ length: 101 }, (_, index) => index - 50);
  const scores = Array.from({ length: 101 }, (_, index) => (index / 100) ** 2);
  const alignment = buildAlignment(logOdds, scores, 11);

  it('gives the score that stands at the same place among the others', () => {
    expect(alignScore(alignment, 0)).toBeCloseTo(0.25, 12);
    expect(alignScore(alignment, 40)).toBeCloseTo(0.81, 12);
  });

  it('does not depend on the order of the rows', () => {
    expect(buildAlignment(logOdds.toReversed(), scores, 11)).toEqual(alignment);
  });

  it('is linear between knots', () => {
    expect(alignScore(alignment, 5)).toBeCloseTo((0.25 + 0.36) / 2, 12);
  });

  it('never leaves the range it has seen', () => {
    expect(alignScore(alignment, -1e9)).toBe(0);
    expect(alignScore(alignment, 1e9)).toBe(1);
  });

  it('never swaps two rows', () => {
    const aligned = Array.from({ length: 400 }, (_, index) => alignScore(alignment, index / 3 - 66));
    expect(aligned).toEqual([...aligned].sort((a, b) => a - b));
  });

  it('has one answer where many rows share their log-odds', () => {
    const flat = buildAlignment([1, 1, 1, 1, 2], [0.1, 0.2, 0.3, 0.4, 0.5], 5);
    expect(flat).toEqual({ logOdds: [1, 2], scores: [0.4, 0.5] });
  });
});
