import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { decodeRows } from './row-codec.ts';
import type { ScoredRow } from './row.ts';

/** Rows [first, end) of the published analysis file that the compact copy holds. */
export interface Stretch {
  readonly file: string;
  readonly first: number;
  readonly end: number;
}

/** Where the people in group quarters (dormitories, nursing homes, prisons) begin in file order: the abrupt shift of scene 2. */
export const firstGroupQuartersRow = 133_619;

/** 2016 in file order, nothing special about it: scene 1 replays it round and round. */
export const ordinaryStretch: Stretch = { file: 'analysis-ordinary.csv.gz', first: 0, end: 20_000 };

/** As many rows before the shift as inside it. */
export const shiftStretch: Stretch = {
  file: 'analysis-shift.csv.gz',
  first: firstGroupQuartersRow - 8_000,
  end: firstGroupQuartersRow + 8_000,
};

export const referenceFile = 'reference-2015.csv.gz';

export function readRows(dataDirectory: string, file: string): readonly ScoredRow[] {
  return decodeRows(readFileSync(join(dataDirectory, file)));
}
