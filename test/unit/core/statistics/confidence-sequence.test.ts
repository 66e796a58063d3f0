import { describe, expect, it } from '@jest/globals';
import { confidenceSequence, logEvidence } from '../../../../src/core/statistics/confidence-sequence.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

describe('the normal mixture against quadrature', () => {
  it.each(loadGolden('sequential', 'mixture'))('evidence and interval of $name', ({ input, expected }) => {
    const estimate = { value: expected.difference, variance: expected.variance };
    expectRelative(logEvidence(estimate, input.tau), expected.logEvidence, 1e-9);
    const interval = confidenceSequence(estimate, { scale: input.tau, alpha: input.alpha });
    expectRelative(interval.low, expected.low, 1e-9);
    expectRelative(interval.high, expected.high, 1e-9);
  });

  it('rules a value out exactly where the evidence against it reaches 1/alpha', () => {
    const estimate = { value: 0.04, variance: 0.0001 };
    const { low } = confidenceSequence(estimate, { scale: 0.05, alpha: 0.01 });
    expect(logEvidence({ ...estimate, value: estimate.value - low }, 0.05)).toBeCloseTo(Math.log(100), 9);
  });

  it('is wider than an interval for one look, and narrows with rows', () => {
    const half = (variance: number) => confidenceSequence({ value: 0, variance }, { scale: 0.05, alpha: 0.05 }).high;
    expect(half(0.0001)).toBeGreaterThan(1.96 * 0.01);
    expect(half(0.00001)).toBeLessThan(half(0.0001));
  });
});
