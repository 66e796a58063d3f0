import { driftMetrics, type DriftMetric } from '../../src/core/statistics/drift-metric.ts';
import { peopleScenarios } from './people-scenarios.ts';
import { multinomial, type Random } from './random.ts';
import type { Scenario } from './simulation.ts';
import { bucketRows, type WindowCounts } from './verdicts.ts';

const alpha = 0.01;
const noLimit = { direction: 'Above', warn: null, breach: 0, clear: 0, severe: null } as const;
const upperBounds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const evenShares = Array.from({ length: 10 }, () => 0.1);
/** A tenth of the rows moves from the lower half of the bins to the upper one. */
const movedShares = evenShares.map((share, bin) => share + (bin < 5 ? -0.02 : 0.02));
const oneShareUp = evenShares.map((share, bin) => share + (bin === 0 ? 0.045 : -0.005));

/** Every statistic that states a chance of alarming without change. */
export const scenarios: readonly Scenario[] = [
  ...driftMetrics.map((metric) => driftScenario(metric)),
  {
    metric: 'ExpectedCalibrationError',
    alpha,
    effect: '2,000 outcomes, each a tenth more likely than its score says',
    judgedBy: {
      statistic: { kind: 'Calibration', metric: 'ExpectedCalibrationError', binLabel: 'bin', falseAlarmProbability: alpha },
      threshold: noLimit,
      minSamples: 0,
    },
    draw: (random, effect) => drawOutcomes(random, effect === 'None' ? 1 : 1.1),
  },
  {
    metric: 'BurnRate',
    alpha,
    effect: '14.4 times the errors the budget allows, 1,200 and 100 events at 99 %',
    judgedBy: {
      statistic: { kind: 'BurnRate', targetPercent: 99, falseAlarmProbability: alpha },
      threshold: noLimit,
      minSamples: 0,
    },
    draw: (random, effect) => drawEvents(random, effect === 'None' ? 0.01 : 0.144),
  },
  featureScenario(),
  ...peopleScenarios,
];

/** The last bucket ends at 1: rows beyond the last bound would be at an unknown distance. */
function driftScenario(metric: DriftMetric): Scenario {
  // It looks at one share only, so a change spread over all of them is the one it is worst at.
  const { sees, changed } =
    metric === 'LInfinity'
      ? { sees: 'of 1,000 rows the share of one of ten bins rises from 10 % to 14.5 %', changed: oneShareUp }
      : { sees: 'a tenth of 1,000 rows moves from the lower five of ten bins to the upper five', changed: movedShares };
  const binned = { upperBounds: [...upperBounds, 1, Infinity], counts: [...evenShares.map((share) => share * 100_000), 0] };
  return {
    metric,
    alpha,
    effect: sees,
    judgedBy: {
      statistic: {
        ...{ kind: 'Drift', metric, designEffect: 1, falseAlarmProbability: alpha, counted: { kind: 'Buckets' } },
        reference: { kind: 'PinnedBuckets', binned, isExactLayout: true },
      },
      threshold: noLimit,
      minSamples: 0,
    },
    draw: (random, effect) => {
      const counts = multinomial(1000, effect === 'None' ? evenShares : changed, random);
      return { value: bucketRows([...upperBounds, 1], [...counts, 0]) };
    },
  };
}

/** Twenty features of 1,500 rows against as many of another time; in two of them a tenth of the rows moves. */
function featureScenario(): Scenario {
  return {
    metric: 'PSI of 20 features',
    alpha,
    effect: 'in two of twenty features a tenth of 1,500 rows moves from the lower five of ten bins to the upper five',
    judgedBy: {
      statistic: {
        ...{
          kind: 'Drift',
          metric: 'PSI',
          designEffect: 1,
          falseAlarmProbability: alpha,
          counted: { kind: 'Buckets' },
          feature: 'feature',
        },
        reference: { kind: 'Window', part: 'season', version: null, what: 'the season' },
      },
      threshold: noLimit,
      minSamples: 0,
    },
    draw: (random, effect) => ({
      value: drawFeatures(random, effect === 'None' ? 0 : 2),
      season: drawFeatures(random, 0),
    }),
  };
}

function drawFeatures(random: Random, moved: number): WindowCounts[string] {
  return Array.from({ length: 20 }, (_, feature) => {
    const counts = multinomial(1500, feature < moved ? movedShares : evenShares, random);
    return bucketRows(upperBounds, counts).map(({ labels, value }) => ({ labels: { ...labels, feature: String(feature) }, value }));
  }).flat();
}

/** Ten bins of scores .05, .15, ...; outcomes come true `times` as often as the scores say. */
function drawOutcomes(random: Random, times: number): WindowCounts {
  const counts = multinomial(2000, evenShares, random);
  const bins = counts.map((n, bin) => ({ n, score: (bin + 0.5) / 10, labels: { bin: String(bin) } }));
  return {
    value: bins.map(({ n, labels }) => ({ labels, value: n })),
    scoreSum: bins.map(({ n, score, labels }) => ({ labels, value: n * score })),
    positives: bins.map(({ n, score, labels }) => {
      const chance = Math.min(1, score * times);
      return { labels, value: multinomial(n, [chance, 1 - chance], random)[0] ?? 0 };
    }),
  };
}

/** The short window is the last twelfth of the long one. */
function drawEvents(random: Random, rate: number): WindowCounts {
  const count = (n: number): number => multinomial(n, [rate, 1 - rate], random)[0] ?? 0;
  const shortBad = count(100);
  const row = (value: number) => [{ labels: {}, value }];
  return { value: row(shortBad + count(1100)), longTotal: row(1200), shortBad: row(shortBad), shortTotal: row(100) };
}
