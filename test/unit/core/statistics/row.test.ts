import { describe, expect, it } from '@jest/globals';
import { tally, type Row } from '../../../../src/core/statistics/row.ts';

function row(labels: Readonly<Record<string, string>>, value: number): Row {
  return { labels, value };
}

describe('tally', () => {
  it('sorts by code point, whatever the order of the answer, and takes an absent label for the empty text', () => {
    const rows = [row({ group: 'ß' }, 3), row({ group: 'b' }, 2), row({}, 1), row({ group: 'a' }, 4)];
    const keys = (given: readonly Row[]) => {
      const tallies = tally(given, ['group']);
      return tallies.ok ? tallies.value : null;
    };
    expect(keys(rows)).toEqual([
      { keys: [''], count: 1 },
      { keys: ['a'], count: 4 },
      { keys: ['b'], count: 2 },
      { keys: ['ß'], count: 3 },
    ]);
    expect(keys([...rows].reverse())).toEqual(keys(rows));
  });

  it('does not take inherited names for labels', () => {
    expect(tally([row({}, 1)], ['constructor'])).toEqual({ ok: true, value: [{ keys: [''], count: 1 }] });
  });

  it.each([
    { what: 'two series of one key', values: [1, 2], cause: 'SeveralSeries', message: 'aggregate' },
    { what: 'NaN', values: [NaN], cause: 'NotANumber', message: 'group="a"' },
    { what: 'an infinite count', values: [Infinity], cause: 'Infinite', message: 'group="a"' },
    { what: 'a negative count', values: [-1], cause: 'Incomparable', message: 'never below 0' },
  ])('gives no counts for $what', ({ values, cause, message }) => {
    const rows = values.map((value) => row({ group: 'a' }, value));
    expect(tally(rows, ['group'])).toMatchObject({ ok: false, failure: { cause, message: expect.stringContaining(message) } });
  });
});
