import type { Computation } from '../model/observation.ts';
import type { CalibrationBin } from './calibration.ts';
import type { AlignedCounts, DriftMeasure, DriftMetric } from './drift-metric.ts';
import type { EventCounts } from './burn-rate.ts';

/** What a distance was computed from. The outermost edges are not on record, so `edges` tells ordered bins from categories and no more. */
export function recordedDrift(
  metric: DriftMetric,
  { parameters, counts }: Computation,
): { readonly measure: DriftMeasure; readonly counts: AlignedCounts } | null {
  const { falseAlarmProbability, designEffect } = parameters;
  if (falseAlarmProbability === undefined || designEffect === undefined) return null;
  const pairs = Object.values(counts);
  const isBinned = counts['upperBounds'] !== undefined;
  const reference = isBinned ? counts['reference'] : pairs.map(([then = 0]) => then);
  const live = isBinned ? counts['live'] : pairs.map(([, now = 0]) => now);
  if (reference === undefined || live === undefined) return null;
  return { measure: { metric, falseAlarmProbability, designEffect }, counts: { reference, live, edges: isBinned ? [] : null } };
}

export function recordedBins(counts: Computation['counts']): readonly CalibrationBin[] | null {
  const { rows, scoreSum = [], positives = [] } = counts;
  return rows?.map((n, bin) => ({ n, scoreSum: scoreSum[bin] ?? NaN, positives: positives[bin] ?? NaN })) ?? null;
}

/** Bad events and all events of the long and the short window. */
export function recordedEvents(counts: Computation['counts']): { readonly long: EventCounts; readonly short: EventCounts } | null {
  const [long, short] = [counts['long'], counts['short']].map((events) => ({ bad: events?.[0] ?? NaN, total: events?.[1] ?? NaN }));
  return counts['long'] === undefined || long === undefined || short === undefined ? null : { long, short };
}
