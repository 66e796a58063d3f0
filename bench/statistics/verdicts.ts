import { judge } from '../../src/core/judge.ts';
import type { Verdict } from '../../src/core/model/assessment.ts';
import type { Indicator, Threshold } from '../../src/core/model/indicator.ts';
import type { Observation } from '../../src/core/model/observation.ts';
import { chiSquareLimit, type ChiSquareLimit } from '../../src/core/statistics/chi-square-limit.ts';
import { computeStatistic, type StatisticDefinition } from '../../src/core/statistics/definition.ts';
import type { Row } from '../../src/core/statistics/row.ts';

/** Rows of one window by part of the query. */
export type WindowCounts = Readonly<Record<string, readonly Row[]>>;

export interface JudgedBy {
  readonly statistic: StatisticDefinition;
  readonly threshold: Threshold;
  readonly minSamples: number;
}

const nowMs = 0;
const windowSeconds = 60;
const source = { provider: 'bench', query: '', queriedAtMs: nowMs };
const identity = { namespace: 'bench', model: 'model', version: '1' };

/** The verdict of one look, on the road the operator takes from counts to it. */
export function verdictOf({ statistic, threshold, minSamples }: JudgedBy, counts: WindowCounts, limit = chiSquareLimit): Verdict {
  const observation = observe(statistic, counts, limit);
  return judge({ indicator: indicatorOf(threshold, minSamples), identity, served: 'Live', observation, nowMs }).verdict;
}

export function observe(statistic: StatisticDefinition, counts: WindowCounts, limit: ChiSquareLimit): Observation {
  const reading = computeStatistic(statistic, { askedAtMs: nowMs, version: identity.version, rows: (part) => counts[part] ?? [] }, limit);
  if (reading.ok) return { kind: 'Value', ...reading.value, dataTimeMs: nowMs, windowSeconds, source };
  const { failure } = reading;
  if (failure.cause !== 'Insufficient') return { kind: 'NoData', cause: failure.cause, message: failure.message, source };
  return { kind: 'Insufficient', message: failure.message, sampleCount: failure.sampleCount, computation: failure.computation, source };
}

export function indicatorOf(threshold: Threshold, minSamples: number): Indicator {
  return {
    name: 'bench',
    threshold,
    minSamples,
    forSeconds: 0,
    clearForSeconds: 0,
    staleAfterSeconds: 60,
    onNoData: 'Hold',
    onError: 'Hold',
    windowSeconds,
    measurableIn: ['Live'],
    scalesWith: 'Share',
  };
}

/** Buckets of a classic histogram from counts per bin. */
export function bucketRows(upperBounds: readonly number[], counts: readonly number[]): readonly Row[] {
  let below = 0;
  return counts.map((count, bin) => {
    below += count;
    return { labels: { le: bin < upperBounds.length ? String(upperBounds[bin]) : '+Inf' }, value: below };
  });
}
