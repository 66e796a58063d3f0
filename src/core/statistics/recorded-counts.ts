import type { Computation } from '../model/observation.ts';
import type { CalibrationBin } from './calibration.ts';
import type { AlignedCounts, DriftMeasure, DriftMetric } from './drift-metric.ts';
import type { EventCounts } from './burn-rate.ts';

/** What a distance was computed from. */
export function recordedDrift(
  metric: DriftMetric,
  { parameters, counts }: Computation,
): { readonly measure: DriftMeasure; readonly counts: AlignedCounts } | null {
  const { falseAlarmProbability, designEffect } = parameters;
  if (falseAlarmProbability === undefined || designEffect === undefined) return null;
  // A record from before the lowest end was kept: how far rows below the first bound moved is not known.
  if (metric === 'Wasserstein' && parameters['lowestBound'] === undefined && parameters['opensBelow'] === undefined) return null;
  const pairs = Object.values(counts);
  const isBinned = counts['upperBounds'] !== undefined;
  const reference = isBinned ? counts['reference'] : pairs.map(([then = 0]) => then);
  const live = isBinned ? counts['live'] : pairs.map(([, now = 0]) => now);
  if (reference === undefined || live === undefined) return null;
  return { measure: { metric, falseAlarmProbability, designEffect }, counts: { reference, live, ...edgesOf({ parameters, counts }) } };
}

/** Ends that JSON can't say are left out of the record, or stand as the largest number. */
function edgesOf({ parameters, counts }: Pick<Computation, 'parameters' | 'counts'>): Pick<AlignedCounts, 'edges' | 'lowers'> {
  const [lowers, uppers] = ['lowerBounds', 'upperBounds'].map((name) => counts[name]?.map(orInfinite));
  if (uppers === undefined) return { edges: null };
  if (lowers === undefined) return { edges: [parameters['lowestBound'] ?? -Infinity, ...uppers, Infinity] };
  return { edges: [...lowers.slice(0, 1), ...uppers], lowers };
}

function orInfinite(bound: number): number {
  return Math.abs(bound) === Number.MAX_VALUE ? Math.sign(bound) * Infinity : bound;
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
