import { compareBinned } from '../../src/core/statistics/drift-comparison.ts';
import { measureDrift } from '../../src/core/statistics/drift.ts';
import { countScores } from '../census/reference-scores.ts';
import type { ReferenceScores } from '../census/reference-scores.ts';

/** PSI of scores against 2015, by the operator's own statistic. NaN where the operator would see no value either. */
export function scoreDrift(reference: ReferenceScores, scores: readonly number[]): number {
  const upperBounds = [...reference.upperBounds, Infinity];
  const live = { upperBounds, counts: countScores(scores, reference.upperBounds) };
  const compared = compareBinned({ upperBounds, counts: reference.counts }, live);
  const drift = compared.ok ? measureDrift({ metric: 'PSI', designEffect: 1, falseAlarmProbability: 0.01 }, compared.value) : compared;
  return drift.ok ? drift.value.value : NaN;
}

export interface DriftRange {
  readonly windows: number;
  readonly lowest: number;
  readonly median: number;
  readonly highest: number;
}

/** PSI of each whole window of consecutive rows, rounded to four decimals. */
export function driftOverWindows(reference: ReferenceScores, scores: readonly number[], windowRows: number): DriftRange {
  const windows = Math.floor(scores.length / windowRows);
  const psi = Array.from({ length: windows }, (_, index) =>
    scoreDrift(reference, scores.slice(index * windowRows, (index + 1) * windowRows)),
  );
  const sorted = psi.sort((a, b) => a - b);
  const at = (place: number): number => Number((sorted[place] ?? NaN).toFixed(4));
  return { windows, lowest: at(0), median: at(Math.floor(windows / 2)), highest: at(windows - 1) };
}
