import type { CensusRow } from '../census/row.ts';

/** Rows in order; `null` when they have run out. */
export type RowSource = () => CensusRow | null;

export function replayOnce(rows: readonly CensusRow[]): RowSource {
  let next = 0;
  return () => rows[next++] ?? null;
}

/** Begins again at the first row after the last. */
export function replayRoundAndRound(rows: readonly CensusRow[]): RowSource {
  let next = 0;
  return () => rows[next++ % rows.length] ?? null;
}
