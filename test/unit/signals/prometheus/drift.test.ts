import { describe, expect, it } from '@jest/globals';
import { readDrift } from '../../../../src/signals/prometheus/drift.ts';
import type { PinnedReference } from '../../../../src/signals/port.ts';
import type { Sample } from '../../../../src/signals/prometheus/answer.ts';
import { creditLabels, partSample } from '../../../builders/signal.ts';

const reference: PinnedReference = { upperBounds: [1, 2, 5, 10, Infinity], counts: [120, 300, 380, 150, 50] };

function buckets(counts: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(counts).map(([le, count]) => partSample('value', count, { ...creditLabels, le }));
}

function read(samples: readonly Sample[], against = reference) {
  return readDrift(samples, against, 0.01);
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
    const twice = partSample('value', 5, { ...creditLabels, le: '1', pod: 'b' });
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
