import { codedColumns, codedColumnNames } from '../../demo/census/row.ts';
import type { CodedColumn, ScoredRow } from '../../demo/census/row.ts';

interface RowOverrides extends Partial<Omit<ScoredRow, 'codes'>> {
  readonly codes?: Partial<Record<CodedColumn, number>>;
}

/** A row with the first code of every column. */
export function censusRow({ codes = {}, ...fields }: RowOverrides = {}): ScoredRow {
  const base = Object.fromEntries(codedColumnNames.map((name) => [name, codedColumns[name][0] ?? 0])) as Record<CodedColumn, number>;
  return { id: 1, AGEP: 40, employed: true, publishedScore: 0.8, ...fields, codes: { ...base, ...codes } };
}
