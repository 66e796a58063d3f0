import { describe, expect, it } from '@jest/globals';
import type { Threshold } from '../../../../src/core/model/indicator.ts';
import { breachChance, quorumChance, type CountedReading } from '../../../../src/core/statistics/breach-chance.ts';
import { driftChance } from '../../../../src/core/statistics/drift-chance.ts';
import { driftMetrics, measureDivergence } from '../../../../src/core/statistics/drift-metric.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

const above = (breach: number, clear = breach): Threshold => ({ direction: 'Above', warn: null, breach, clear, severe: null });
const spread = (rows: number, bins: number): readonly number[] => Array.from({ length: bins }, () => rows / bins);

function readingOf(
  statistic: string,
  parts: Partial<CountedReading> & { readonly counts?: Readonly<Record<string, readonly number[]>> },
): CountedReading {
  const { counts = {}, ...rest } = parts;
  return { value: 0, noiseFloor: null, interval: null, computation: { statistic, parameters: {}, counts }, ...rest };
}

describe('chance of a breach at one look, against scipy', () => {
  it.each(loadGolden('false-alarms', 'drift'))('drift: $name', ({ input, expected }) => {
    const counts = { upperBounds: [], reference: spread(input.reference, input.bins), live: spread(input.live, input.bins) };
    const chance = (metric: string) => {
      const computation = { statistic: metric, parameters: { falseAlarmProbability: 0.01, designEffect: input.designEffect }, counts };
      return breachChance(above(input.level), { value: 0, noiseFloor: null, interval: null, computation });
    };
    expect(chance('PSI')).toMatchObject({ hypothesis: 'NoDrift', windowsAreIndependent: false });
    for (const end of ['atLeast', 'atMost'] as const) expectRelative(chance('PSI')?.[end], expected.psi, 1e-9);
    expectRelative(chance('TotalVariation')?.atMost, expected.totalVariationAtMost, 1e-9);
    // Five terms of the alternating sum: near 0, where all count, it is not asked.
    if (input.level ** 2 * input.live > 0.5) expectRelative(chance('KolmogorovSmirnov')?.atMost, expected.kolmogorovAtMost, 1e-9);
  });

  it.each(loadGolden('false-alarms', 'burn-rate'))('burn rate: $name', ({ input, expected }) => {
    const counts = { long: [0, input.long], short: [0, input.short] };
    const computation = { statistic: 'BurnRate', parameters: { targetPercent: input.targetPercent }, counts };
    const chance = breachChance(above(input.level), { value: 0, noiseFloor: null, interval: null, computation });
    expectRelative(chance?.atMost, expected.atMost, 1e-9);
    expect(chance?.hypothesis).toBe('BudgetRate');
  });

  it.each(loadGolden('false-alarms', 'interval'))('interval: $name', ({ input, expected }) => {
    const { falseAlarmProbability, intervals, value, low, high, breach, clear } = input;
    const computation = { statistic: 'ParityDifference', parameters: { falseAlarmProbability, intervals }, counts: {} };
    const chance = breachChance(above(breach, clear), { value, noiseFloor: null, interval: { low, high }, computation });
    expectRelative(chance?.atLeast, expected.atLeast, 1e-9);
    expectRelative(chance?.atMost, expected.atMost, 1e-9);
  });

  it.each(loadGolden('false-alarms', 'cusum'))('CUSUM holds the exact chance: $name', ({ input, expected }) => {
    const counts = { now: [0], earlier: Array.from({ length: input.readings - 1 }, () => 0) };
    const chance = breachChance(above(input.threshold), readingOf('CUSUM', { counts }));
    expect(chance?.atLeast).toBeLessThanOrEqual(expected.chance);
    expect(chance?.atMost).toBeGreaterThanOrEqual(expected.chance);
    expect(chance?.atMost).toBeLessThan(expected.chance * 5);
  });
});

describe('breachChance', () => {
  it.each(driftMetrics.filter((metric) => metric !== 'Wasserstein'))('of %s at its own noise floor is the declared chance', (metric) => {
    const counts = { reference: spread(5000, 8), live: [120, 130, 125, 125, 126, 124, 127, 123], edges: null };
    const measure = { metric, falseAlarmProbability: 0.013, designEffect: 1.7 };
    const measured = measureDivergence(measure, counts);
    expect(measured.ok).toBe(true);
    expectRelative(driftChance(measure, counts, measured.ok ? measured.value.noiseFloor : NaN).atMost, 0.013, 1e-6);
  });

  it('of a Wasserstein distance is no more than declared', () => {
    const counts = { reference: spread(5000, 8), live: spread(1000, 8), edges: null };
    expect(driftChance({ metric: 'Wasserstein', falseAlarmProbability: 0.02, designEffect: 1 }, counts, 9)).toEqual({
      atLeast: 0,
      atMost: 0.02,
    });
  });

  it('goes by the noise floor where that is above breach', () => {
    const counts = { upperBounds: [], reference: spread(1e6, 10), live: spread(200, 10) };
    const computation = { statistic: 'PSI', parameters: { falseAlarmProbability: 0.01, designEffect: 1 }, counts };
    const reading = { value: 0, interval: null, computation };
    expectRelative(
      breachChance(above(0), { ...reading, noiseFloor: 0.1 })?.atMost,
      breachChance(above(0.1), { ...reading, noiseFloor: 0.05 })?.atMost ?? 0,
      1e-12,
    );
  });

  it('has no lower end where the reference holds fewer rows than a window, for all windows then move together', () => {
    const atLeast = (rows: number) => {
      const counts = { upperBounds: [], reference: spread(rows, 10), live: spread(2000, 10) };
      const computation = { statistic: 'PSI', parameters: { falseAlarmProbability: 0.05, designEffect: 1 }, counts };
      return breachChance(above(0.1), { value: 0, noiseFloor: 0.05, interval: null, computation })?.atLeast;
    };
    // Simulated: 1.5 firings in 100 windows, where 3.1 was said to be the least.
    expect(atLeast(200)).toBe(0);
    expect(atLeast(2000)).toBeGreaterThan(0);
  });

  it('of an interval judged at clear = breach is half of what the interval leaves out', () => {
    const computation = { statistic: 'Accuracy', parameters: { falseAlarmProbability: 0.01 }, counts: {} };
    const threshold: Threshold = { direction: 'Below', warn: null, breach: 0.8, clear: 0.8, severe: null };
    expectRelative(
      breachChance(threshold, { value: 0.9, noiseFloor: null, interval: { low: 0.88, high: 0.92 }, computation })?.atMost,
      0.005,
      1e-9,
    );
  });

  it('of a calibration error falls under the declared chance once breach is far above the noise', () => {
    const counts = { rows: spread(10_000, 10), scoreSum: spread(3000, 10), positives: spread(3100, 10) };
    const computation = { statistic: 'ExpectedCalibrationError', parameters: { falseAlarmProbability: 0.01 }, counts };
    const chance = (breach: number) =>
      breachChance(above(breach), { value: 0.01, noiseFloor: 0.02, interval: null, computation })?.atMost ?? NaN;
    expect(chance(0)).toBe(0.01);
    expect(chance(0.1)).toBeLessThan(1e-20);
  });

  it('of a drop is what its interval leaves out on its one side', () => {
    const computation = { statistic: 'RecallDrop/Version', parameters: { falseAlarmProbability: 0.05, sides: 1 }, counts: {} };
    const reading = { value: 0.1, noiseFloor: null, interval: { low: 0.05, high: 0.15 }, computation };
    expect(breachChance(above(0.2), reading)).toMatchObject({ atLeast: expect.closeTo(0.05, 9), atMost: expect.closeTo(0.05, 9) });
  });

  it.each([
    ['RecallDrop/Pinned', false],
    ['RecallDrop/Version', true],
    ['Recall', true],
  ])('of %s in windows that share no rows is independent: %s, for pinned counts are behind all of them', (statistic, independent) => {
    const computation = { statistic, parameters: { falseAlarmProbability: 0.05 }, counts: {} };
    const reading = { value: 0.1, noiseFloor: null, interval: { low: 0.05, high: 0.15 }, computation };
    const chance = breachChance(above(0.2), reading);
    expect(chance).toMatchObject({ windowsAreIndependent: independent });
    expect((chance?.atLeast ?? NaN) > 0).toBe(independent);
  });

  it.each([
    ['ParityDifference/Named', 0, 0.02],
    ['EqualisedOdds/Highest', 0, 0.02],
    ['ParityRatio/Named', 0, 0.01],
    ['ParityDifference/Named', 0.2, 0.01],
  ])('of %s at clear = breach = %p is %p: near 0 a difference without its sign breaches on either side', (statistic, limit, expected) => {
    const computation = { statistic, parameters: { falseAlarmProbability: 0.02 }, counts: {} };
    const reading = { value: 0.01, noiseFloor: null, interval: { low: 0, high: 0.04 }, computation };
    expectRelative(breachChance(above(limit), reading)?.atMost, expected, 1e-6);
  });

  it('of a group against everybody has no lower end: they hold the group, and differ less than two samples do', () => {
    const computation = { statistic: 'ParityDifference/Overall', parameters: { falseAlarmProbability: 0.02 }, counts: {} };
    const reading = { value: 0.01, noiseFloor: null, interval: { low: 0, high: 0.04 }, computation };
    expect(breachChance(above(0.02), reading)).toMatchObject({ atLeast: 0, atMost: expect.closeTo(0.01, 2) });
  });

  it('of a comparison is that of a whole sample, however often it is looked at', () => {
    const parameters = { falseAlarmProbability: 0.01, sampleSeconds: 604_800 };
    const reading = {
      value: 0.1,
      noiseFloor: null,
      interval: { low: 0, high: 0.2 },
      computation: { statistic: 'Comparison', parameters, counts: {} },
    };
    expect(breachChance(above(0.2), reading)).toEqual({
      ...{ atLeast: 0, atMost: 0.01, hypothesis: 'SampleAtClear', windowsAreIndependent: true, holdsForSeconds: 604_800 },
    });
  });

  it.each([
    ['ExpectedCalibrationError', { falseAlarmProbability: 0.5 }, { rows: [500, 500], scoreSum: [100, 400], positives: [100, 400] }, 0.02],
    ['BurnRate', { targetPercent: 99 }, { long: [0, 1200], short: [0, 100] }, 4],
  ])('of %s grows with the design effect of its rows', (statistic, parameters, counts, level) => {
    const chanceOf = (designEffect: number) =>
      breachChance(above(level), {
        ...{ value: 0, noiseFloor: null, interval: null },
        computation: { statistic, parameters: { ...parameters, designEffect }, counts },
      })?.atMost ?? NaN;
    expect(chanceOf(4)).toBeGreaterThan(chanceOf(1));
  });

  it('of a single EWMA reading is that of a normal deviate, of event counts what their digits say', () => {
    expectRelative(breachChance(above(2), readingOf('EWMA', {}))?.atMost, 0.04550026389635842, 1e-9);
    expectRelative(breachChance(above(3), readingOf('EventCount', {}))?.atMost, 0.001, 1e-12);
  });

  it('is not known where a provider computed the value, or nobody knows its law', () => {
    expect(breachChance(above(1), { value: 2, noiseFloor: null, interval: null, computation: null })).toBeNull();
    expect(breachChance(above(1), readingOf('Seasonal', {}))).toBeNull();
    expect(breachChance(above(1), readingOf('MCC', {}))).toBeNull();
    expect(breachChance(above(1), readingOf('Accuracy', { interval: { low: 0, high: 0 } }))).toBeNull();
    for (const statistic of ['PSI', 'BurnRate', 'ExpectedCalibrationError'])
      expect(breachChance(above(1), readingOf(statistic, {}))).toBeNull();
  });
});

describe('quorumChance', () => {
  const of = (atMost: number) => ({ atLeast: 0, atMost });

  it('bounds at least k of n by the sum over k, which holds for members that always agree', () => {
    expect(quorumChance([of(0.01), of(0.01), of(0.01)], 3).atMost).toBeCloseTo(0.01, 15);
    expect(quorumChance([of(0.02), of(0.01)], 1).atMost).toBeCloseTo(0.03, 15);
    expect(quorumChance([of(0.9), of(0.9)], 1)).toEqual({ atLeast: 0, atMost: 1, hypothesis: 'Members', windowsAreIndependent: false });
  });
});
