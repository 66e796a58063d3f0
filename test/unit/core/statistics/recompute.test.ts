import { describe, expect, it } from '@jest/globals';
import { computeStatistic } from '../../../../src/core/statistics/definition.ts';
import { chiSquareLimit } from '../../../../src/core/statistics/chi-square-limit.ts';
import { recompute } from '../../../../src/core/statistics/recompute.ts';
import { expectDoubtAgain } from '../../../builders/doubt.ts';
import { scenarios } from '../../../../bench/statistics/scenarios.ts';
import { seededRandom } from '../../../../bench/statistics/random.ts';

describe('recompute', () => {
  it.each(scenarios.map((scenario) => [scenario.metric, scenario] as const))(
    'comes to the very value of a window of %s from what the record keeps of it',
    (_metric, { judgedBy, draw }) => {
      const random = seededRandom(23);
      for (let window = 0; window < 20; window++) {
        const counts = draw(random, 'Stated');
        const rows = (part: string) => counts[part] ?? [];
        const reading = computeStatistic(judgedBy.statistic, { version: '1', askedAtMs: 0, rows }, chiSquareLimit);
        if (!reading.ok) throw new Error(reading.failure.message);
        // Through JSON, as the incident keeps it.
        const recorded = JSON.parse(JSON.stringify(reading.value.computation)) as typeof reading.value.computation;
        expect(recompute(recorded)).toBeCloseTo(reading.value.value, 12);
        expectDoubtAgain(reading.value, recorded);
      }
    },
  );

  it.each([
    ['EWMA', { mean: 10, standardDeviation: 2 }, 2],
    ['Seasonal', { floor: 0.5 }, 8],
  ])('reads %s from its own parameters', (statistic, parameters, value) => {
    const counts = { now: [14], earlier: statistic === 'EWMA' ? [] : [10, 10, 10, 10] };
    expect(recompute({ statistic, parameters, counts })).toBeCloseTo(value, 12);
  });

  it('measures a distance over native buckets, those between which nothing is and those without an end too', () => {
    const bucket = (lower: number, upper: number, count: number) => ({ lower, upper, count });
    const buckets = [bucket(1, 2, 50), bucket(2, 4, 200), bucket(8, 16, 150)];
    const rows = () => [{ labels: {}, value: NaN, histogram: { count: 400, buckets } }];
    const binned = { upperBounds: [1, 2, 4, 8, 16, Infinity], counts: [0, 100, 200, 0, 100, 1] };
    const reading = computeStatistic(
      {
        ...{ kind: 'Drift', metric: 'Wasserstein', designEffect: 1, falseAlarmProbability: 0.01, counted: { kind: 'Native' } },
        reference: { kind: 'PinnedBuckets', binned, isExactLayout: false },
      },
      { version: '1', askedAtMs: 0, rows },
      chiSquareLimit,
    );
    if (!reading.ok) throw new Error(reading.failure.message);
    expect(recompute(JSON.parse(JSON.stringify(reading.value.computation)) as never)).toBeCloseTo(reading.value.value, 12);
  });

  it.each([
    [{ targetPercent: 100 }],
    [{ targetPercent: -1 }],
    [{ targetPercent: NaN }],
    [{ falseAlarmProbability: 0 }],
    [{ falseAlarmProbability: 1 }],
    [{ falseAlarmProbability: NaN }],
  ])('regression: comes to no burn rate of %j, which no policy may say, and ends', (changed) => {
    const parameters = { targetPercent: 99, falseAlarmProbability: 0.01, designEffect: 1 };
    const counts = { long: [20, 1000], short: [3, 100] };
    expect(recompute({ statistic: 'BurnRate', parameters, counts })).toBeCloseTo(2, 12);
    expect(recompute({ statistic: 'BurnRate', parameters: { ...parameters, ...changed }, counts })).toBeNull();
  });

  it('compares two versions', () => {
    const parameters = { falseAlarmProbability: 0.01, detectableEffect: 0.05, designEffect: 2, windows: 3, logEvidence: 1 };
    const counts = { own: [300, 1000], other: [1800, 9000] };
    expect(recompute({ statistic: 'Comparison', parameters, counts })).toBeCloseTo(0.1, 12);
    expect(recompute({ statistic: 'Comparison', parameters: {}, counts })).toBeNull();
    expect(recompute({ statistic: 'Comparison', parameters, counts: {} })).toBeNull();
  });

  it('compares categories by name', () => {
    const parameters = { falseAlarmProbability: 0.01, designEffect: 1 };
    const counts = { red: [10, 90], blue: [90, 10] };
    expect(recompute({ statistic: 'TotalVariation', parameters, counts })).toBeCloseTo(0.8, 12);
  });

  it.each([
    ['a statistic it does not know', { statistic: 'Gini', parameters: {}, counts: { confusion: [1, 2, 3, 4] } }],
    ['cells that are not four', { statistic: 'Recall', parameters: {}, counts: { confusion: [1, 2] } }],
    ['a rate of nothing', { statistic: 'Recall', parameters: {}, counts: { confusion: [0, 2, 0, 4] } }],
    ['a drop from nowhere', { statistic: 'RecallDrop/Pinned', parameters: {}, counts: { confusion: [1, 2, 3, 4] } }],
    ['an area without one outcome', { statistic: 'AUC', parameters: {}, counts: { positive: [1, 2] } }],
    ['groups without the least size', { statistic: 'ParityRatio/Highest', parameters: {}, counts: { 'group: a': [1, 2] } }],
    [
      'a group of half a stratum',
      {
        statistic: 'ParityRatio/Highest',
        parameters: { minGroupSamples: 1 },
        counts: { 'group: a': [100, 100, 1], 'group: b': [100, 100] },
      },
    ],
    [
      'a reference nobody names',
      { statistic: 'ParityRatio/Named', parameters: { minGroupSamples: 1 }, counts: { 'group: a': [100, 100], 'group: b': [100, 90] } },
    ],
    [
      'a distance that does not say where its first bucket begins',
      {
        statistic: 'Wasserstein',
        parameters: { falseAlarmProbability: 0.01, designEffect: 1 },
        counts: { upperBounds: [1, 2, 3], reference: [10, 10, 10, 0], live: [5, 10, 15, 0] },
      },
    ],
    [
      'a distance without its parameters',
      { statistic: 'PSI', parameters: {}, counts: { upperBounds: [1], reference: [1, 1], live: [1, 1] } },
    ],
    [
      'a distance without one side',
      { statistic: 'PSI', parameters: { falseAlarmProbability: 0.01, designEffect: 1 }, counts: { upperBounds: [1] } },
    ],
    ['a chart without its baseline', { statistic: 'CUSUM', parameters: {}, counts: { now: [1], earlier: [1] } }],
    ['seasons without a floor', { statistic: 'Seasonal', parameters: {}, counts: { now: [1], earlier: [1] } }],
    ['a burn rate without its objective', { statistic: 'BurnRate', parameters: {}, counts: { long: [1, 2], short: [1, 2] } }],
    ['a calibration without rows', { statistic: 'Slope', parameters: { falseAlarmProbability: 0.01 }, counts: {} }],
  ])('has no value for %s', (_what, computation) => {
    expect(recompute(computation)).toBeNull();
  });
});
