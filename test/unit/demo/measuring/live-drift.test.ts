import { describe, expect, it } from '@jest/globals';

import { driftOfBuckets } from '../../../../demo/measuring/live-drift.ts';
import type { VectorSample } from '../../../../demo/measuring/live-drift.ts';
import { scoreDrift } from '../../../../demo/model/score-drift.ts';

const reference = { upperBounds: [0.2, 0.5, 0.8], counts: [100, 100, 100, 100] };

function buckets(cumulative: Readonly<Record<string, number>>): readonly VectorSample[] {
  return Object.entries(cumulative).map(([le, count]) => ({ metric: { le }, value: [0, String(count)] }));
}

describe('drift of live buckets', () => {
  it('is nothing where the shares are those of 2015', () => {
    const drift = driftOfBuckets(reference, buckets({ '0.2': 10, '0.5': 20, '0.8': 30, '+Inf': 40 }));
    expect(drift?.psi).toBeCloseTo(0, 12);
    expect(drift?.rows).toBe(40);
  });

  it('agrees with the drift of the scores behind the buckets', () => {
    const scores = [0.1, 0.1, 0.1, 0.3, 0.6, 0.9];
    const drift = driftOfBuckets(reference, buckets({ '0.2': 3, '0.5': 4, '0.8': 5, '+Inf': 6 }));
    expect(drift?.psi).toBeCloseTo(scoreDrift(reference, scores), 12);
  });

  it('is unknown without rows, and without a histogram', () => {
    expect(driftOfBuckets(reference, buckets({ '0.2': 0, '0.5': 0, '0.8': 0, '+Inf': 0 }))).toBeNull();
    expect(driftOfBuckets(reference, [])).toBeNull();
  });
});
