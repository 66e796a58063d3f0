import { describe, expect, it } from '@jest/globals';
import { binHistogram, measureDrift, populationStabilityIndex } from '../../../../src/core/statistics/drift.ts';
import type { BinnedCounts, Drift } from '../../../../src/core/statistics/drift.ts';

const bounds = [1, 2, 5, 10, Infinity];
const reference: BinnedCounts = { upperBounds: bounds, counts: [120, 300, 380, 150, 50] };
const live: BinnedCounts = { upperBounds: bounds, counts: [90, 260, 370, 200, 80] };

function measured(drift: Drift): Extract<Drift, { kind: 'Measured' }> {
  if (drift.kind !== 'Measured') throw new Error(`expected a measurement, got ${drift.kind}`);
  return drift;
}

function shares(counts: readonly number[]): readonly number[] {
  const n = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / n);
}

describe('population stability index', () => {
  it('gives the published value of the test vector without smoothing', () => {
    expect(populationStabilityIndex(shares(reference.counts), shares(live.counts))).toBeCloseTo(0.0431053909, 10);
  });

  it('is exactly 0 for equal shares, empty bins included', () => {
    expect(populationStabilityIndex([0.5, 0, 0.5], [0.5, 0, 0.5])).toBe(0);
  });

  it('is symmetric', () => {
    const [p, q] = [shares(reference.counts), shares(live.counts)];

    expect(populationStabilityIndex(p, q)).toBeCloseTo(populationStabilityIndex(q, p), 14);
  });

  it('is infinite where an unsmoothed bin is empty on one side', () => {
    expect(populationStabilityIndex([0.5, 0.5], [1, 0])).toBe(Infinity);
  });
});

describe('measureDrift', () => {
  it('smooths after Jeffreys: an empty reference bin gives the published .236', () => {
    const four = [1, 2, 3, Infinity];

    const drift = measureDrift({
      reference: { upperBounds: four, counts: [500, 300, 200, 0] },
      live: { upperBounds: four, counts: [450, 300, 200, 50] },
      falseAlarmProbability: 0.01,
    });

    expect(measured(drift).psi).toBeCloseTo(0.236, 3);
  });

  it.each([
    [0.05, 9.488],
    [0.01, 13.277],
    [0.001, 18.467],
  ])('puts the noise floor at the chi-square quantile of df 4 for a false alarm probability of %p', (falseAlarmProbability, quantile) => {
    const { noiseFloor } = measured(measureDrift({ reference, live, falseAlarmProbability }));

    expect(noiseFloor / (1 / 1000 + 1 / 1000)).toBeCloseTo(quantile, 3);
  });

  it('names the counts and bins the value rests on', () => {
    expect(measureDrift({ reference, live, falseAlarmProbability: 0.01 })).toMatchObject({
      referenceCount: 1000,
      liveCount: 1000,
      bins: 5,
    });
  });

  it('is nearly 0 for equal counts, and exactly 0', () => {
    expect(measured(measureDrift({ reference, live: reference, falseAlarmProbability: 0.01 })).psi).toBe(0);
  });

  it('merges bins to the edges both sides have and never splits one', () => {
    const coarse: BinnedCounts = { upperBounds: [2, 5, 20, Infinity], counts: [350, 370, 200, 80] };

    const merged = measureDrift({ reference, live: coarse, falseAlarmProbability: 0.01 });

    const same = measureDrift({
      reference: { upperBounds: [2, 5, Infinity], counts: [420, 380, 200] },
      live: { upperBounds: [2, 5, Infinity], counts: [350, 370, 280] },
      falseAlarmProbability: 0.01,
    });
    expect(merged).toEqual(same);
    expect(measured(merged).bins).toBe(3);
  });

  it('is Incomparable with fewer than three common bins', () => {
    const other: BinnedCounts = { upperBounds: [0.5, 2, 7, Infinity], counts: [1, 2, 3, 4] };

    expect(measureDrift({ reference, live: other, falseAlarmProbability: 0.01 })).toEqual({ kind: 'Incomparable', commonBins: 2 });
  });

  it.each(['Reference', 'Live'] as const)('says so when the %s side has no counts', (side) => {
    const empty: BinnedCounts = { upperBounds: bounds, counts: [0, 0, 0, 0, 0] };

    const drift = measureDrift({
      reference: side === 'Reference' ? empty : reference,
      live: side === 'Live' ? empty : live,
      falseAlarmProbability: 0.01,
    });

    expect(drift).toEqual({ kind: 'Empty', side });
  });
});

describe('binHistogram', () => {
  it('sorts bounds as numbers, not as text, and takes differences', () => {
    const binned = binHistogram([
      { le: '+Inf', count: 10 },
      { le: '10', count: 9 },
      { le: '2', count: 4 },
      { le: '0.10', count: 1 },
    ]);

    expect(binned).toEqual({ kind: 'Binned', binned: { upperBounds: [0.1, 2, 10, Infinity], counts: [1, 3, 5, 1] }, repaired: false });
  });

  it('lifts a dip to the running maximum and says it did', () => {
    const binned = binHistogram([
      { le: '1', count: 5 },
      { le: '2', count: 4 },
      { le: '+Inf', count: 6 },
    ]);

    expect(binned).toEqual({ kind: 'Binned', binned: { upperBounds: [1, 2, Infinity], counts: [5, 0, 1] }, repaired: true });
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
