import type { Verdict } from '../../src/core/model/assessment.ts';
import type { AuditedAction } from '../../src/core/risk/programme/audit-completeness.ts';
import type { ProgrammeFacts, ProgrammeWindow } from '../../src/core/risk/programme/facts.ts';
import type { RateRatio } from '../../src/core/risk/programme/rate-ratio.ts';
import type { Spell, Survival } from '../../src/core/risk/programme/survival.ts';

/** Shapes of the golden vectors of risk arithmetic: topic, kind, [input, expected]. */
export interface RiskShapes {
  /** Drawn, with as many digits as `draws` gives. Risks and items are told apart by their place in the list. */
  readonly backlog: {
    readonly ranking: readonly [
      {
        readonly discountPercent: number;
        readonly draws: number;
        readonly risks: readonly { readonly shape: number; readonly years: number; readonly meanImpact: number }[];
        readonly items: readonly {
          readonly risks: readonly number[];
          readonly assessments: readonly {
            readonly cost: ThreePoints;
            readonly weeks: ThreePoints;
            readonly reducesLossPercent: ThreePoints;
            readonly successPercent: number;
          }[];
        }[];
      },
      {
        readonly items: readonly { readonly net: number; readonly weeks: number; readonly netPerWeek: number }[];
        readonly outranks: readonly (readonly number[])[];
      },
    ];
  };
  /** Readings of one indicator by process, and what is left of its budget at each moment. */
  readonly budget: {
    readonly budget: readonly [
      {
        readonly targetPercent: number;
        readonly windowSeconds: number;
        readonly intervalMs: number;
        readonly terms: readonly {
          readonly untilMs: number;
          readonly runs: readonly { readonly firstMs: number; readonly count: number; readonly verdict: Verdict }[];
        }[];
        readonly momentsMs: readonly number[];
      },
      readonly { readonly left: number | null; readonly badSeconds: number; readonly judgedSeconds: number }[],
    ];
  };
  readonly compound: {
    readonly masses: readonly [Compound<{ readonly masses: readonly number[] }>, AnnualLoss];
    /** The mass of a grid point is the probability of the half steps around it; what lies beyond `gridEnd` is left out. */
    readonly lognormal: readonly [Compound<Range & { readonly gridEnd: number }>, AnnualLoss];
    readonly pert: readonly [Compound<ThreePoints>, AnnualLoss];
    /** Losses of one event that have nothing to do with each other. */
    readonly 'sum-of-parts': readonly [Compound<{ readonly parts: readonly (readonly number[])[] }>, AnnualLoss];
  };
  readonly programme: {
    readonly survival: readonly [{ readonly spells: readonly Spell[] }, Survival];
    readonly 'rate-ratio': readonly [{ readonly before: number; readonly now: number }, RateRatio];
    /** Figures by name, each with those of its fields that are numbers. */
    readonly programme: readonly [
      { readonly facts: ProgrammeFacts; readonly window: ProgrammeWindow },
      Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    ];
    /** Objects as they are stored, and every action in them. */
    readonly 'audited-records': readonly [{ readonly incidents: readonly object[]; readonly toMs: number }, readonly AuditedAction[]];
  };
  readonly impact: {
    readonly lognormal: readonly [
      Range,
      { readonly mu: number; readonly sigma: number; readonly mean: number; readonly secondMoment: number; readonly quantiles: Quantiles },
    ];
    readonly 'limited-lognormal': readonly [Range & { readonly limit: number }, { readonly mean: number }];
    readonly pert: readonly [
      ThreePoints,
      {
        readonly alpha: number;
        readonly beta: number;
        readonly mean: number;
        readonly sd: number;
        readonly secondMoment: number;
        readonly quantiles: Quantiles;
      },
    ];
    readonly year: readonly [
      Range & { readonly shape: number; readonly exposureYears: number },
      YearMoments & { readonly lowOfExpected: number; readonly highOfExpected: number },
    ];
    readonly 'certain-rate': readonly [Range & { readonly rate: number }, YearMoments];
    readonly 'pert-rate': readonly [
      Range & ThreePoints,
      { readonly rate: number; readonly expectedLoss: number; readonly atTheMode: number },
    ];
  };
  readonly likelihood: {
    /** `low` and `high` are the 5 % and 95 % points; no prior incident counts as half a one. */
    readonly rate: readonly [
      {
        readonly priorIncidents: number;
        readonly priorYears: number;
        readonly incidents: number;
        readonly years: number;
        readonly horizonYears: number;
      },
      {
        readonly shape: number;
        readonly exposureYears: number;
        readonly rate: number;
        readonly low: number;
        readonly high: number;
        readonly probabilityAtLeastOne: number;
        readonly probabilityAtMeanRate: number;
      },
    ];
    readonly odds: readonly [
      { readonly probability: number; readonly oddsRatio: number; readonly horizonYears: number },
      { readonly priorOdds: number; readonly odds: number; readonly probability: number; readonly rate: number },
    ];
    readonly 'share-in-breach': readonly [
      { readonly priorBreaches: number; readonly priorQuiet: number; readonly breaches: number; readonly quiet: number },
      { readonly mean: number; readonly low: number; readonly high: number },
    ];
  };
  /** Drawn, with as many digits as `draws` gives: compare with that in mind. */
  readonly simulation: {
    readonly psi: readonly [
      { readonly bins: number; readonly reference: number; readonly live: number; readonly draws: number },
      { readonly mean: number; readonly p95: number; readonly above: readonly { readonly limit: number; readonly share: number }[] },
    ];
    readonly ece: readonly [
      { readonly bins: number; readonly rows: number; readonly alpha: number; readonly beta: number; readonly draws: number },
      { readonly mean: number; readonly p95: number; readonly meanFloor: number },
    ];
    readonly year: readonly [
      Range & { readonly frequency: Frequency; readonly draws: number },
      {
        readonly none: number;
        readonly mean: number;
        readonly above: { readonly limit: number; readonly share: number };
        readonly quantiles: Omit<Quantiles, 'p5' | 'p50'>;
      },
    ];
  };
}

/** NegativeBinomial: a Poisson count whose rate is Gamma(shape, exposureYears). */
type Frequency =
  | { readonly kind: 'Poisson'; readonly rate: number }
  | { readonly kind: 'NegativeBinomial'; readonly shape: number; readonly exposureYears: number };

interface Compound<Severity> {
  readonly frequency: Frequency;
  readonly severity: Severity;
  readonly step: number;
}

interface AnnualLoss {
  readonly noEvent: number;
  /** Also the events whose loss rounds to nothing. */
  readonly massAtZero: number;
  readonly exceedances: readonly { readonly above: number; readonly probability: number }[];
  readonly quantiles: Omit<Quantiles, 'p5' | 'p50'>;
  readonly expectedLoss: number;
}

interface YearMoments {
  readonly expectedLoss: number;
  readonly variance: number;
  readonly chanceOfNone: number;
}

interface Range {
  readonly low: number;
  readonly high: number;
}

interface ThreePoints {
  readonly min: number;
  readonly mode: number;
  readonly max: number;
}

interface Quantiles {
  readonly p5: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
}
