import type { EpochMs } from '../../shared/clock.ts';

/** Which answers of the model a reading is about: those a caller received, or those of a mirrored copy. */
export type Served = 'Live' | 'Shadow';

/** Whom a series belongs to. The namespace comes from service discovery, never from the exporter. */
export interface ModelIdentity {
  readonly namespace: string;
  readonly model: string;
  readonly version: string;
  /** Digest of the image the version runs from, where its owner wrote one. */
  readonly imageDigest?: string;
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

/** Bounds of a value at the confidence its signal declares, in the unit of the signal. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** What a statistic was computed from: all it takes to compute it again. Numbers of one name stand in the order the statistic documents. */
export interface Computation {
  readonly statistic: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, readonly number[]>>;
}

/** What a value leaves open, and what is said in its place unless it is a breach all the same. */
export type Reservation =
  | { readonly cause: NoDataCause; readonly message: string }
  | { readonly cause: 'Insufficient'; readonly message: string; readonly sampleCount: number; readonly computation: Computation };

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
      /** Null when the signal gives a point only. */
      readonly interval: Interval | null;
      /** Null when the provider computed the value. */
      readonly computation: Computation | null;
      /** What the value consists of, in words, where the signal can name it. */
      readonly detail?: string;
      /** Left out: the value speaks for everything the signal is about. */
      readonly unless?: Reservation;
      /** Time of the newest sample, not of the query. */
      readonly dataTimeMs: EpochMs;
      readonly windowSeconds: number;
      readonly source: ObservationSource;
    }
  /** Counts arrived, and they are too few, or of too few kinds, for the statistic to say anything. */
  | {
      readonly kind: 'Insufficient';
      readonly message: string;
      readonly sampleCount: number;
      readonly computation: Computation;
      readonly source: ObservationSource;
    }
  | (Missing & { readonly kind: 'NoData'; readonly cause: NoDataCause })
  | (Missing & { readonly kind: 'Error'; readonly cause: SignalErrorCause });

interface Missing {
  readonly message: string;
  /** What to do about it, as a sentence; left out: look at the provider. */
  readonly remedy?: string;
  readonly source: ObservationSource;
}
