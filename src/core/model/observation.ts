import type { EpochMs } from '../../shared/clock.ts';

/** Which answers of the model a reading is about: those a caller received, or those of a mirrored copy. */
export type Served = 'Live' | 'Shadow';

/** Whom a series belongs to. The namespace comes from service discovery, never from the exporter. */
export interface ModelIdentity {
  readonly namespace: string;
  readonly model: string;
  readonly version: string;
}

export type NoDataCause =
  | 'Empty'
  | 'NotANumber'
  | 'Infinite'
  | 'Stale'
  | 'FutureTimestamp'
  | 'SeveralSeries'
  | 'DroppedSamples'
  | 'Inactive'
  | 'NotAVector'
  | 'Incomparable';

export type SignalErrorCause = 'Unreachable' | 'Timeout' | 'HTTPStatus' | 'BadBody' | 'TooLarge' | 'QueryRejected' | 'ProviderMissing';

/** Where a reading came from, with the query text frozen as it was sent. */
export interface ObservationSource {
  readonly provider: string;
  readonly query: string;
  readonly queriedAtMs: EpochMs;
}

/** One reading of a signal, or why there is none. */
export type Observation =
  | {
      readonly kind: 'Value';
      readonly value: number;
      /** Rows behind the value; null when the signal can't tell. */
      readonly sampleCount: number | null;
      /** What the value would be without any change at the declared false-alarm rate; null when unknown. */
      readonly noiseFloor: number | null;
      /** Time of the newest sample, not of the query. */
      readonly dataTimeMs: EpochMs;
      readonly windowSeconds: number;
      readonly source: ObservationSource;
    }
  | { readonly kind: 'NoData'; readonly cause: NoDataCause; readonly message: string; readonly source: ObservationSource }
  | { readonly kind: 'Error'; readonly cause: SignalErrorCause; readonly message: string; readonly source: ObservationSource };
