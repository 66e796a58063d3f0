import { describe, expect, it } from '@jest/globals';
import { detectableSharePercent, driftVerdict, powerOfMixing } from '../../../../bench/statistics/detectable.ts';
import { seededRandom } from '../../../../bench/statistics/random.ts';
import { populationStabilityIndex, smoothedShares } from '../../../../src/core/statistics/divergence.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

const windows = 400;

describe.each(loadGolden('detectable', 'mixed-in'))('$name', ({ input, expected }) => {
  const { upperBounds, reference: counts, everybody, mixedIn, rows, draws } = input;
  const populations = { reference: { upperBounds, counts }, everybody, mixedIn };

  it.each(expected.powers)('are found by the operator as often as the oracle says, $sharePercent % of them', ({ sharePercent, power }) => {
    const ours = powerOfMixing(populations, { rows, sharePercent, windows }, seededRandom(11));
    // Four standard deviations of both drawings; a power of 0 or 1 still leaves the chance of one window.
    const spread = 4 * Math.sqrt(power * (1 - power) * (1 / windows + 1 / draws)) + 1 / windows;
    expect(Math.abs(ours - power)).toBeLessThanOrEqual(spread);
  });

  it('are detectable from the share on that the oracle says, give or take what 400 windows leave open', () => {
    const ours = detectableSharePercent(populations, { rows, windows }, seededRandom(13));
    expect(Math.abs((ours ?? NaN) - expected.detectableSharePercent)).toBeLessThanOrEqual(1);
  });
});

describe('people of sixty and older alone', () => {
  it.each(loadGolden('detectable', 'alone'))('drift as far as the research printed: $name', ({ input, expected }) => {
    expectRelative(populationStabilityIndex(smoothedShares(input.reference), smoothedShares(input.live)), expected.psi, 1e-9);
  });
});

describe('the least share that is found', () => {
  const even = Array.from({ length: 10 }, () => 1000);
  const upperBounds = Array.from({ length: 9 }, (_, index) => (index + 1) / 10);

  it('is none for people who are like everybody', () => {
    const populations = { reference: { upperBounds, counts: even }, everybody: even, mixedIn: even };
    expect(detectableSharePercent(populations, { rows: 500, windows: 5 }, seededRandom(1))).toBeNull();
  });

  it('is asked of ten buckets only, which the minimum of rows is for', () => {
    expect(() => driftVerdict({ upperBounds: [0.5], counts: [5, 5] }, [5, 5])).toThrow('10 buckets, not for 2');
  });
});
