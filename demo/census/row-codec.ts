import { gunzipSync, gzipSync } from 'node:zlib';

import { codedColumnNames } from './row.ts';
import type { CodedColumn, ScoredRow } from './row.ts';

/** Digits of a published score that are kept; the change of a score is below one in a million of it. */
const scoreDigits = 6;

const header = ['id', 'AGEP', ...codedColumnNames, 'employed', 'publishedScore'].join(',');

/** Rows as CSV with a header line, gzipped. Same rows, same zlib: same bytes. */
export function encodeRows(rows: readonly ScoredRow[]): Buffer {
  const lines = rows.map((row) =>
    [row.id, row.AGEP, ...codedColumnNames.map((name) => row.codes[name]), row.employed ? 1 : 0, formatScore(row.publishedScore)].join(','),
  );
  return gzipSync([header, ...lines, ''].join('\n'), { level: 9 });
}

/** Throws with the line number when the file is not one of ours. */
export function decodeRows(file: Buffer): readonly ScoredRow[] {
  const [first, ...lines] = gunzipSync(file).toString('utf8').trimEnd().split('\n');
  if (first !== header) throw new Error(`the header of a row file must be "${header}", this one says "${first ?? ''}"`);
  return lines.map(decodeLine);
}

/** The score as the compact copy keeps it, so that numbers computed before and after writing agree. */
export function roundScore(score: number): number {
  return Number(formatScore(score));
}

function formatScore(score: number): string {
  return String(Number(score.toPrecision(scoreDigits)));
}

function decodeLine(line: string, index: number): ScoredRow {
  const cells = line.split(',').map((cell) => (cell === '' ? NaN : Number(cell)));
  const [id, age, ...rest] = cells;
  const [employed, publishedScore] = rest.slice(codedColumnNames.length);
  if (id === undefined || age === undefined || employed === undefined || publishedScore === undefined || cells.some(Number.isNaN)) {
    throw new Error(`line ${String(index + 2)} of a row file is not a row: "${line}"`);
  }
  const codes = Object.fromEntries(codedColumnNames.map((name, column) => [name, rest[column]])) as Record<CodedColumn, number>;
  return { id, AGEP: age, codes, employed: employed === 1, publishedScore };
}
