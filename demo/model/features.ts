import { codedColumnNames, codedColumns } from '../census/row.ts';
import type { CensusRow } from '../census/row.ts';
import type { DesignMatrix, SparseRow } from './linear-fit.ts';

/** Ages where employment turns: school ends, work begins, retirement. The slope may change at each. */
const ageKnots = [16, 20, 25, 35, 45, 55, 60, 65, 70, 75, 80];
/** Brings ages to the size of the one-hot features. */
const ageScale = 20;

/** The first code of each column is the base the others are told against. */
const oneHot = codedColumnNames.flatMap((column) => codedColumns[column].slice(1).map((code) => ({ column, code })));

/** Names in the order of the coefficients. */
export const featureNames: readonly string[] = [
  'intercept',
  'AGEP',
  ...ageKnots.map((age) => `AGEP over ${String(age)}`),
  ...oneHot.map(({ column, code }) => `${column}=${String(code)}`),
];

const firstOneHot = 2 + ageKnots.length;
const oneHotPosition = new Map(oneHot.map(({ column, code }, index) => [`${column}=${String(code)}`, firstOneHot + index]));

/** A code outside the dictionary counts as the base of its column. */
export function encodeFeatures(row: CensusRow): SparseRow {
  const positions = [0, 1];
  const values = [1, row.AGEP / ageScale];
  ageKnots.forEach((age, index) => {
    if (row.AGEP <= age) return;
    positions.push(2 + index);
    values.push((row.AGEP - age) / ageScale);
  });
  for (const column of codedColumnNames) {
    const position = oneHotPosition.get(`${column}=${String(row.codes[column])}`);
    if (position === undefined) continue;
    positions.push(position);
    values.push(1);
  }
  return { positions, values };
}

export function designMatrix(rows: readonly CensusRow[]): DesignMatrix {
  return { width: featureNames.length, rows: rows.map(encodeFeatures) };
}
