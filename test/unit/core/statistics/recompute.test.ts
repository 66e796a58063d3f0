import { describe, expect, it } from '@jest/globals';
import { computeStatistic } from '../../../../src/core/statistics/definition.ts';
import { chiSquareLimit } from '../../../../src/core/statistics/chi-square-limit.ts';
import { recompute } from '../../../../src/core/statistics/recompute.ts';
import { scenarios } from '../../../../bench/statistics/scenarios.ts';
import { seededRandom } from '../../../../bench/statistics/random.ts';

const kept = ['ParityRatio', 'Recall', 'Wasserstein'];

describe('recompute', () => {
  it.each(scenarios.filter(({ metric }) => !kept.includes(metric)).map((scenario) => [scenario.metric, scenario] as const))(
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
    ['a statistic it does not know', { statistic: 'Recall', parameters: {}, counts: { confusion: [1, 2, 3, 4] } }],
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
