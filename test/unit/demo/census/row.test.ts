import { describe, expect, it } from '@jest/globals';

import { fromRequestBody, isFeatureColumn, toRequestBody, withEmptyColumn } from '../../../../demo/census/row.ts';
import { censusRow } from '../../../builders/census-row.ts';

describe('the body of a request', () => {
  it('carries the features and nothing of the answer', () => {
    const body = toRequestBody(censusRow({ id: 7, AGEP: 33, publishedScore: 0.123, employed: true }));
    expect(JSON.parse(body)).toMatchObject({ id: 7, AGEP: 33, SCHL: 0, RAC1P: 1 });
    expect(body).not.toContain('employed');
    expect(body).not.toContain('publishedScore');
  });

  it('comes back as the row that was sent', () => {
    const { id, AGEP, codes } = censusRow({ id: 7, AGEP: 33, codes: { SCHL: 21, RELP: 17 } });
    expect(fromRequestBody(toRequestBody(censusRow({ id, AGEP, codes })))).toEqual({ id, AGEP, codes });
  });

  it.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['a number', '5'],
    ['a missing column', toRequestBody(censusRow()).replace('"SEX":1,', '')],
    ['a text for a number', toRequestBody(censusRow()).replace('"SEX":1', '"SEX":"1"')],
    ['a missing id', toRequestBody(censusRow()).replace('"id":1,', '')],
  ])('is refused with %s', (_what, body) => {
    expect(fromRequestBody(body)).toBeNull();
  });
});

describe('an empty column', () => {
  it('makes everybody a new-born when it is the age', () => {
    expect(withEmptyColumn(censusRow({ AGEP: 44, codes: { SCHL: 21 } }), 'AGEP')).toMatchObject({ AGEP: 0, codes: { SCHL: 21 } });
  });

  it('becomes 0 when it is a code, and leaves the other columns alone', () => {
    const row = withEmptyColumn(censusRow({ AGEP: 44, codes: { SCHL: 21, MAR: 3 } }), 'SCHL');
    expect(row).toMatchObject({ AGEP: 44, codes: { SCHL: 0, MAR: 3 } });
  });

  it('must be a feature of the model', () => {
    expect(['AGEP', 'SCHL', 'id', 'employed', 'toString'].filter(isFeatureColumn)).toEqual(['AGEP', 'SCHL']);
  });
});
