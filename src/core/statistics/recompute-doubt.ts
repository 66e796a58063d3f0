import type { Computation, Interval } from '../model/observation.ts';
import type { Result } from '../../shared/result.ts';
import { measureBurnRate } from './burn-rate.ts';
import { measureCalibration, type CalibrationMetric } from './calibration.ts';
import { measureComparison } from './comparison.ts';
import { proportionMetrics } from './confusion.ts';
import { driftMetrics, measureDivergence } from './drift-metric.ts';
import { total } from './histogram.ts';
import { dropOf } from './performance-drop.ts';
import { decisionMetrics, estimatePerformance } from './performance.ts';
import { cellsFrom } from './recompute-outcomes.ts';
import { recordedBins, recordedDrift, recordedEvents } from './recorded-counts.ts';
import { separate } from './separation.ts';

/** How sure a value is, by the counts it was computed from. */
export interface Doubt {
  readonly noiseFloor: number | null;
  readonly interval: Interval | null;
}

/**
 * Possible: what may stand beside the value, one or the other where the record does not say by which method. NoValue: the counts are all
 * there, and come to no value, as where nothing is in a denominator. Unknown: the record does not hold all it takes.
 */
export type RecomputedDoubt = { readonly kind: 'Possible'; readonly doubts: readonly Doubt[] } | { readonly kind: 'NoValue' | 'Unknown' };

const unknown: RecomputedDoubt = { kind: 'Unknown' };
const calibrationMetrics: readonly CalibrationMetric[] = ['ExpectedCalibrationError', 'ObservedExpectedRatio', 'Slope', 'Intercept'];

/** The noise floor and the interval that recorded counts come to, computed anew. */
export function recomputeDoubt(computation: Computation): RecomputedDoubt {
  const { falseAlarmProbability: chance, designEffect, features } = computation.parameters;
  // What no policy may write, and what nobody counts, no operator wrote; and some quantiles are searched for.
  if (chance === undefined || designEffect === undefined || !(chance > 0 && chance < 1 && designEffect >= 1)) return unknown;
  if (!Number.isFinite(designEffect) || !isCounted(computation.counts)) return unknown;
  // Of many features the floor is that of all of them together.
  if (features !== undefined) return unknown;
  const rule = { falseAlarmProbability: chance, designEffect };
  return ofDistances(computation) ?? ofRates(computation, rule) ?? ofOutcomes(computation, rule) ?? unknown;
}

const bounds: ReadonlySet<string> = new Set(['upperBounds', 'lowerBounds']);

function isCounted(counts: Computation['counts']): boolean {
  const all = Object.entries(counts).flatMap(([name, values]) => (bounds.has(name) ? [] : values));
  return all.every((count) => count >= 0 && count <= Number.MAX_SAFE_INTEGER);
}

interface Rule {
  readonly falseAlarmProbability: number;
  readonly designEffect: number;
}

function measuredOr<Failure>(
  measured: Result<{ readonly value: number; readonly noiseFloor: number | null; readonly interval?: Interval | null }, Failure>,
): RecomputedDoubt {
  if (!measured.ok || !Number.isFinite(measured.value.value)) return { kind: 'NoValue' };
  const { noiseFloor, interval = null } = measured.value;
  return { kind: 'Possible', doubts: [{ noiseFloor, interval }] };
}

function ofDistances(computation: Computation): RecomputedDoubt | null {
  const metric = driftMetrics.find((each) => each === computation.statistic);
  const recorded = metric === undefined ? null : recordedDrift(metric, computation);
  return recorded === null ? null : measuredOr(measureDivergence(recorded.measure, recorded.counts));
}

function ofRates({ statistic, parameters, counts }: Computation, rule: Rule): RecomputedDoubt | null {
  const metric = calibrationMetrics.find((each) => each === statistic);
  const bins = recordedBins(counts);
  if (metric !== undefined) return bins === null ? null : measuredOr(measureCalibration({ metric, ...rule }, bins));
  const { targetPercent, detectableEffect } = parameters;
  if (statistic === 'BurnRate') {
    const events = recordedEvents(counts);
    if (events === null || targetPercent === undefined || !(targetPercent >= 0 && targetPercent < 100)) return null;
    return measuredOr(measureBurnRate({ targetPercent, ...rule }, events.long, events.short));
  }
  const [own, other] = [counts['own'], counts['other']].map((cells) => ({ successes: cells?.[0] ?? NaN, trials: cells?.[1] ?? NaN }));
  if (statistic !== 'Comparison' || detectableEffect === undefined || own === undefined || other === undefined) return null;
  if (counts['own'] === undefined || counts['other'] === undefined) return null;
  return measuredOr(measureComparison({ detectableEffect, ...rule }, { own, other }));
}

function ofOutcomes({ statistic, counts }: Computation, rule: Rule): RecomputedDoubt | null {
  const [name = ''] = statistic.split('/');
  const { positive, other } = counts;
  if (name === 'AUC') {
    if (positive === undefined || other === undefined) return null;
    if (!(total(positive) >= 1 && total(other) >= 1)) return { kind: 'NoValue' };
    return { kind: 'Possible', doubts: [{ noiseFloor: null, interval: separate({ positive, other }, rule).interval }] };
  }
  const cells = cellsFrom(counts['confusion']);
  const metric = decisionMetrics.find((each) => each === name);
  if (cells === null) return null;
  if (metric !== undefined) {
    const methods = ['Wilson', 'ClopperPearson'] as const;
    const estimates = methods.flatMap((method) => estimatePerformance(metric, cells, { method, ...rule }) ?? []);
    if (estimates.length === 0) return { kind: 'NoValue' };
    return { kind: 'Possible', doubts: estimates.map(({ interval }) => ({ noiseFloor: null, interval })) };
  }
  const dropped = proportionMetrics.find((each) => `${each}Drop` === name);
  const reference = cellsFrom(counts['reference']);
  if (dropped === undefined || reference === null) return null;
  const { value, interval } = dropOf(dropped, { cells, reference }, rule);
  return Number.isFinite(value) ? { kind: 'Possible', doubts: [{ noiseFloor: null, interval }] } : { kind: 'NoValue' };
}
