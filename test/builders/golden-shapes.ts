import type { RiskShapes } from './golden-risk-shapes.ts';

/**
 * Shapes of the golden vectors: topic, kind, [input, expected]. `oracle/` makes them, one file a topic, and says by what
 * formula. null is a figure that is undefined.
 */
export interface GoldenShapes extends RiskShapes {
  readonly anomaly: {
    readonly ewma: readonly [
      Series & { readonly weight: number; readonly width: number },
      { readonly z: readonly number[]; readonly lower: readonly number[]; readonly upper: readonly number[] } & Alarm,
    ];
    readonly cusum: readonly [
      Series & { readonly slack: number; readonly threshold: number },
      { readonly above: readonly number[]; readonly below: readonly number[] } & Alarm,
    ];
    readonly seasonal: readonly [
      { readonly history: readonly number[]; readonly value: number; readonly floor: number },
      { readonly median: number; readonly mad: number; readonly z: number },
    ];
    readonly 'poisson-tail': readonly [{ readonly count: number; readonly expected: number }, Tails];
    readonly 'binomial-tail': readonly [{ readonly count: number; readonly trials: number; readonly probability: number }, Tails];
  };
  readonly 'burn-rate': {
    readonly window: readonly [
      { readonly target: number; readonly periodSeconds: number; readonly budgetShare: number; readonly windowSeconds: number },
      { readonly factor: number; readonly shortWindowSeconds: number; readonly errorRatio: number; readonly canFire: boolean },
    ];
    readonly detection: readonly [
      { readonly target: number; readonly factor: number; readonly windowSeconds: number; readonly errorRatio: number },
      { readonly canFire: boolean; readonly seconds: number | null },
    ];
    readonly reading: readonly [
      { readonly target: number; readonly factor: number; readonly long: BadOfTotal; readonly short: BadOfTotal },
      {
        readonly longBurn: number | null;
        readonly shortBurn: number | null;
        readonly beyond: boolean | null;
        readonly lowTrafficTail: number;
      },
    ];
    /** Never below 2. */
    readonly 'most-by-chance': readonly [
      { readonly total: number; readonly rate: number; readonly alpha: number },
      { readonly count: number },
    ];
  };
  readonly calibration: { readonly bins: readonly [{ readonly bins: readonly ScoreBin[] }, Calibration] };
  readonly detectable: {
    readonly 'mixed-in': readonly [
      {
        readonly upperBounds: readonly number[];
        readonly reference: readonly number[];
        readonly everybody: readonly number[];
        readonly mixedIn: readonly number[];
        readonly rows: number;
        readonly draws: number;
      },
      { readonly detectableSharePercent: number; readonly powers: readonly { readonly sharePercent: number; readonly power: number }[] },
    ];
    readonly alone: readonly [{ readonly reference: readonly number[]; readonly live: readonly number[] }, { readonly psi: number }];
  };
  readonly divergences: { readonly counts: readonly [Divergence, DivergenceFigures] };
  readonly fairness: {
    readonly groups: readonly [
      { readonly groups: readonly ({ readonly group: string } & ConfusionCounts)[] },
      {
        readonly rates: Readonly<Record<string, GroupRates>>;
        readonly demographicParityDifference: number;
        readonly demographicParityRatio: number | null;
        readonly equalOpportunityDifference: number | null;
        readonly equalOpportunityRatio: number | null;
        readonly equalizedOddsDifference: number | null;
        readonly meanOddsDifference: number | null;
      },
    ];
  };
  readonly 'false-alarms': {
    readonly drift: readonly [
      Rows & { readonly designEffect: number; readonly level: number },
      { readonly psi: number; readonly totalVariationAtMost: number; readonly kolmogorovAtMost: number },
    ];
    readonly 'burn-rate': readonly [
      { readonly targetPercent: number; readonly long: number; readonly short: number; readonly level: number },
      { readonly atMost: number },
    ];
    readonly interval: readonly [
      Interval & {
        readonly falseAlarmProbability: number;
        readonly intervals: number;
        readonly value: number;
        readonly breach: number;
        readonly clear: number;
      },
      { readonly atLeast: number; readonly atMost: number },
    ];
    readonly cusum: readonly [{ readonly readings: number; readonly threshold: number }, { readonly chance: number }];
    readonly firings: readonly [
      {
        readonly chance: number;
        readonly windowsAreIndependent: boolean;
        readonly windowSeconds: number;
        readonly intervalSeconds: number;
        readonly forSeconds: number;
        readonly clearForSeconds: number;
      },
      { readonly low: number; readonly high: number },
    ];
  };
  readonly histogram: {
    readonly classic: readonly [
      { readonly buckets: readonly { readonly le: string; readonly count: number }[] },
      Binned & { readonly repaired: boolean },
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
  readonly multiplicity: { readonly 'benjamini-hochberg': Multiplicity; readonly bonferroni: Multiplicity };
  readonly noise: {
    readonly 'chi-square': readonly [{ readonly bins: number; readonly alpha: number }, { readonly quantile: number }];
    readonly 'least-live-count': readonly [
      { readonly bins: number; readonly threshold: number; readonly alpha: number },
      { readonly samples: number },
    ];
    readonly psi: readonly [Rows, { readonly mean: number; readonly p95: number }];
    readonly 'kolmogorov-smirnov': readonly [
      Omit<Rows, 'bins'> & { readonly alpha: number },
      { readonly coefficient: number; readonly limit: number },
    ];
  };
  readonly performance: {
    readonly confusion: readonly [
      ConfusionCounts & { readonly confidence: number },
      {
        readonly accuracy: Estimate | null;
        readonly precision: Estimate | null;
        readonly recall: Estimate | null;
        readonly fpr: Estimate | null;
        readonly f1: number | null;
        readonly mcc: number | null;
      },
    ];
    /** Lowest score first; null without positives or without negatives. */
    readonly auc: readonly [
      { readonly bins: readonly { readonly positives: number; readonly negatives: number }[] },
      {
        readonly auc: number;
        readonly ambiguity: number;
        readonly gini: number;
        readonly ks: number;
        readonly seHanleyMcNeil: number;
      } | null,
    ];
    readonly 'label-free': readonly [
      { readonly bins: readonly Omit<ScoreBin, 'positives'>[]; readonly firstPositiveBin: number },
      ConfusionCounts & { readonly accuracy: number; readonly precision: number | null; readonly recall: number | null },
    ];
  };
  readonly proportions: {
    readonly wilson: readonly [Share, Interval];
    readonly 'clopper-pearson': readonly [Share, Interval];
    readonly newcombe: readonly [TwoShares & Confidence, Interval & { readonly difference: number }];
    /** `adjusted`: a group had no success, so half a success more stands in both counts and both totals. */
    readonly katz: readonly [TwoShares & Confidence, Interval & { readonly ratio: number; readonly adjusted: boolean }];
    readonly 'mantel-haenszel': readonly [
      { readonly strata: readonly TwoShares[] } & Confidence,
      Interval & {
        readonly difference: number;
        readonly seSato: number;
        readonly seGreenlandRobins: number;
        readonly crudeDifference: number;
        readonly strata: number;
      },
    ];
  };
  /** Average run lengths in readings, from R's spc. */
  readonly 'run-length': {
    readonly ewma: readonly [
      { readonly weight: number; readonly width: number; readonly shift: number },
      { readonly fixedLimits: number; readonly growingLimits: number },
    ];
    readonly cusum: readonly [
      { readonly slack: number; readonly threshold: number; readonly shift: number },
      { readonly twoSided: number; readonly oneSided: number },
    ];
  };
  readonly sequential: {
    readonly mixture: readonly [
      Mixture,
      Interval & Evidence & { readonly difference: number; readonly variance: number; readonly logEvidence: number },
    ];
    readonly 'mixture-one-sided': readonly [Mixture, Evidence & { readonly logEvidence: number }];
    /** `logEvidence` after each window; `pValue` from the highest evidence reached. */
    readonly blocks: readonly [
      { readonly windows: readonly TwoShares[]; readonly priorSuccesses: number; readonly priorFailures: number },
      Evidence & { readonly logEvidence: readonly number[] },
    ];
  };
}

type Multiplicity = readonly [
  { readonly pValues: readonly number[]; readonly alpha: number },
  { readonly rejected: readonly boolean[]; readonly adjusted: readonly number[] },
];

interface Series {
  readonly values: readonly number[];
  readonly mean: number;
  readonly sd: number;
}

/** Index of the first reading beyond the limits. */
interface Alarm {
  readonly firstAlarm: number | null;
}

interface Tails {
  readonly atLeast: number;
  readonly atMost: number;
}

interface BadOfTotal {
  readonly bad: number;
  readonly total: number;
}

interface ScoreBin {
  readonly count: number;
  readonly scoreSum: number;
  readonly positives: number;
}

interface Calibration {
  readonly ece: number;
  readonly mce: number;
  readonly signed: number;
  readonly observedOverExpected: number;
  readonly hosmerLemeshow: { readonly statistic: number; readonly df: number; readonly p: number; readonly leastExpected: number };
  readonly slope: number;
  readonly slopeSe: number;
  readonly intercept: number;
  readonly interceptSe: number;
  readonly citl: number;
  readonly citlSe: number;
  readonly brierGrouped: number;
  readonly reliability: number;
  readonly resolution: number;
  readonly uncertainty: number;
  readonly eceFloor: number;
}

interface ConfusionCounts {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
}

interface GroupRates {
  readonly selectionRate: number;
  readonly tpr: number | null;
  readonly fpr: number | null;
  readonly ppv: number | null;
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

interface Estimate extends Interval {
  readonly value: number;
}

interface Confidence {
  readonly confidence: number;
}

interface Share extends Confidence {
  readonly successes: number;
  readonly trials: number;
}

interface TwoShares {
  readonly successes1: number;
  readonly trials1: number;
  readonly successes2: number;
  readonly trials2: number;
}

interface Mixture extends TwoShares {
  readonly tau: number;
  readonly alpha: number;
}

interface Evidence {
  readonly evidence: number;
  readonly pValue: number;
}

interface Rows {
  readonly bins: number;
  readonly reference: number;
  readonly live: number;
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
