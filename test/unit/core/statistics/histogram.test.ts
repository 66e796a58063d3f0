import { describe, expect, it } from '@jest/globals';
import { binHistogram } from '../../../../src/core/statistics/histogram.ts';

describe('binHistogram', () => {
  it('sorts bounds as numbers, not as text, and takes differences', () => {
    const binned = binHistogram([
      { le: '+Inf', count: 10 },
      { le: '10', count: 9 },
      { le: '2', count: 4 },
      { le: '0.10', count: 1 },
    ]);

    expect(binned).toEqual({
      kind: 'Binned',
      binned: { upperBounds: [0.1, 2, 10, Infinity], counts: [1, 3, 5, 1] },
      repaired: false,
      deepestDip: 0,
    });
  });

  it('lifts a dip to the running maximum and says it did', () => {
    const binned = binHistogram([
      { le: '1', count: 5 },
      { le: '2', count: 4 },
      { le: '+Inf', count: 6 },
    ]);

    expect(binned).toEqual({ kind: 'Binned', binned: { upperBounds: [1, 2, Infinity], counts: [5, 0, 1] }, repaired: true, deepestDip: 1 });
  });

  it('takes float noise for what it is: lifted, but no repair', () => {
    const binned = binHistogram([
      { le: '1', count: 5 },
      { le: '2', count: 5 - 1e-13 },
      { le: '+Inf', count: 6 },
    ]);

    expect(binned).toMatchObject({ kind: 'Binned', repaired: false });
  });

  it.each([
    ['no +Inf bucket', [{ le: '1', count: 1 }]],
    ['no bucket at all', []],
    [
      'a bound that is no number',
      [
        { le: 'many', count: 1 },
        { le: '+Inf', count: 2 },
      ],
    ],
    [
      'an empty bound',
      [
        { le: '', count: 1 },
        { le: '+Inf', count: 2 },
      ],
    ],
    [
      'a count that is no number',
      [
        { le: '1', count: NaN },
        { le: '+Inf', count: 2 },
      ],
    ],
    [
      'a negative count',
      [
        { le: '1', count: -1 },
        { le: '+Inf', count: 2 },
      ],
    ],
    [
      'one bound written two ways',
      [
        { le: '0.1', count: 1 },
        { le: '0.10', count: 1 },
        { le: '+Inf', count: 2 },
      ],
    ],
  ])('refuses %s', (_case, buckets) => {
    expect(binHistogram(buckets).kind).toBe('Malformed');
  });
});
