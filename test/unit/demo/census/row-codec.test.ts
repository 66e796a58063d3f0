import { gunzipSync, gzipSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';

import { decodeRows, encodeRows, roundScore } from '../../../../demo/census/row-codec.ts';
import { censusRow } from '../../../builders/census-row.ts';

const rows = [censusRow({ id: 3, publishedScore: 0.000149798 }), censusRow({ id: 4, AGEP: 0, employed: false, codes: { RELP: 17 } })];

describe('a row file', () => {
  it('gives back the rows it was made of', () => {
    expect(decodeRows(encodeRows(rows))).toEqual(rows);
  });

  it('has the same bytes each time', () => {
    expect(encodeRows(rows).equals(encodeRows(rows))).toBe(true);
  });

  it('can be read by people: a header and a line a row', () => {
    const text = gunzipSync(encodeRows(rows)).toString('utf8');
    expect(text.split('\n')[0]).toMatch(/^id,AGEP,SCHL,MAR,.*,RAC1P,employed,publishedScore$/);
    expect(text.split('\n')).toHaveLength(4);
  });

  it('keeps six digits of a score', () => {
    expect(roundScore(0.12121149704607134)).toBe(0.121211);
    expect(decodeRows(encodeRows([censusRow({ publishedScore: 0.12121149704607134 })]))[0]?.publishedScore).toBe(0.121211);
  });

  it('is refused when the columns are others', () => {
    expect(() => decodeRows(gzipSync('id,age\n1,2\n'))).toThrow('the header of a row file must be');
  });

  it('is refused with the number of the line that is broken', () => {
    const text = gunzipSync(encodeRows(rows)).toString('utf8').replace('4,0,', '4,x,');
    expect(() => decodeRows(gzipSync(text))).toThrow('line 3');
  });

  it('is refused when a line ends early', () => {
    const text = gunzipSync(encodeRows(rows)).toString('utf8').trimEnd().split(',').slice(0, -1).join(',');
    expect(() => decodeRows(gzipSync(text))).toThrow('line 3');
  });
});
