import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';

import { binByQuantiles, countScores } from '../../demo/census/reference-scores.ts';
import type { ReferenceScores } from '../../demo/census/reference-scores.ts';
import { populationStabilityIndex } from '../../src/core/statistics/divergence.ts';
import type { CensusScore, CensusScores } from './census.ts';
import { detectableSharePercent, driftVerdict, powerOfMixing, psiLimit, type MixedPopulations } from './detectable.ts';
import { shuffled, type Random } from './random.ts';

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
  /** In windows of 500 rows. */
  readonly mixedInPower: readonly { readonly sharePercent: number; readonly power: number }[];
  /** Least share of people of sixty and older that is found in 80 % of those windows. */
  readonly detectableSharePercent: number | null;
  /** What was counted for the two: for whoever computes them another way. */
  readonly mixed: MixedPopulations;
}

/** Where the people in group quarters stand in the published analysis file, first and last row. */
const groupQuarters = { first: 133_619, last: 143_889 };
const buckets = 10;
/** Of a window in file order, and of one that people are mixed into. */
export const windowRows = 500;
const mixedWindows = { rows: windowRows, windows: 400 };
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
  const isBreach = (window: readonly number[]): boolean => driftVerdict(pinned, countScores(window, pinned.upperBounds)) === 'Breach';
  const mixed: MixedPopulations = {
    reference: pinned,
    everybody: countScores(scoresOf(analysis), pinned.upperBounds),
    mixedIn: countScores(scoresOf(analysis.filter(({ age }) => age >= elderlyAge)), pinned.upperBounds),
  };
  const inOrder = windowsOf(scoresOf(analysis), windowRows).map(isBreach);
  const first = Math.floor(groupQuarters.first / windowRows);
  const last = Math.floor(groupQuarters.last / windowRows);
  return {
    sizes: [100, 200, 500, 1000].map((rows) => judgeSize(pinned, windowsOf(quiet, rows), rows)),
    detectionWindows: inOrder.indexOf(true, first) - first + 1,
    clearingWindows: inOrder.indexOf(false, last) - last,
    mixedInPower: [10, 20, 30, 40].map((sharePercent) => ({
      sharePercent,
      power: powerOfMixing(mixed, { ...mixedWindows, sharePercent }, random),
    })),
    detectableSharePercent: detectableSharePercent(mixed, mixedWindows, random),
    mixed,
  };
}

function judgeSize(pinned: ReferenceScores, windows: readonly (readonly number[])[], rows: number): SizeFigures {
  const verdicts = windows.map((window) => driftVerdict(pinned, countScores(window, pinned.upperBounds)));
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
