import type { CensusRow, FeatureColumn } from '../census/row.ts';
import { isFeatureColumn } from '../census/row.ts';

/** State of one version's feature pipeline: mended, or with a column that arrives empty. */
export interface PipelineState {
  readonly emptyColumn: FeatureColumn | null;
  /** First row scored since the column went empty; null before it and when nothing is broken. */
  readonly firstFaultyRow: { readonly id: number; readonly scoredAtMs: number } | null;
  readonly faultyRows: number;
}

export interface FeaturePipeline {
  state(): PipelineState;
  /** Null mends it. */
  setEmptyColumn(column: FeatureColumn | null): void;
  /** The column this row lacks, counted. */
  deliver(row: CensusRow, nowMs: number): FeatureColumn | null;
}

const mended: PipelineState = { emptyColumn: null, firstFaultyRow: null, faultyRows: 0 };

export function createFeaturePipeline(): FeaturePipeline {
  let state = mended;
  return {
    state: () => state,
    setEmptyColumn(column) {
      state = column === null ? mended : { ...mended, emptyColumn: column };
    },
    deliver(row, nowMs) {
      if (state.emptyColumn === null) return null;
      const firstFaultyRow = state.firstFaultyRow ?? { id: row.id, scoredAtMs: nowMs };
      state = { ...state, firstFaultyRow, faultyRows: state.faultyRows + 1 };
      return state.emptyColumn;
    },
  };
}

/** Body of `PUT /fault`: `{"column": "AGEP"}` breaks, `{"column": null}` mends; undefined when it is neither. */
export function parseFault(body: string): FeatureColumn | null | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || !('column' in parsed)) return undefined;
  const { column } = parsed;
  if (column === null) return null;
  return typeof column === 'string' && isFeatureColumn(column) ? column : undefined;
}
