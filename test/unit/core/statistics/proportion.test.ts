import { describe, expect, it } from '@jest/globals';
import { clopperPearson, katz, mantelHaenszel, newcombe, rate, reach, wilson } from '../../../../src/core/statistics/proportion.ts';

/** Vectors of the research (risk-quant 2.4), made with statsmodels and scipy, to the digits printed there. */

const share = (successes: number, trials: number) => ({ successes, trials });
const pair = (a: number, n: number, b: number, m: number) => ({ one: share(a, n), other: share(b, m) });

describe('reach', () => {
  it('is the two-sided normal quantile', () => {
    expect(reach(0.05)).toBeCloseTo(1.959963984540054, 12);
    expect(reach(0.1)).toBeCloseTo(1.6448536269514722, 12);
  });

  it('still tells at the least chance a policy can ask for, shared out over the pairs of 50 groups', () => {
    // scipy norm.isf(1e-10) = 6.361340902404056
    expect(reach(2e-10)).toBeCloseTo(6.361340902404056, 6);
  });
});

describe('wilson', () => {
  it.each([
    [15, 50, 0.1910355, 0.4375035],
    [0, 10, 0, 0.2775328],
  ])('of %p of %p', (successes, trials, low, high) => {
    const interval = wilson(share(successes, trials), 0.05);
    expect(interval.low).toBeCloseTo(low, 7);
    expect(interval.high).toBeCloseTo(high, 7);
  });

  it('touches the ends exactly, and never has no width', () => {
    expect(wilson(share(0, 1e9), 0.05).low).toBe(0);
    expect(wilson(share(1e9, 1e9), 0.05).high).toBe(1);
    expect(wilson(share(10, 10), 0.05).low).toBeLessThan(1);
  });

  it('takes the fractions that increase() extrapolates to', () => {
    const { low, high } = wilson(share(15.2, 50.4), 0.05);
    expect(low).toBeGreaterThan(wilson(share(15, 50.4), 0.05).low);
    expect(high).toBeLessThan(wilson(share(16, 50.4), 0.05).high);
  });
});

describe('clopperPearson', () => {
  it.each([
    [0, 1, 0, 0.975],
    [1, 1, 0.025, 1],
    // Rule of three: 1 - 0.025^(1/10).
    [0, 10, 0, 0.3084971078],
  ])('of %p of %p', (successes, trials, low, high) => {
    const interval = clopperPearson(share(successes, trials), 0.05);
    expect(interval.low).toBeCloseTo(low, 9);
    expect(interval.high).toBeCloseTo(high, 9);
  });

  it.each([
    // scipy beta.ppf(0.025, k, n-k+1) and beta.ppf(0.975, k+1, n-k)
    [300_000, 1e6, 0.2991019119335821, 0.30089924664225376],
    [5e5, 1e9, 0.0004986153886459794, 0.0005013875041504499],
  ])('regression: of %p of %p is near enough, and of 1e15 it comes back at all', (successes, trials, low, high) => {
    const interval = clopperPearson(share(successes, trials), 0.05);
    expect(Math.abs(interval.low - low)).toBeLessThan((high - low) / 1000);
    expect(Math.abs(interval.high - high)).toBeLessThan((high - low) / 1000);
    expect(clopperPearson(share(4e14, 6e14), 0.05).high).toBeCloseTo(2 / 3, 6);
  });

  it('is wider than the score interval', () => {
    const [exact, score] = [clopperPearson(share(15, 50), 0.05), wilson(share(15, 50), 0.05)];
    expect(exact.low).toBeLessThan(score.low);
    expect(exact.high).toBeGreaterThan(score.high);
  });
});

describe('newcombe', () => {
  it.each([
    [56, 70, 48, 80, 0.0524315, 0.3338727],
    [9, 10, 3, 10, 0.1705227, 0.809018],
    [10, 10, 0, 20, 0.679086, 1],
  ])('of %p of %p less %p of %p', (a, n, b, m, low, high) => {
    const { value, interval } = newcombe(pair(a, n, b, m), 0.05);
    expect(value).toBeCloseTo(a / n - b / m, 14);
    expect(interval.low).toBeCloseTo(low, 7);
    expect(interval.high).toBeCloseTo(high, 7);
  });
});

describe('katz', () => {
  it.each([
    [30, 50, 400, 500, 0.75, 0.595589, 0.944444, 5],
    [3, 5, 400, 500, 0.75, 0.366, 1.536, 3],
    [243, 339, 1852, 2041, 0.789966, 0.737792, 0.845831, 6],
  ])('of %p of %p over %p of %p', (a, n, b, m, ratio, low, high, digits) => {
    const { value, interval } = katz(pair(a, n, b, m), 0.05);
    expect(value).toBeCloseTo(ratio, digits);
    expect(interval.low).toBeCloseTo(low, digits);
    expect(interval.high).toBeCloseTo(high, digits);
  });

  it('counts half a success more where a side has none, in the value too', () => {
    expect(katz(pair(20, 100, 0, 30), 0.05).value).toBeCloseTo(20.5 / 100.5 / (0.5 / 30.5), 12);
    const { value, interval } = katz(pair(0, 1000, 800, 1000), 0.05);
    expect(value).toBeGreaterThan(interval.low);
    // Nobody of a thousand where eight in ten are accepted: beyond any doubt.
    expect(interval.high).toBeLessThan(0.02);
  });
});

it.each([5e-324, 0.1])('regression: %p of a success is none, and no interval is NaN for it', (successes) => {
  expect(clopperPearson(share(successes, 10), 0.05).low).toBe(0);
  expect(clopperPearson(share(10 - successes, 10), 0.05).high).toBe(1);
  expect(katz(pair(successes, 10, 5, 10), 0.05).value).toBeCloseTo((successes + 0.5) / 10.5 / (5.5 / 10.5), 12);
});

describe('mantelHaenszel', () => {
  it('takes away what comes of the stratum: fair inside, unfair pooled', () => {
    const pooled = mantelHaenszel([pair(80, 100, 640, 800), pair(60, 300, 20, 100)], 0.05);
    expect(pooled?.value).toBeCloseTo(0, 12);
    expect(pooled?.interval.high).toBeCloseTo(0.06123973841, 10);
    expect(rate(share(140, 400)) - rate(share(660, 900))).toBeCloseTo(-0.383333, 6);
  });

  it('of thin strata', () => {
    const pooled = mantelHaenszel([pair(1, 3, 2, 2), pair(0, 4, 3, 5), pair(2, 2, 1, 6), pair(0, 1, 1, 1)], 0.05);
    expect(pooled?.value).toBeCloseTo(-0.2551229508196721, 12);
    expect(pooled?.interval.low).toBeCloseTo(-0.7344403812961742, 12);
  });

  it('leaves out a stratum that has one side only', () => {
    expect(mantelHaenszel([pair(30, 50, 40, 50), pair(0, 0, 30, 60)], 0.05)).toEqual(mantelHaenszel([pair(30, 50, 40, 50)], 0.05));
  });

  it.each([
    ['no stratum has both sides', [pair(30, 50, 0, 0), pair(0, 0, 30, 60)]],
    ['no stratum varies', [pair(50, 50, 60, 60), pair(0, 50, 0, 60)]],
    ['there is no stratum', []],
  ])('is null where %s', (_why, strata) => {
    expect(mantelHaenszel(strata, 0.05)).toBeNull();
  });
});
