import type { ReferenceScores } from '../census/reference-scores.ts';
import type { CensusRow, FeatureColumn, ScoredRow } from '../census/row.ts';
import { buildAlignment } from './alignment.ts';
import { createCandidateModel } from './candidate-model.ts';
import type { CandidateFile } from './candidate-model.ts';
import { accuracy, areaUnderCurve, explainedVariance } from './evaluation.ts';
import { designMatrix } from './features.ts';
import { dotProduct, fitLogistic, fitWeightedLeastSquares, toLogOdds } from './linear-fit.ts';
import { createSafeModel, nameCoefficients } from './safe-model.ts';
import type { SafeModelFile } from './safe-model.ts';
import { driftOverWindows } from './score-drift.ts';
import type { DriftRange } from './score-drift.ts';

/** Every fifth row of 2015 is kept out of both fits. */
const holdOutEvery = 5;
const alignmentKnots = 200;
/** Rows of one drift window, as the published figures of this data set have it. */
const windowRows = 2_000;

export interface Split {
  readonly training: readonly ScoredRow[];
  readonly holdOut: readonly ScoredRow[];
}

export function splitReference(rows: readonly ScoredRow[]): Split {
  return {
    training: rows.filter((_, index) => index % holdOutEvery !== 0),
    holdOut: rows.filter((_, index) => index % holdOutEvery === 0),
  };
}

/** Logistic regression of employment on 2015's training rows, aligned to the published model's scale on the same rows. */
export function fitSafeModel(training: readonly ScoredRow[]): SafeModelFile {
  const matrix = designMatrix(training);
  const coefficients = fitLogistic(
    matrix,
    training.map((row) => row.employed),
  );
  const logOdds = matrix.rows.map((row) => dotProduct(row, coefficients));
  const published = training.map((row) => row.publishedScore);
  return { coefficients: nameCoefficients(coefficients), alignment: buildAlignment(logOdds, published, alignmentKnots) };
}

/** Linear model of the published score's log-odds, for nothing but the effect of an empty column. */
export function fitCandidateSurrogate(training: readonly ScoredRow[]): CandidateFile {
  const published = training.map((row) => row.publishedScore);
  const coefficients = fitWeightedLeastSquares(designMatrix(training), published.map(toLogOdds));
  const sorted = [...published].sort((a, b) => a - b);
  return { coefficients: nameCoefficients(coefficients), publishedRange: [sorted[0] ?? NaN, sorted.at(-1) ?? NaN] };
}

export interface Skill {
  readonly rows: number;
  readonly areaUnderCurve: number;
  readonly accuracy: number;
}

export function measureSkill(rows: readonly ScoredRow[], score: (row: ScoredRow) => number): Skill {
  const scores = rows.map(score);
  const outcomes = rows.map((row) => row.employed);
  return { rows: rows.length, areaUnderCurve: round(areaUnderCurve(scores, outcomes)), accuracy: round(accuracy(scores, outcomes)) };
}

/** Share of the variance of the published log-odds that the surrogate explains. */
export function measureSurrogate(rows: readonly ScoredRow[], file: CandidateFile): number {
  const coefficients = Object.values(file.coefficients);
  const estimates = designMatrix(rows).rows.map((row) => dotProduct(row, coefficients));
  return round(
    explainedVariance(
      estimates,
      rows.map((row) => toLogOdds(row.publishedScore)),
    ),
  );
}

export interface Models {
  readonly safe: (row: CensusRow) => number;
  readonly candidate: (row: ScoredRow, emptyColumn: FeatureColumn | null) => number;
}

export function modelsOf(safe: SafeModelFile, candidate: CandidateFile, rows: readonly ScoredRow[]): Models {
  const published = new Map(rows.map((row) => [row.id, row.publishedScore]));
  const score = createCandidateModel(candidate, (id) => published.get(id));
  return { safe: createSafeModel(safe), candidate: (row, emptyColumn) => score(row, emptyColumn) ?? NaN };
}

/** PSI of 2,000-row windows against 2015, by version. */
export function measureDriftOf(
  rows: readonly ScoredRow[],
  reference: ReferenceScores,
  models: Models,
): { readonly candidate: DriftRange; readonly safe: DriftRange } {
  const over = (score: (row: ScoredRow) => number): DriftRange => driftOverWindows(reference, rows.map(score), windowRows);
  return { candidate: over((row) => models.candidate(row, null)), safe: over(models.safe) };
}

export interface BrokenColumnQuestion {
  readonly rows: readonly ScoredRow[];
  readonly reference: ReferenceScores;
  readonly models: Models;
  readonly column: FeatureColumn;
}

export function measureBrokenColumn({ rows, reference, models, column }: BrokenColumnQuestion): DriftRange {
  return driftOverWindows(
    reference,
    rows.map((row) => models.candidate(row, column)),
    windowRows,
  );
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
