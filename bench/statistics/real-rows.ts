import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';

import { binByQuantiles, countScores } from '../../demo/census/reference-scores.ts';
import type { ReferenceScores } from '../../demo/census/reference-scores.ts';
import { populationStabilityIndex } from '../../src/core/statistics/divergence.ts';
import type { CensusScore, CensusScores } from './census.ts';
import { shuffled, type Random } from './random.ts';
import { bucketRows, verdictOf, type JudgedBy } from './verdicts.ts';

export interface SizeFigures {
  readonly rows: number;
  readonly windows: number;
  readonly breaches: number;
  readonly insufficient: number;
  /** Upper end of the exact 95 % interval of the breach rate (Clopper and Pearson). */
  readonly breachRateAtMost: number;
  /** What "PSI above 0.1" alone would have called a breach. */
  readonly folkloreBreaches: number;
}

export interface RealRowsFigures {
  readonly sizes: readonly SizeFigures[];
  /** Windows in file order from the first faulty row to the first breach, and from the last one to the first window without. */
  readonly detectionWindows: number;
  readonly clearingWindows: number;
  readonly mixedInPower: readonly { readonly sharePercent: number; readonly power: number }[];
}

/** Where the people in group quarters stand in the published analysis file, first and last row. */
const groupQuarters = { first: 133_619, last: 143_889 };
const buckets = 10;
/** 2 chi-square(0.99, 9) / 0.1, rounded up: from here on chance stays under half the limit (risk-quant 1.3). */
const minSamples = 434;
const psiLimit = 0.1;
const windowRows = 500;
const powerWindows = 400;
const elderlyAge = 60;

export function judgeRealRows({ reference, analysis }: CensusScores, random: Random): RealRowsFigures {
  const pinned = binByQuantiles(
    reference.map(({ score }) => score),
    buckets,
  );
  const scoresOf = (rows: readonly CensusScore[]): readonly number[] => rows.map(({ score }) => score);
  const years = [...new Set(analysis.map(({ year }) => year))];
  const quiet = years.flatMap((year) =>
    scoresOf(
      shuffled(
        analysis.filter((row) => row.year === year),
        random,
      ),
    ),
  );
  const isBreach = (window: readonly number[]): boolean => verdict(pinned, window) === 'Breach';
  const inOrder = windowsOf(scoresOf(analysis), windowRows).map(isBreach);
  const first = Math.floor(groupQuarters.first / windowRows);
  const last = Math.floor(groupQuarters.last / windowRows);
  return {
    sizes: [100, 200, 500, 1000].map((rows) => judgeSize(pinned, windowsOf(quiet, rows), rows)),
    detectionWindows: inOrder.indexOf(true, first) - first + 1,
    clearingWindows: inOrder.indexOf(false, last) - last,
    mixedInPower: powerOfMixing(pinned, { analysis, random }),
  };
}

function judgeSize(pinned: ReferenceScores, windows: readonly (readonly number[])[], rows: number): SizeFigures {
  const verdicts = windows.map((window) => verdict(pinned, window));
  const breaches = verdicts.filter((each) => each === 'Breach').length;
  return {
    rows,
    windows: windows.length,
    breaches,
    insufficient: verdicts.filter((each) => each === 'Insufficient').length,
    breachRateAtMost: breaches === windows.length ? 1 : betaQuantile(0.975, breaches + 1, windows.length - breaches),
    folkloreBreaches: windows.filter((window) => plainPSI(pinned, window) > psiLimit).length,
  };
}

/** Windows of the quiet rows in which a share of the rows is of people of sixty and older. */
function powerOfMixing(
  pinned: ReferenceScores,
  { analysis, random }: { readonly analysis: readonly CensusScore[]; readonly random: Random },
): RealRowsFigures['mixedInPower'] {
  const elderly = analysis.filter(({ age }) => age >= elderlyAge);
  const drawn = (from: readonly CensusScore[], count: number): readonly number[] =>
    Array.from({ length: count }, () => from[Math.floor(random() * from.length)]?.score ?? NaN);
  return [10, 20, 30, 40].map((sharePercent) => {
    const mixed = Math.round((windowRows * sharePercent) / 100);
    const windows = Array.from({ length: powerWindows }, () => [...drawn(elderly, mixed), ...drawn(analysis, windowRows - mixed)]);
    return { sharePercent, power: windows.filter((window) => verdict(pinned, window) === 'Breach').length / powerWindows };
  });
}

function verdict(pinned: ReferenceScores, window: readonly number[]): string {
  const judgedBy: JudgedBy = {
    statistic: {
      ...{ kind: 'Drift', metric: 'PSI', designEffect: 1, falseAlarmProbability: 0.01, counted: { kind: 'Buckets' } },
      reference: {
        kind: 'PinnedBuckets',
        binned: { upperBounds: [...pinned.upperBounds, Infinity], counts: pinned.counts },
        isExactLayout: false,
      },
    },
    threshold: { direction: 'Above', warn: null, breach: psiLimit, clear: psiLimit, severe: null },
    minSamples,
  };
  return verdictOf(judgedBy, { value: bucketRows(pinned.upperBounds, countScores(window, pinned.upperBounds)) });
}

/** The folk rule: no noise floor, no minimum, an empty bin filled with a ten-thousandth. */
function plainPSI(pinned: ReferenceScores, window: readonly number[]): number {
  const shares = (counts: readonly number[]): readonly number[] => {
    const n = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => Math.max(count / n, 0.0001));
  };
  return populationStabilityIndex(shares(pinned.counts), shares(countScores(window, pinned.upperBounds)));
}

function windowsOf(scores: readonly number[], rows: number): readonly (readonly number[])[] {
  return Array.from({ length: Math.floor(scores.length / rows) }, (_, index) => scores.slice(index * rows, (index + 1) * rows));
}
