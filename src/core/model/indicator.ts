import type { EpochMs } from '../../shared/clock.ts';
import type { Served } from './observation.ts';

export type Direction = 'Above' | 'Below';

/** Limits in the unit of the signal. Between `clear` and `breach` nothing changes. */
export interface Threshold {
  /** The side on which the value is bad. */
  readonly direction: Direction;
  readonly warn: number | null;
  readonly breach: number;
  readonly clear: number;
  /** Beyond `breach`; null: there is none. */
  readonly severe: number | null;
}

export type OnNoData = 'Hold' | 'Breach' | 'Ignore';
export type OnError = 'Hold' | 'Breach';

/** What a value falls with: the candidate's share of traffic, or nothing a stage can take away (a ratio among its own answers). */
export type ScalesWith = 'Share' | 'None';

/** A signal with thresholds and timing, defaults resolved. */
export interface Indicator {
  readonly name: string;
  readonly threshold: Threshold;
  /** Fewer rows than this are Insufficient; 0 when the signal reports no count. Null: as many as keep chance under half of the breach limit, where that is known. */
  readonly minSamples: number | null;
  readonly forSeconds: number;
  readonly clearForSeconds: number;
  readonly staleAfterSeconds: number;
  readonly onNoData: OnNoData;
  readonly onError: OnError;
  readonly windowSeconds: number;
  readonly measurableIn: readonly Served[];
  readonly scalesWith: ScalesWith;
  /** Its outcomes take so long that its Ok speaks of another time than the stage in force: only a person takes off what it brought on. Left out: evidence does. */
  readonly releaseBy?: 'Decision';
}

export type IndicatorState = 'Clear' | 'Pending' | 'Firing' | 'Clearing';

/**
 * Memory of the indicator machine. `lastPolledAtMs` is not persisted: null after a restart, and whenever the last
 * reading did not support Pending or Clearing, so that the next one that does starts their clock again.
 */
export interface IndicatorMemory {
  readonly state: IndicatorState;
  readonly sinceMs: EpochMs;
  readonly lastPolledAtMs: EpochMs | null;
}
