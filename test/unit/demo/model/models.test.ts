import { describe, expect, it } from '@jest/globals';

import { createCandidateModel } from '../../../../demo/model/candidate-model.ts';
import { featureNames } from '../../../../demo/model/features.ts';
import { fitCandidateSurrogate, fitSafeModel, splitReference } from '../../../../demo/model/fit.ts';
import { toLogOdds, toProbability } from '../../../../demo/model/linear-fit.ts';
import { coefficientList, createSafeModel, nameCoefficients } from '../../../../demo/model/safe-model.ts';
import { censusRow } from '../../../builders/census-row.ts';

const zeros = nameCoefficients(featureNames.map(() => 0));

describe('the candidate', () => {
  const file = { coefficients: { ...zeros, AGEP: 2 }, publishedRange: [0.01, 0.99] } as const;
  const score = createCandidateModel(file, (id) => (id === 1 ? 0.6 : undefined));

  it('answers an intact row with the published score', () => {
    expect(score(censusRow({ id: 1, AGEP: 33 }), null)).toBe(0.6);
  });

  it('moves the published log-odds by what the surrogate says the empty column is worth', () => {
    // 20 years are one unit of the feature.
    expect(score(censusRow({ id: 1, AGEP: 20 }), 'AGEP')).toBeCloseTo(toProbability(toLogOdds(0.6) - 2), 12);
  });

  it('answers as published where the empty column changes nothing', () => {
    expect(score(censusRow({ id: 1, AGEP: 0 }), 'AGEP')).toBeCloseTo(0.6, 12);
  });

  it('never answers beyond what the published model ever answered', () => {
    expect(score(censusRow({ id: 1, AGEP: 90 }), 'AGEP')).toBe(0.01);
  });

  it('has no answer for a row that was never published, broken or not', () => {
    expect(score(censusRow({ id: 2 }), null)).toBeNull();
    expect(score(censusRow({ id: 2 }), 'AGEP')).toBeNull();
  });
});

describe('the safe version', () => {
  it('scores by its coefficients and answers on the published scale', () => {
    const score = createSafeModel({ coefficients: { ...zeros, 'SEX=2': 4 }, alignment: { logOdds: [0, 4], scores: [0.2, 0.7] } });
    expect(score(censusRow({ codes: { SEX: 1 } }))).toBe(0.2);
    expect(score(censusRow({ codes: { SEX: 2 } }))).toBe(0.7);
  });

  it('says which coefficient its file lacks', () => {
    const { AGEP: _age, ...rest } = zeros;
    expect(() => coefficientList(rest)).toThrow('no coefficient for "AGEP"');
  });

  it('keeps six digits of a coefficient', () => {
    expect(nameCoefficients(featureNames.map(() => 1 / 3))['intercept']).toBe(0.333333);
  });
});

describe('the fits', () => {
  // Men work, women do not, but for one in ten; the published scores say so too.
  const rows = Array.from({ length: 2000 }, (_, index) => {
    const man = index % 2 === 0;
    const exception = index % 20 < 2;
    return censusRow({ id: index, employed: man !== exception, publishedScore: man ? 0.9 : 0.1, codes: { SEX: man ? 1 : 2 } });
  });

  it('keep every fifth row out', () => {
    const { training, holdOut } = splitReference(rows);
    expect(holdOut.map((row) => row.id).slice(0, 3)).toEqual([0, 5, 10]);
    expect(training).toHaveLength(1600);
  });

  it('find what the safe version is asked to find', () => {
    const score = createSafeModel(fitSafeModel(rows));
    expect(score(censusRow({ codes: { SEX: 1 } }))).toBeCloseTo(0.9, 5);
    expect(score(censusRow({ codes: { SEX: 2 } }))).toBeCloseTo(0.1, 5);
  });

  it('estimate what a column is worth to the published score', () => {
    const file = fitCandidateSurrogate(rows);
    expect(file.coefficients['SEX=2']).toBeCloseTo(toLogOdds(0.1) - toLogOdds(0.9), 1);
    expect(file.publishedRange).toEqual([0.1, 0.9]);
  });
});
