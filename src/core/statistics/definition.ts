import { assertNever } from '../../shared/assert-never.ts';
import { readAnomaly, type AnomalyDefinition } from './anomaly.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { readBurnRate, type BurnRateDefinition } from './burn-rate.ts';
import { readCalibration, type CalibrationDefinition } from './calibration.ts';
import { readComparison, type ComparisonDefinition } from './comparison.ts';
import type { ComparisonSample } from './comparison-sample.ts';
import type { ChiSquareLimit } from './chi-square-limit.ts';
import { readDrift, type DriftDefinition } from './drift.ts';
import { readFairness, type FairnessDefinition } from './fairness.ts';
import { readPerformance, type PerformanceDefinition } from './performance.ts';
import type { Row } from './row.ts';
import type { StatisticGap, StatisticReading } from './reading.ts';
import type { Result } from '../../shared/result.ts';

/** Which statistic to compute from a model's counts, and with what. One member and one line below for each. */
export type StatisticDefinition =
  | DriftDefinition
  | CalibrationDefinition
  | BurnRateDefinition
  | AnomalyDefinition
  | FairnessDefinition
  | PerformanceDefinition
  | ComparisonDefinition;

/** The counts of one model, as the parts of its signal's query answered them. */
export interface StatisticCounts {
  /** Version the request is about. */
  readonly version: string;
  /** When the provider was asked: what counts by day are measured from. */
  readonly askedAtMs: EpochMs;
  /** Series of one part; of the version the request is about unless another one is named, of which callers received answers. */
  readonly rows: (part: string, version?: string) => readonly Row[];
  /** Of a comparison: what this and earlier windows add up to; null while there is none. */
  readonly sample?: ComparisonSample | null;
}

/** Pure and total: bad counts come back as a gap with its cause, never as a throw, never as a value. */
export function computeStatistic(
  definition: StatisticDefinition,
  counts: StatisticCounts,
  limit: ChiSquareLimit,
): Result<StatisticReading, StatisticGap> {
  switch (definition.kind) {
    case 'Drift':
      return readDrift(definition, counts, limit);
    case 'Calibration':
      return readCalibration(definition, counts.rows, limit);
    case 'BurnRate':
      return readBurnRate(definition, counts.rows);
    case 'Anomaly':
      return readAnomaly(definition, counts.rows);
    case 'Fairness':
      return readFairness(definition, counts.rows('value'), counts.askedAtMs);
    case 'Performance':
      return readPerformance(definition, counts);
    case 'Comparison':
      return readComparison(definition, counts);
    default:
      return assertNever(definition);
  }
}
