/** Counts per bin. Bin i is (upperBounds[i-1], upperBounds[i]]; the last bound is +Infinity. */
export interface BinnedCounts {
  readonly upperBounds: readonly number[];
  readonly counts: readonly number[];
}

export interface DriftInput {
  readonly reference: BinnedCounts;
  readonly live: BinnedCounts;
  /** Chance of exceeding the noise floor without any change, per look. */
  readonly falseAlarmProbability: number;
}

export type Drift =
  | {
      readonly kind: 'Measured';
      readonly psi: number;
      readonly noiseFloor: number;
      readonly liveCount: number;
      readonly referenceCount: number;
      readonly bins: number;
    }
  | { readonly kind: 'Incomparable'; readonly commonBins: number }
  | { readonly kind: 'Empty'; readonly side: 'Reference' | 'Live' };

/** One bucket of a classic histogram: `le` as the label says it, cumulative count. */
export interface CumulativeBucket {
  readonly le: string;
  readonly count: number;
}

export type BinnedHistogram =
  | { readonly kind: 'Binned'; readonly binned: BinnedCounts; readonly repaired: boolean }
  | { readonly kind: 'Malformed'; readonly message: string };

export function binHistogram(_buckets: readonly CumulativeBucket[]): BinnedHistogram {
  throw new Error('being written');
}

export function measureDrift(_input: DriftInput): Drift {
  throw new Error('being written');
}
