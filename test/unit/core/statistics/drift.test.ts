import { describe, expect, it } from '@jest/globals';
import { measureDrift, populationStabilityIndex, readDrift } from '../../../../src/core/statistics/drift.ts';
import type { BinnedCounts } from '../../../../src/core/statistics/histogram.ts';
import type { Row } from '../../../../src/core/statistics/row.ts';
import type { StatisticReading } from '../../../../src/core/statistics/reading.ts';

const bounds = [1, 2, 5, 10, Infinity];
const reference: BinnedCounts = { upperBounds: bounds, counts: [120, 300, 380, 150, 50] };
const live: BinnedCounts = { upperBounds: bounds, counts: [90, 260, 370, 200, 80] };

function psiOf(drift: ReturnType<typeof measureDrift>): StatisticReading {
  if (!drift.ok) throw new Error(`expected a reading, got ${drift.failure.message}`);
  return drift.value;
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

    const drift = measureDrift(
      { reference: { upperBounds: four, counts: [500, 300, 200, 0] }, falseAlarmProbability: 0.01 },
      { upperBounds: four, counts: [450, 300, 200, 50] },
    );

    expect(psiOf(drift).value).toBeCloseTo(0.236, 3);
  });

  it.each([
    [0.05, 9.488],
    [0.01, 13.277],
    [0.001, 18.467],
  ])('puts the noise floor at the chi-square quantile of df 4 for a false alarm probability of %p', (falseAlarmProbability, quantile) => {
    const { noiseFloor } = psiOf(measureDrift({ reference, falseAlarmProbability }, live));

    expect((noiseFloor ?? NaN) / (1 / 1000 + 1 / 1000)).toBeCloseTo(quantile, 3);
  });

  it('carries all it takes to compute it again', () => {
    const { value, sampleCount, computation } = psiOf(measureDrift({ reference, falseAlarmProbability: 0.01 }, live));
    expect(sampleCount).toBe(1000);
    expect(computation).toEqual({
      statistic: 'PSI',
      parameters: { falseAlarmProbability: 0.01 },
      counts: { upperBounds: [1, 2, 5, 10], reference: reference.counts, live: live.counts },
    });
    const { upperBounds = [], reference: then = [], live: now = [] } = computation.counts;
    const again = measureDrift(
      { reference: { upperBounds: [...upperBounds, Infinity], counts: then }, falseAlarmProbability: 0.01 },
      { upperBounds: [...upperBounds, Infinity], counts: now },
    );
    expect(psiOf(again).value).toBe(value);
  });

  it('is nearly 0 for equal counts, and exactly 0', () => {
    expect(psiOf(measureDrift({ reference, falseAlarmProbability: 0.01 }, reference)).value).toBe(0);
  });

  it('merges bins to the edges both sides have and never splits one', () => {
    const coarse: BinnedCounts = { upperBounds: [2, 5, 20, Infinity], counts: [350, 370, 200, 80] };

    const merged = measureDrift({ reference, falseAlarmProbability: 0.01 }, coarse);

    const same = measureDrift(
      { reference: { upperBounds: [2, 5, Infinity], counts: [420, 380, 200] }, falseAlarmProbability: 0.01 },
      { upperBounds: [2, 5, Infinity], counts: [350, 370, 280] },
    );
    expect(merged).toEqual(same);
    expect(psiOf(merged).computation.counts['live']).toEqual([350, 370, 280]);
  });

  it('is Incomparable with fewer than three common bins', () => {
    const other: BinnedCounts = { upperBounds: [0.5, 2, 7, Infinity], counts: [1, 2, 3, 4] };

    expect(measureDrift({ reference, falseAlarmProbability: 0.01 }, other)).toMatchObject({
      ok: false,
      failure: { cause: 'Incomparable', message: expect.stringContaining('2 bucket bounds in common') },
    });
  });

  it.each([
    ['reference', 'the reference holds no rows'],
    ['live', 'no rows in the window'],
  ])('says so when the %s side has no counts', (side, message) => {
    const empty: BinnedCounts = { upperBounds: bounds, counts: [0, 0, 0, 0, 0] };

    const drift = measureDrift(
      { reference: side === 'reference' ? empty : reference, falseAlarmProbability: 0.01 },
      side === 'live' ? empty : live,
    );

    expect(drift).toMatchObject({ ok: false, failure: { cause: 'Empty', message: expect.stringContaining(message) } });
  });
});

function buckets(counts: Readonly<Record<string, number>>): readonly Row[] {
  return Object.entries(counts).map(([le, value]) => ({ labels: { model: 'credit', le }, value }));
}

function read(rows: readonly Row[], against = reference) {
  return readDrift({ kind: 'Drift', reference: against, falseAlarmProbability: 0.01 }, rows);
}

describe('readDrift', () => {
  it('measures the published vector, whatever the order of the buckets', () => {
    // Bins 90, 260, 370, 200, 80: PSI 0.0431 without smoothing (risk-quant 1.5); Jeffreys smoothing takes off less than 0.001.
    const drift = read(buckets({ '+Inf': 1000, '10.0': 920, '1': 90, '5': 720, '2.0': 350 }));
    expect(drift.ok && drift.value.value).toBeCloseTo(0.0431, 3);
    expect(drift.ok && drift.value.sampleCount).toBe(1000);
    // chi-square 0.99 with 4 degrees of freedom is 13.277; twice 1/1000.
    expect(drift.ok && drift.value.noiseFloor).toBeCloseTo(0.026554, 5);
  });

  it('counts whole rows only: increase() extrapolates', () => {
    const drift = read(buckets({ '1': 12.2, '2': 42.4, '5': 80.6, '10': 95.8, '+Inf': 100.9 }));
    expect(drift.ok && drift.value.sampleCount).toBe(100);
  });

  it('merges another layout to the bounds both have', () => {
    const same = read(buckets({ '2': 420, '5': 800, '+Inf': 1000 }));
    expect(same.ok && same.value.value).toBeCloseTo(0, 12);
  });

  it.each([
    {
      what: 'fewer than three common bounds',
      counts: { '3': 500, '5': 800, '+Inf': 1000 },
      cause: 'Incomparable',
      message: '2 bucket bounds in common',
    },
    { what: 'no bucket +Inf', counts: { '1': 1, '2': 2, '5': 3 }, cause: 'Incomparable', message: 'no bucket le="+Inf"' },
    { what: 'a bound that is no number', counts: { '1': 1, two: 2, '+Inf': 3 }, cause: 'Incomparable', message: 'le="two"' },
    {
      what: 'one bound in two spellings',
      counts: { '1': 1, '1.0': 1, '2': 2, '5': 3, '+Inf': 5 },
      cause: 'Incomparable',
      message: 'more than once',
    },
    { what: 'no rows', counts: { '1': 0, '2': 0, '5': 0, '10': 0, '+Inf': 0 }, cause: 'Empty', message: 'no rows in the window' },
    { what: 'a bucket that is NaN', counts: { '1': 1, '2': NaN, '5': 3, '10': 4, '+Inf': 5 }, cause: 'NotANumber', message: 'NaN' },
    { what: 'an infinite bucket', counts: { '1': 1, '2': 2, '5': 3, '10': 4, '+Inf': Infinity }, cause: 'Infinite', message: 'Infinity' },
    { what: 'no bucket at all', counts: {}, cause: 'Empty', message: 'no buckets for this model' },
  ])('gives no number for $what', ({ counts, cause, message }) => {
    expect(read(buckets(counts))).toMatchObject({ ok: false, failure: { cause, message: expect.stringContaining(message) } });
  });

  it('gives no number when two series have one bound: somebody forgot to aggregate', () => {
    const twice: Row = { labels: { model: 'credit', le: '1', pod: 'b' }, value: 5 };
    expect(read([...buckets({ '1': 1, '2': 2, '5': 3, '10': 4, '+Inf': 5 }), twice])).toMatchObject({
      failure: { cause: 'SeveralSeries' },
    });
  });

  it('gives no number against a reference without rows', () => {
    const empty = { ...reference, counts: [0, 0, 0, 0, 0] };
    expect(read(buckets({ '1': 1, '2': 2, '5': 3, '10': 4, '+Inf': 5 }), empty)).toMatchObject({
      failure: { cause: 'Empty', message: expect.stringContaining('pin a new one') },
    });
  });
});
