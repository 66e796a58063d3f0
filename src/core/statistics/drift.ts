import { assertNever } from '../../shared/assert-never.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import { chiSquareLimit } from './chi-square-limit.ts';
import {
  compareBuckets,
  compareCategories,
  compareNative,
  type Comparison,
  type DriftReference,
  type VersionedRows,
} from './drift-comparison.ts';
import { measureDivergence, type DriftMeasure } from './drift-metric.ts';
import { readFeatures, type FeatureReading } from './feature-drift.ts';
import { total } from './histogram.ts';
import type { StatisticGap, StatisticReading } from './reading.ts';
import { gap } from './row.ts';

/** Distance of live counts from counts taken another time, or of another version. */
export interface DriftDefinition extends DriftMeasure {
  readonly kind: 'Drift';
  readonly counted: Counted;
  readonly reference: DriftReference;
  /** Label that tells features apart, each of which has a reference of its own. Left out: one distance. */
  readonly feature?: string;
}

/** Buckets: one series a bound, cumulative, `+Inf` among them. Native: one native histogram. Categories: one series a value of the label. */
export type Counted = { readonly kind: 'Buckets' } | { readonly kind: 'Native' } | { readonly kind: 'Categories'; readonly label: string };

export function readDrift(
  definition: DriftDefinition,
  from: VersionedRows,
  limit = chiSquareLimit,
): Result<StatisticReading, StatisticGap> {
  const { feature, reference, metric, falseAlarmProbability, designEffect } = definition;
  if (feature !== undefined && reference.kind === 'Window') {
    const measureOne = (rows: VersionedRows): Result<FeatureReading, StatisticGap> => {
      const compared = compare(definition, rows);
      if (!compared.ok) return compared;
      const reading = measureDrift(definition, compared.value, limit);
      return reading.ok ? success({ compared: compared.value, reading: reading.value }) : reading;
    };
    return readFeatures({ label: feature, measure: { metric, falseAlarmProbability, designEffect }, reference, limit, measureOne }, from);
  }
  const compared = compare(definition, from);
  return compared.ok ? measureDrift(definition, compared.value, limit) : compared;
}

function compare({ counted, reference }: DriftDefinition, from: VersionedRows): Result<Comparison, StatisticGap> {
  switch (counted.kind) {
    case 'Buckets':
      return compareBuckets(reference, from);
    case 'Native':
      return compareNative(reference, from);
    case 'Categories':
      return compareCategories(reference, counted.label, from);
    default:
      return assertNever(counted);
  }
}

/** The distance of counts over the same bins, with what it would be by chance alone. */
export function measureDrift(measure: DriftMeasure, compared: Comparison, limit = chiSquareLimit): Result<StatisticReading, StatisticGap> {
  const { metric, falseAlarmProbability, designEffect } = measure;
  const [referenceCount, liveCount] = [total(compared.reference), total(compared.live)];
  if (!(referenceCount > 0)) return gap('Empty', 'the reference holds no rows; pin a new one');
  if (!(liveCount >= 1)) return gap('Empty', 'no rows in the window');
  const sampleCount = Math.floor(liveCount);
  const measured = measureDivergence(measure, compared, limit);
  const computation = {
    statistic: metric,
    parameters: { falseAlarmProbability, designEffect, ...compared.figures, ...(measured.ok ? measured.value.figures : {}) },
    counts: compared.counts,
  };
  if (measured.ok) {
    const { value, noiseFloor } = measured.value;
    return success({ value, sampleCount, noiseFloor, interval: null, computation });
  }
  const { cause, message } = measured.failure;
  return cause === 'Insufficient' ? failure({ cause, message, sampleCount, computation }) : gap(cause, message);
}
