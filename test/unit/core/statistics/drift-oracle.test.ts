import { describe, expect, it } from '@jest/globals';

import { measureDrift, populationStabilityIndex } from '../../../../src/core/statistics/drift.ts';
import type { BinnedCounts } from '../../../../src/core/statistics/histogram.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

const relative = 1e-9;

function shares(counts: readonly number[]): readonly number[] {
  const n = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / n);
}

/** Bounds of no meaning: PSI only asks that both sides have the same ones. */
function binned(counts: readonly number[]): BinnedCounts {
  return { upperBounds: counts.map((_count, bin) => (bin === counts.length - 1 ? Infinity : bin)), counts };
}

function drift(reference: readonly number[], live: readonly number[], falseAlarmProbability: number) {
  const measured = measureDrift({ reference: binned(reference), falseAlarmProbability }, binned(live));
  if (!measured.ok) throw new Error(`expected a reading, got ${measured.failure.message}`);
  return measured.value;
}

const drifts = loadGolden('divergences', 'counts');
const plain = drifts.filter(({ input }) => input.reference.length >= 3 && input.designEffect === 1);

describe('drift against scipy', () => {
  it.each(drifts)('unsmoothed PSI: $name', ({ input, expected }) => {
    expectRelative(populationStabilityIndex(shares(input.reference), shares(input.live)), expected.psi, relative);
  });

  it.each(plain)('smoothed PSI and its noise floors: $name', ({ input, expected }) => {
    expect(expected.noiseFloors).toHaveLength(3);
    for (const { alpha, floor } of expected.noiseFloors) {
      const { value, noiseFloor } = drift(input.reference, input.live, alpha);

      expectRelative(value, expected.psiJeffreys, relative);
      expectRelative(noiseFloor, floor, relative);
    }
  });

  it.each(loadGolden('noise', 'chi-square').filter(({ input }) => input.bins >= 3))('chi-square quantile: $name', ({ input, expected }) => {
    const side = Array.from({ length: input.bins }, () => 2 / input.bins);

    expectRelative(drift(side, side, input.alpha).noiseFloor, expected.quantile, relative);
  });
});
