import { describe, expect, it } from '@jest/globals';

import { binHistogram, commonBounds, mergeBins } from '../../../../src/core/statistics/histogram.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

describe('classic histograms against numpy', () => {
  it.each(loadGolden('histogram', 'classic'))('$name', ({ input, expected }) => {
    const histogram = binHistogram(input.buckets);

    if (histogram.kind !== 'Binned') throw new Error(histogram.message);
    expect(histogram.repaired).toBe(expected.repaired);
    expect(histogram.binned.upperBounds).toEqual(expected.upperBounds);
    expect(histogram.binned.counts).toHaveLength(expected.counts.length);
    for (const [bin, count] of expected.counts.entries()) expectRelative(histogram.binned.counts[bin], count, 1e-9);
  });
});

describe('bins both sides have, against numpy', () => {
  it.each(loadGolden('histogram', 'common-edges'))('$name', ({ input: { reference, live }, expected }) => {
    const bounds = commonBounds(reference, live);

    expect(bounds).toEqual(expected.upperBounds);
    expect(mergeBins(reference, bounds)).toEqual(expected.reference);
    expect(mergeBins(live, bounds)).toEqual(expected.live);
  });
});
