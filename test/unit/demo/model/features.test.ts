import { describe, expect, it } from '@jest/globals';

import { designMatrix, encodeFeatures, featureNames } from '../../../../demo/model/features.ts';
import { censusRow } from '../../../builders/census-row.ts';

function namesOf(row: Parameters<typeof encodeFeatures>[0]): readonly (string | undefined)[] {
  return encodeFeatures(row).positions.map((position) => featureNames[position]);
}

describe('the features of a row', () => {
  it('are only intercept and age for a child with the first code everywhere', () => {
    expect(namesOf(censusRow({ AGEP: 10 }))).toEqual(['intercept', 'AGEP']);
  });

  it('name each code that is not the first', () => {
    expect(namesOf(censusRow({ AGEP: 10, codes: { SCHL: 21, SEX: 2 } }))).toEqual(['intercept', 'AGEP', 'SCHL=21', 'SEX=2']);
  });

  it('bend at the ages that were passed', () => {
    expect(namesOf(censusRow({ AGEP: 21 }))).toEqual(['intercept', 'AGEP', 'AGEP over 16', 'AGEP over 20']);
    expect(encodeFeatures(censusRow({ AGEP: 20 })).values).toEqual([1, 1, 0.2]);
  });

  it('take a code outside the dictionary as the first one', () => {
    expect(namesOf(censusRow({ AGEP: 10, codes: { MAR: 0, RAC1P: 77 } }))).toEqual(['intercept', 'AGEP']);
  });

  it('stand in ascending places, as the fit needs them', () => {
    const { positions } = encodeFeatures(censusRow({ AGEP: 90, codes: { SCHL: 24, RELP: 17, RAC1P: 9, MIL: 4, MIG: 3 } }));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(new Set(positions).size).toBe(positions.length);
  });

  it('fit into the matrix', () => {
    const { width, rows } = designMatrix([censusRow(), censusRow({ codes: { RAC1P: 9 } })]);
    expect(width).toBe(featureNames.length);
    expect(Math.max(...rows.flatMap((row) => row.positions))).toBe(width - 1);
  });
});
