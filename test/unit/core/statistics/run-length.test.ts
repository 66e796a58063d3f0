import { describe, expect, it } from '@jest/globals';
import { cusumRunLength, ewmaRunLength } from '../../../../src/core/statistics/run-length.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

const withoutShift = <Vector extends { readonly input: { readonly shift: number } }>(vectors: readonly Vector[]) =>
  vectors.filter(({ input }) => input.shift === 0);

describe('run lengths without change, against R spc', () => {
  it.each(withoutShift(loadGolden('run-length', 'ewma')))('EWMA: $name', ({ input, expected }) => {
    expectRelative(ewmaRunLength(input), expected.fixedLimits, 1e-9);
  });

  it.each(withoutShift(loadGolden('run-length', 'cusum')))('CUSUM: $name', ({ input, expected }) => {
    expectRelative(cusumRunLength(input), expected.twoSided, 1e-9);
  });

  it('grow with the limit', () => {
    const widths = [1, 2, 3, 4].map((width) => ewmaRunLength({ weight: 0.2, width }));
    const thresholds = [1, 4, 8, 12].map((threshold) => cusumRunLength({ slack: 0.5, threshold }));
    for (const lengths of [widths, thresholds]) expect([...lengths].sort((a, b) => a - b)).toEqual(lengths);
  });
});
