import { describe, expect, it } from '@jest/globals';

import { binByQuantiles, countScores } from '../../../../demo/census/reference-scores.ts';

const hundred = Array.from({ length: 100 }, (_, index) => (index + 1) / 100);

describe('buckets by quantile', () => {
  it('hold equal shares and leave the last bound open', () => {
    const { upperBounds, counts } = binByQuantiles(hundred, 4);
    expect(upperBounds).toEqual([0.26, 0.51, 0.76]);
    expect(counts).toEqual([26, 25, 25, 24]);
  });

  it('are counted with the bounds as they are written, so that rounding moves no row between files', () => {
    const { upperBounds, counts } = binByQuantiles([0.123449, 0.12345, 0.2, 0.3], 2);
    expect(upperBounds).toEqual([0.2]);
    expect(counts).toEqual([3, 1]);
  });

  it('do not depend on the order of the scores', () => {
    expect(binByQuantiles(hundred.toReversed(), 10)).toEqual(binByQuantiles(hundred, 10));
  });
});

describe('counting', () => {
  it('puts a score on a bound into the bucket below, as a Prometheus histogram does', () => {
    expect(countScores([0.1, 0.1000001, 0.5, 0.9], [0.1, 0.5])).toEqual([1, 2, 1]);
  });

  it('has a bucket for every bound, empty ones too', () => {
    expect(countScores([], [0.1, 0.5])).toEqual([0, 0, 0]);
  });
});
