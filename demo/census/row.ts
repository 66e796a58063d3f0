/** One person of the American Community Survey as the employment model sees them; codes as in the PUMS dictionary. */
export interface CensusRow {
  /** Row number of the published data set; the analysis rows begin at 68,785. */
  readonly id: number;
  /** Age in years. */
  readonly AGEP: number;
  readonly codes: Readonly<Record<CodedColumn, number>>;
}

/** A row with the answer the published model gave and what came true. */
export interface ScoredRow extends CensusRow {
  /** Probability of employment, as published. */
  readonly publishedScore: number;
  readonly employed: boolean;
}

/** Coded columns and the codes that occur, each in the order of the dictionary. */
export const codedColumns = {
  SCHL: range(0, 24),
  MAR: range(1, 5),
  RELP: range(0, 17),
  DIS: range(1, 2),
  ESP: range(0, 8),
  CIT: range(1, 5),
  MIG: range(0, 3),
  MIL: range(0, 4),
  ANC: range(1, 4),
  NATIVITY: range(1, 2),
  DEAR: range(1, 2),
  DEYE: range(1, 2),
  DREM: range(0, 2),
  SEX: range(1, 2),
  RAC1P: range(1, 9),
} as const;

export type CodedColumn = keyof typeof codedColumns;
export type FeatureColumn = 'AGEP' | CodedColumn;

export const codedColumnNames = Object.keys(codedColumns) as readonly CodedColumn[];
export const featureColumnNames: readonly FeatureColumn[] = ['AGEP', ...codedColumnNames];

/**
 * What the feature pipeline puts where a column arrives empty: 0, as a bare "fill missing with zero" does. For the age
 * that makes everybody a new-born, which is how such faults look in practice.
 */
export const fillForMissing = 0;

/** The row as a pipeline delivers it whose `column` arrives empty. */
export function withEmptyColumn(row: CensusRow, column: FeatureColumn): CensusRow {
  if (column === 'AGEP') return { ...row, AGEP: fillForMissing };
  return { ...row, codes: { ...row.codes, [column]: fillForMissing } };
}

export function isFeatureColumn(name: string): name is FeatureColumn {
  return featureColumnNames.some((known) => known === name);
}

/** The flat JSON a caller sends: id and one number a column, nothing of the answer. */
export function toRequestBody(row: CensusRow): string {
  return JSON.stringify({ id: row.id, AGEP: row.AGEP, ...row.codes });
}

/** Null unless every column is there and a finite number. */
export function fromRequestBody(body: string): CensusRow | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null) return null;
  const fields = new Map<string, unknown>(Object.entries(parsed));
  const numberOf = (name: string): number => {
    const value = fields.get(name);
    return typeof value === 'number' ? value : NaN;
  };
  const codes = Object.fromEntries(codedColumnNames.map((name) => [name, numberOf(name)])) as Record<CodedColumn, number>;
  const row = { id: numberOf('id'), AGEP: numberOf('AGEP'), codes };
  return [row.id, row.AGEP, ...Object.values(codes)].every(Number.isFinite) ? row : null;
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
