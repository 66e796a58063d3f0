/** Shapes of the golden vectors: topic, kind, [input, expected]. `oracle/` makes them; null is a figure that is undefined. */
export interface GoldenShapes {
  readonly divergences: { readonly counts: readonly [Divergence, DivergenceFigures] };
  readonly histogram: {
    readonly classic: readonly [
      { readonly buckets: readonly { readonly le: string; readonly count: number }[] },
      { readonly upperBounds: readonly number[]; readonly counts: readonly number[]; readonly repaired: boolean },
    ];
    readonly 'exponential-bounds': readonly [
      { readonly schema: number; readonly index: number },
      { readonly lower: number; readonly upper: number },
    ];
    readonly 'coarser-schema': readonly [
      { readonly schema: number; readonly toSchema: number; readonly buckets: readonly IndexedBucket[] },
      { readonly buckets: readonly IndexedBucket[] },
    ];
    readonly 'common-edges': readonly [
      { readonly reference: Binned; readonly live: Binned },
      { readonly upperBounds: readonly number[]; readonly reference: readonly number[]; readonly live: readonly number[] },
    ];
  };
  readonly noise: {
    readonly 'chi-square': readonly [{ readonly bins: number; readonly alpha: number }, { readonly quantile: number }];
    readonly 'least-live-count': readonly [
      { readonly bins: number; readonly threshold: number; readonly alpha: number },
      { readonly samples: number },
    ];
    readonly psi: readonly [
      { readonly bins: number; readonly reference: number; readonly live: number },
      { readonly mean: number; readonly p95: number },
    ];
    readonly 'kolmogorov-smirnov': readonly [
      { readonly reference: number; readonly live: number; readonly alpha: number },
      { readonly coefficient: number; readonly limit: number },
    ];
  };
  readonly proportions: {
    readonly wilson: readonly [Share, Interval];
    readonly 'clopper-pearson': readonly [Share, Interval];
    readonly newcombe: readonly [TwoShares, Interval & { readonly difference: number }];
    /** `adjusted`: a group had no success, so half a success more stands in both counts and both totals. */
    readonly katz: readonly [TwoShares, Interval & { readonly ratio: number; readonly adjusted: boolean }];
    readonly 'mantel-haenszel': readonly [
      { readonly strata: readonly Omit<TwoShares, 'confidence'>[]; readonly confidence: number },
      Interval & {
        readonly difference: number;
        readonly seSato: number;
        readonly seGreenlandRobins: number;
        readonly crudeDifference: number;
        readonly strata: number;
      },
    ];
  };
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

interface Share {
  readonly successes: number;
  readonly trials: number;
  readonly confidence: number;
}

interface TwoShares {
  readonly successes1: number;
  readonly trials1: number;
  readonly successes2: number;
  readonly trials2: number;
  readonly confidence: number;
}

interface Binned {
  readonly upperBounds: readonly number[];
  readonly counts: readonly number[];
}

interface IndexedBucket {
  readonly index: number;
  readonly count: number;
}

/** `edges`: one more than bins, all finite; without them `w1` is undefined. */
interface Divergence {
  readonly reference: readonly number[];
  readonly live: readonly number[];
  readonly designEffect: number;
  readonly edges?: readonly number[];
}

interface DivergenceFigures {
  /** Without smoothing: Infinity where one side of a bin is empty. */
  readonly psi: number;
  readonly psiJeffreys: number;
  readonly psiJeffreysExcess: number;
  readonly klLiveFromReference: number;
  readonly klReferenceFromLive: number;
  readonly jsDistanceBase2: number;
  readonly jsDivergenceBase2: number;
  readonly jsDivergenceNats: number;
  readonly hellinger: number;
  readonly totalVariation: number;
  readonly linf: number;
  readonly ksBins: number;
  readonly ksUpper: number;
  readonly chi2: { readonly statistic: number; readonly df: number; readonly p: number } | null;
  readonly cramersV: number | null;
  readonly cramersVCorrected: number | null;
  readonly cochran: { readonly leastExpected: number; readonly shareOfExpectedFromFive: number; readonly valid: boolean } | null;
  readonly w1: number | null;
  readonly noiseFloors: readonly { readonly alpha: number; readonly floor: number | null }[];
}
