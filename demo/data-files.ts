import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ReferenceScores } from './census/reference-scores.ts';
import type { FeatureColumn, ScoredRow } from './census/row.ts';
import { firstGroupQuartersRow, ordinaryStretch, readRows, shiftStretch } from './census/stretches.ts';
import type { CandidateFile } from './model/candidate-model.ts';
import type { SafeModelFile } from './model/safe-model.ts';

/** The column that arrives empty for the candidate in scene 1. */
export const brokenColumn: FeatureColumn = 'AGEP';

const dataDirectory = join(import.meta.dirname, 'data');

export interface DemoRows {
  /** Scene 1: an ordinary stretch, replayed round and round. */
  readonly ordinary: readonly ScoredRow[];
  /** Scene 2: file order, the shift begins at index `shiftAt`. */
  readonly shift: readonly ScoredRow[];
  readonly shiftAt: number;
}

export function readDemoRows(): DemoRows {
  return {
    ordinary: readRows(dataDirectory, ordinaryStretch.file),
    shift: readRows(dataDirectory, shiftStretch.file),
    shiftAt: firstGroupQuartersRow - shiftStretch.first,
  };
}

/** What a model server knows: both models, 2015's buckets, and the published score of every row that is replayed. */
export interface ModelFiles {
  readonly safe: SafeModelFile;
  readonly candidate: CandidateFile;
  readonly reference: ReferenceScores;
}

export function readModelFiles(): ModelFiles {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(dataDirectory, file), 'utf8'));
  return {
    safe: read('safe-version.json') as SafeModelFile,
    candidate: read('candidate-surrogate.json') as CandidateFile,
    reference: read('reference-scores.json') as ReferenceScores,
  };
}
