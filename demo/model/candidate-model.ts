import { withEmptyColumn } from '../census/row.ts';
import type { CensusRow, FeatureColumn } from '../census/row.ts';
import { encodeFeatures } from './features.ts';
import { dotProduct, toLogOdds, toProbability } from './linear-fit.ts';
import { coefficientList } from './safe-model.ts';
import type { NamedCoefficients } from './safe-model.ts';

/** What `demo/data/candidate-surrogate.json` holds; `measured` is for people. */
export interface CandidateFile {
  /** Linear model of the published score's log-odds. */
  readonly coefficients: NamedCoefficients;
  /** Lowest and highest score the published model gave in 2015. */
  readonly publishedRange: readonly [number, number];
}

/**
 * The candidate answers an intact row with the score that was published for it. Nobody has the model itself, so what it
 * would say to a row with an empty column is estimated: a linear model fitted to the published scores tells by how much
 * the log-odds move, and the published score is moved by that, within the range the published model ever answered.
 * Null for a row that was never published.
 */
export function createCandidateModel(
  file: CandidateFile,
  publishedScore: (id: number) => number | undefined,
): (row: CensusRow, emptyColumn: FeatureColumn | null) => number | null {
  const coefficients = coefficientList(file.coefficients);
  const logOddsOf = (row: CensusRow): number => dotProduct(encodeFeatures(row), coefficients);
  return (row, emptyColumn) => {
    const published = publishedScore(row.id);
    if (published === undefined || emptyColumn === null) return published ?? null;
    const change = logOddsOf(withEmptyColumn(row, emptyColumn)) - logOddsOf(row);
    const [lowest, highest] = file.publishedRange;
    return Math.min(highest, Math.max(lowest, toProbability(toLogOdds(published) + change)));
  };
}
