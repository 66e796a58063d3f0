import type { CensusRow } from '../census/row.ts';
import { alignScore } from './alignment.ts';
import type { Alignment } from './alignment.ts';
import { encodeFeatures, featureNames } from './features.ts';
import { dotProduct } from './linear-fit.ts';

/** Coefficients by feature name, as the JSON files hold them. */
export type NamedCoefficients = Readonly<Record<string, number>>;

/** What `demo/data/safe-version.json` holds; `measured` is for people. */
export interface SafeModelFile {
  readonly coefficients: NamedCoefficients;
  readonly alignment: Alignment;
}

/** The safe version: a logistic regression fitted on 2015, on the published model's scale. */
export function createSafeModel(file: SafeModelFile): (row: CensusRow) => number {
  const coefficients = coefficientList(file.coefficients);
  return (row) => alignScore(file.alignment, dotProduct(encodeFeatures(row), coefficients));
}

/** In the order of `featureNames`; throws with the name of one that is missing. */
export function coefficientList(named: NamedCoefficients): readonly number[] {
  return featureNames.map((name) => {
    const value = named[name];
    if (value === undefined) throw new Error(`the model file has no coefficient for "${name}": run demo/fit-safe-version.ts`);
    return value;
  });
}

const coefficientDigits = 6;

export function nameCoefficients(values: ArrayLike<number>): NamedCoefficients {
  return Object.fromEntries(featureNames.map((name, index) => [name, Number((values[index] ?? 0).toPrecision(coefficientDigits))]));
}
