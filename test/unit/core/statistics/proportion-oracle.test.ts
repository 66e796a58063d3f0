import { describe, expect, it } from '@jest/globals';

import { clopperPearson, katz, mantelHaenszel, newcombe, wilson } from '../../../../src/core/statistics/proportion.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

interface TwoShares {
  readonly successes1: number;
  readonly trials1: number;
  readonly successes2: number;
  readonly trials2: number;
}

function pairOf({ successes1, trials1, successes2, trials2 }: TwoShares) {
  return { one: { successes: successes1, trials: trials1 }, other: { successes: successes2, trials: trials2 } };
}

function expectInterval(actual: { readonly low: number; readonly high: number } | undefined, expected: typeof actual): void {
  expectRelative(actual?.low, expected?.low ?? NaN, 1e-9);
  expectRelative(actual?.high, expected?.high ?? NaN, 1e-9);
}

describe('intervals against statsmodels', () => {
  it.each(loadGolden('proportions', 'wilson'))('Wilson: $name', ({ input, expected }) => {
    expectInterval(wilson(input, 1 - input.confidence), expected);
  });

  it.each(loadGolden('proportions', 'clopper-pearson'))('Clopper-Pearson: $name', ({ input, expected }) => {
    expectInterval(clopperPearson(input, 1 - input.confidence), expected);
  });

  it.each(loadGolden('proportions', 'newcombe'))('Newcombe: $name', ({ input, expected }) => {
    const { value, interval } = newcombe(pairOf(input), 1 - input.confidence);
    expectRelative(value, expected.difference, 1e-9);
    expectInterval(interval, expected);
  });

  it.each(loadGolden('proportions', 'katz'))('Katz: $name', ({ input, expected }) => {
    const { value, interval } = katz(pairOf(input), 1 - input.confidence);
    expectRelative(value, expected.ratio, 1e-9);
    expectInterval(interval, expected);
  });
});

describe('the pooled difference against numpy', () => {
  it.each(loadGolden('proportions', 'mantel-haenszel'))('Mantel-Haenszel: $name', ({ input, expected }) => {
    const pooled = mantelHaenszel(input.strata.map(pairOf), 1 - input.confidence);
    expect(pooled).not.toBeNull();
    expectRelative(pooled?.value, expected.difference, 1e-9);
    expectInterval(pooled?.interval, expected);
  });
});
