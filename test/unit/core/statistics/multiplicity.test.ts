import { describe, expect, it } from '@jest/globals';
import { adjustByBenjaminiHochberg } from '../../../../src/core/statistics/multiplicity.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

describe('Benjamini and Hochberg, against statsmodels', () => {
  it.each(loadGolden('multiplicity', 'benjamini-hochberg'))('$name', ({ input: { pValues, alpha }, expected }) => {
    const adjusted = adjustByBenjaminiHochberg(pValues);
    expect(adjusted).toHaveLength(expected.adjusted.length);
    for (const [index, one] of expected.adjusted.entries()) expectRelative(adjusted[index], one, 1e-9);
    expect(adjusted.map((one) => one <= alpha)).toEqual(expected.rejected);
  });
});

describe('adjustByBenjaminiHochberg', () => {
  it('takes what is no probability for no proof', () => {
    expect(adjustByBenjaminiHochberg([NaN, -1, 2, 0.001])).toEqual([1, 1, 1, 0.004]);
    expect(adjustByBenjaminiHochberg([])).toEqual([]);
  });
});
