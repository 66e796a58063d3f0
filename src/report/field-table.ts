import type { ReportTable } from '../core/report/document.ts';
import { fieldOf } from './source.ts';

/** What a field says, or undefined where nothing is on file, with its path. */
export type FieldLine = readonly [label: string, value: string | undefined, path: string];

export const notOnFile = 'not on file';

/** One line a field of one object. */
export function fieldTable(
  caption: string,
  [kind, object]: readonly [kind: string, object: object],
  lines: readonly FieldLine[],
): ReportTable {
  return {
    kind: 'Table',
    caption,
    columns: ['What', 'Says'],
    rows: lines.map(([label, value, path]) => ({ cells: [label, value ?? notOnFile], source: fieldOf(kind, object, path) })),
  };
}

/** A table, or the sentence that stands for it where there is nothing to list. */
export function tableOr(table: ReportTable, otherwise: string) {
  return table.rows.length === 0 ? { kind: 'Text' as const, text: otherwise } : table;
}
