import { join } from 'node:path';

import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

import { roundScore } from './row-codec.ts';
import { codedColumnNames } from './row.ts';
import type { CodedColumn, ScoredRow } from './row.ts';

export interface PublishedRows {
  /** 2015, the year the model was accepted on. */
  readonly reference: readonly ScoredRow[];
  /** 2016 to 2018, in file order. */
  readonly analysis: readonly ScoredRow[];
}

/** Reads the three files as NannyML publishes them. The outcomes of the analysis years stand in a file of their own, matched by id. */
export async function readPublishedRows(directory: string): Promise<PublishedRows> {
  const read = async (part: string): Promise<readonly Record<string, unknown>[]> =>
    parquetReadObjects({ file: await asyncBufferFromFile(join(directory, `employment_MA_${part}.parquet`)), compressors });
  const reference = await read('reference');
  const analysis = await read('analysis');
  const outcomes = new Map((await read('analysis_target')).map((row) => [Number(row['id']), Number(row['employed'])]));
  return {
    reference: reference.map((row) => toRow(row, Number(row['employed']))),
    analysis: analysis.map((row) => toRow(row, outcomes.get(Number(row['id'])))),
  };
}

function toRow(row: Record<string, unknown>, employed: number | undefined): ScoredRow {
  const codes = Object.fromEntries(codedColumnNames.map((name) => [name, Number(row[name])])) as Record<CodedColumn, number>;
  const read = {
    id: Number(row['id']),
    AGEP: Number(row['AGEP']),
    codes,
    publishedScore: roundScore(Number(row['predicted_probability'])),
  };
  const numbers = [read.id, read.AGEP, read.publishedScore, employed ?? NaN, ...Object.values(codes)];
  if (!numbers.every(Number.isFinite)) throw new Error(`row ${String(row['id'])} of the published files lacks a column or its outcome`);
  return { ...read, employed: employed === 1 };
}
