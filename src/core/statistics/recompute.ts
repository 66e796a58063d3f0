import type { Computation } from '../model/observation.ts';
import { improbability } from './anomaly.ts';
import { measureBurnRate } from './burn-rate.ts';
import { measureCalibration, type CalibrationMetric } from './calibration.ts';
import { cusumDistance, ewmaDistance, robustDistance } from './control-chart.ts';
import { driftMetrics, measureDivergence, type DriftMetric } from './drift-metric.ts';
import { total } from './histogram.ts';

const calibrationMetrics: readonly CalibrationMetric[] = ['ExpectedCalibrationError', 'ObservedExpectedRatio', 'Slope', 'Intercept'];

/**
 * The value that recorded counts come to, computed anew. Null where the record does not hold all it takes: statistics of groups and outcomes keep
 * more kinds of counts than one formula reads, and a Wasserstein distance needs the edges of the outermost buckets.
 */
export function recompute(computation: Computation): number | null {
  const { statistic } = computation;
  const driftMetric = driftMetrics.find((each) => each === statistic);
  if (driftMetric !== undefined) return driftOf(driftMetric, computation);
  const calibrationMetric = calibrationMetrics.find((each) => each === statistic);
  if (calibrationMetric !== undefined) return calibrationOf(calibrationMetric, computation);
  return statistic === 'BurnRate' ? burnRateOf(computation) : anomalyOf(computation);
}

function driftOf(metric: DriftMetric, { parameters, counts }: Computation): number | null {
  const { falseAlarmProbability, designEffect } = parameters;
  if (metric === 'Wasserstein' || falseAlarmProbability === undefined || designEffect === undefined) return null;
  const pairs = Object.values(counts);
  const isBinned = counts['upperBounds'] !== undefined;
  const reference = isBinned ? counts['reference'] : pairs.map(([then = 0]) => then);
  const live = isBinned ? counts['live'] : pairs.map(([, now = 0]) => now);
  if (reference === undefined || live === undefined) return null;
  const measured = measureDivergence({ metric, falseAlarmProbability, designEffect }, { reference, live, edges: isBinned ? [] : null });
  return measured.ok ? measured.value.value : null;
}

function calibrationOf(metric: CalibrationMetric, { parameters, counts }: Computation): number | null {
  const { falseAlarmProbability } = parameters;
  const { rows, scoreSum = [], positives = [] } = counts;
  if (falseAlarmProbability === undefined || rows === undefined) return null;
  const bins = rows.map((n, bin) => ({ n, scoreSum: scoreSum[bin] ?? NaN, positives: positives[bin] ?? NaN }));
  const measured = measureCalibration({ metric, falseAlarmProbability }, bins);
  return measured.ok ? measured.value.value : null;
}

function burnRateOf({ parameters, counts }: Computation): number | null {
  const { falseAlarmProbability, targetPercent } = parameters;
  const [long, short] = [counts['long'], counts['short']].map((events) => ({ bad: events?.[0] ?? NaN, total: events?.[1] ?? NaN }));
  if (falseAlarmProbability === undefined || targetPercent === undefined || long === undefined || short === undefined) return null;
  const measured = measureBurnRate({ falseAlarmProbability, targetPercent }, long, short);
  return measured.ok ? measured.value.value : null;
}

function anomalyOf({ statistic, parameters, counts }: Computation): number | null {
  const { mean, standardDeviation, floor } = parameters;
  const now = counts['now']?.[0];
  const { earlier } = counts;
  if (now === undefined || earlier === undefined) return null;
  if (statistic === 'EventCount') return improbability(Math.floor(now), Math.floor(total(earlier)), earlier.length);
  if (statistic === 'Seasonal') return floor === undefined ? null : robustDistance(now, earlier, floor);
  if (mean === undefined || standardDeviation === undefined) return null;
  const readings = [...earlier].reverse().concat(now);
  if (statistic === 'EWMA') return ewmaDistance(readings, { mean, standardDeviation });
  return statistic === 'CUSUM' ? cusumDistance(readings, { mean, standardDeviation }) : null;
}
