import { assertNever } from '../../shared/assert-never.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import { chiSquareLimit } from './chi-square-limit.ts';
import {
  hellingerDistance,
  jensenShannonDistance,
  kolmogorovSmirnov,
  largestDifference,
  populationStabilityIndex,
  sharesOf,
  smoothedShares,
  totalVariation,
} from './divergence.ts';
import {
  hellingerTerm,
  jensenShannonTerm,
  kolmogorovNoise,
  largestDifferenceNoise,
  noiseScale,
  psiNoise,
  thinBinNoise,
  upperNormal,
  type BinTerm,
} from './drift-noise.ts';
import { total } from './histogram.ts';
import { mergeThinBins, testHomogeneity } from './homogeneity.ts';
import { quantileOf, wassersteinDistance, wassersteinNoise, type FiniteShares } from './wasserstein.ts';

/** How far two rows of counts are apart. The last two need bins in order. */
export const driftMetrics = [
  'PSI',
  'JensenShannon',
  'Hellinger',
  'TotalVariation',
  'LInfinity',
  'CramersV',
  'KolmogorovSmirnov',
  'Wasserstein',
] as const;
export type DriftMetric = (typeof driftMetrics)[number];

/** Counts of both sides over the same bins; both sums are above 0. */
export interface AlignedCounts {
  readonly reference: readonly number[];
  readonly live: readonly number[];
  /** Edges of bins in order, lowest first, the outermost perhaps infinite; null for categories. */
  readonly edges: readonly number[] | null;
  /** Where bins do not touch: lower end of each. Between them neither side has rows. */
  readonly lowers?: readonly number[];
}

export interface DriftMeasure {
  readonly metric: DriftMetric;
  /** Chance of exceeding the noise floor without any change, per look. */
  readonly falseAlarmProbability: number;
  /** Rows that carry as much as one independent row, at least 1: calls of one user resemble each other. */
  readonly designEffect: number;
}

export interface DriftValue {
  readonly value: number;
  /** What the value stays under without any change, but for the declared chance. */
  readonly noiseFloor: number;
  /** Power of 1/n + 1/m the noise grows with; null where it follows another law. */
  readonly noiseGrowth: 1 | 0.5 | null;
  /** Further figures for the record. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface DriftValueGap {
  readonly cause: 'Insufficient' | 'Incomparable';
  readonly message: string;
}

/** Tail mass that may differ before a distance over finite edges says too little. */
const tailTolerance = 0.01;

/**
 * One distance with its noise floor. For small differences PSI, Jensen-Shannon and Hellinger are one number on three scales (PSI/8 each, in nats or
 * squared), and total variation is at most half the root of it, so one chi-square limit serves all four.
 */
export function measureDivergence(measure: DriftMeasure, counts: AlignedCounts, limit = chiSquareLimit): Result<DriftValue, DriftValueGap> {
  const { metric, falseAlarmProbability: alpha, designEffect } = measure;
  const scale = designEffect * noiseScale({ reference: total(counts.reference), live: total(counts.live) });
  const bins = counts.reference.length;
  const chance = psiNoise(bins, alpha, limit) * scale;
  if (metric === 'PSI') {
    const value = populationStabilityIndex(smoothedShares(counts.reference), smoothedShares(counts.live));
    return success({ value, noiseFloor: chance, noiseGrowth: 1, figures: { excess: Math.max(0, value - (bins - 1) * scale) } });
  }
  const [p, q] = [sharesOf(counts.reference), sharesOf(counts.live)];
  // Smoothed: a bin nobody has seen yet may still surprise.
  const unsmoothed = (term: BinTerm): number => thinBinNoise(smoothedShares(pooledCounts(counts)), term, { alpha, scale }) * scale;
  const rooted = (value: number, noiseFloor: number, figures = {}) => success({ value, noiseFloor, noiseGrowth: 0.5 as const, figures });
  switch (metric) {
    case 'JensenShannon':
      return rooted(jensenShannonDistance(p, q), Math.sqrt(unsmoothed(jensenShannonTerm) / 8 / Math.LN2));
    case 'Hellinger':
      return rooted(hellingerDistance(p, q), Math.sqrt(unsmoothed(hellingerTerm) / 8));
    case 'TotalVariation':
      return rooted(totalVariation(p, q), Math.sqrt(chance) / 2);
    case 'LInfinity':
      return rooted(largestDifference(p, q), largestDifferenceNoise(sharesOf(pooledCounts(counts)), alpha) * Math.sqrt(scale));
    case 'KolmogorovSmirnov': {
      const { atEdges, upperBound } = kolmogorovSmirnov(p, q);
      return rooted(atEdges, kolmogorovNoise(alpha) * Math.sqrt(scale), { upperBound });
    }
    case 'CramersV':
      return measureAssociation(measure, counts);
    case 'Wasserstein':
      return measureMovement(measure, counts, Math.sqrt(scale));
    default:
      return assertNever(metric);
  }
}

export function pooledCounts({ reference, live }: Pick<AlignedCounts, 'reference' | 'live'>): readonly number[] {
  return reference.map((count, bin) => count + (live[bin] ?? 0));
}

/** Beyond its noise floor exactly where the chi-square test of homogeneity rejects. */
function measureAssociation(
  { falseAlarmProbability, designEffect }: DriftMeasure,
  counts: AlignedCounts,
): Result<DriftValue, DriftValueGap> {
  const effective = (side: readonly number[]): readonly number[] => side.map((count) => count / designEffect);
  const merged = mergeThinBins({ reference: effective(counts.reference), live: effective(counts.live) }, counts.edges !== null);
  const test = merged === null ? null : testHomogeneity(merged);
  if (test === null) {
    return failure({
      cause: 'Insufficient',
      message: 'not even two bins hold the rows a chi-square test needs (5 expected on each side); a longer window holds more',
    });
  }
  const { statistic, degreesOfFreedom, cramersV, toCramersV } = test;
  return success({
    value: cramersV,
    noiseFloor: toCramersV(psiNoise(degreesOfFreedom + 1, falseAlarmProbability)),
    noiseGrowth: null,
    figures: { chiSquare: statistic, degreesOfFreedom },
  });
}

/** Wasserstein distance as a share of the range that holds the middle 90 % of the reference. */
function measureMovement(measure: DriftMeasure, counts: AlignedCounts, noise: number): Result<DriftValue, DriftValueGap> {
  const { edges, reference, live } = withGaps(counts);
  if (edges === null) return incomparable('categories have no order, so no distance can be travelled between them; choose another metric');
  const finite = edges.filter((edge) => Number.isFinite(edge));
  const [p, q, pooled] = [reference, live, pooledCounts({ reference, live })].map((side) => cut(edges, sharesOf(side)));
  if (p === undefined || q === undefined || pooled === undefined) return incomparable('there are no bins');
  const [tail, side] = [
    [Math.abs(p.below - q.below), 'below the first'] as const,
    [Math.abs(p.above - q.above), 'above the last'] as const,
  ].reduce((one, other) => (other[0] > one[0] ? other : one));
  if (tail > tailTolerance) {
    const message = `${(tail * 100).toPrecision(2)} % more of one side's rows lie ${side} bound than of the other's, at an unknown distance; add buckets there or choose another metric`;
    return failure({ cause: 'Insufficient', message });
  }
  const [p05, p95] = [quantileOf(finite, p, 0.05), quantileOf(finite, p, 0.95)];
  if (p05 === null || p95 === null || !(p95 > p05)) {
    return incomparable(
      'more than 5 % of the reference lies beyond its outermost bounds, so its range is not known; add buckets there or choose another metric',
    );
  }
  const range = p95 - p05;
  const [first = -Infinity] = edges;
  const distance = wassersteinDistance(finite, p, q);
  return success({
    value: distance / range,
    noiseFloor: (wassersteinNoise(finite, pooled, upperNormal(measure.falseAlarmProbability)) / range) * noise,
    noiseGrowth: 0.5,
    // Upper bounds are on record anyway; without the lowest nobody could measure it again.
    figures: { distance, referenceRange: range, ...(Number.isFinite(first) ? { lowestBound: first } : { opensBelow: 1 }) },
  });
}

/** Gaps as bins without rows: other metrics need none, but a distance is travelled across them. */
function withGaps({ reference, live, edges, lowers }: AlignedCounts): AlignedCounts {
  if (edges === null || lowers === undefined) return { reference, live, edges };
  const bins = lowers.flatMap((lower, bin) => {
    const own = { upper: edges[bin + 1] ?? lower, reference: reference[bin] ?? 0, live: live[bin] ?? 0 };
    return bin > 0 && lower > (edges[bin] ?? lower) ? [{ upper: lower, reference: 0, live: 0 }, own] : [own];
  });
  return {
    reference: bins.map((bin) => bin.reference),
    live: bins.map((bin) => bin.live),
    edges: [...edges.slice(0, 1), ...bins.map(({ upper }) => upper)],
  };
}

function cut(edges: readonly number[], shares: readonly number[]): FiniteShares {
  const [opensBelow, opensAbove] = [edges[0] === -Infinity, edges.at(-1) === Infinity];
  return {
    below: opensBelow ? (shares[0] ?? 0) : 0,
    inside: shares.slice(opensBelow ? 1 : 0, opensAbove ? -1 : undefined),
    above: opensAbove ? (shares.at(-1) ?? 0) : 0,
  };
}

function incomparable(message: string): { readonly ok: false; readonly failure: DriftValueGap } {
  return failure({ cause: 'Incomparable', message });
}
