import { describe, expect, it } from '@jest/globals';

import { binHistogram, measureDrift, populationStabilityIndex } from '../../../../src/core/statistics/drift.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

const relative = 1e-9;

function shares(counts: readonly number[]): readonly number[] {
  const n = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / n);
}

/** Bounds of no meaning: PSI only asks that both sides have the same ones. */
function binned(counts: readonly number[]): { readonly upperBounds: readonly number[]; readonly counts: readonly number[] } {
  return { upperBounds: counts.map((_count, bin) => (bin === counts.length - 1 ? Infinity : bin)), counts };
}

const drifts = loadGolden('divergences', 'counts');
const plain = drifts.filter(({ input }) => input.reference.length >= 3 && input.designEffect === 1);

describe('drift against scipy', () => {
  it.each(drifts)('unsmoothed PSI: $name', ({ input, expected }) => {
    expectRelative(populationStabilityIndex(shares(input.reference), shares(input.live)), expected.psi, relative);
  });

  it.each(plain)('smoothed PSI and its noise floors: $name', ({ input, expected }) => {
    for (const { alpha, floor } of expected.noiseFloors) {
      const drift = measureDrift({ reference: binned(input.reference), live: binned(input.live), falseAlarmProbability: alpha });

      if (drift.kind !== 'Measured') throw new Error(`expected a measurement, got ${drift.kind}`);
      expectRelative(drift.psi, expected.psiJeffreys, relative);
      expectRelative(drift.noiseFloor, floor, relative);
    }
  });

  it.each(loadGolden('noise', 'chi-square').filter(({ input }) => input.bins >= 3))('chi-square quantile: $name', ({ input, expected }) => {
    const side = binned(Array.from({ length: input.bins }, () => 2 / input.bins));

    const drift = measureDrift({ reference: side, live: side, falseAlarmProbability: input.alpha });

    if (drift.kind !== 'Measured') throw new Error(`expected a measurement, got ${drift.kind}`);
    expectRelative(drift.noiseFloor, expected.quantile, relative);
  });
});

describe('classic histograms against numpy', () => {
  it.each(loadGolden('histogram', 'classic'))('$name', ({ input, expected }) => {
    const histogram = binHistogram(input.buckets);

    if (histogram.kind !== 'Binned') throw new Error(histogram.message);
    expect(histogram.repaired).toBe(expected.repaired);
    expect(histogram.binned.upperBounds).toEqual(expected.upperBounds);
    expect(histogram.binned.counts).toHaveLength(expected.counts.length);
    for (const [bin, count] of expected.counts.entries()) expectRelative(histogram.binned.counts[bin], count, relative);
  });
});

describe('bins both sides have, against numpy', () => {
  it.each(loadGolden('histogram', 'common-edges'))('$name', ({ input, expected }) => {
    const merged = measureDrift({ ...input, falseAlarmProbability: 0.01 });
    const same = measureDrift({
      reference: { upperBounds: expected.upperBounds, counts: expected.reference },
      live: { upperBounds: expected.upperBounds, counts: expected.live },
      falseAlarmProbability: 0.01,
    });

    expect(merged).toEqual(same);
    expect(merged).toMatchObject({ kind: 'Measured', bins: expected.upperBounds.length });
  });
});
