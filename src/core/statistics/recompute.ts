import type { Computation } from '../model/observation.ts';
import { quorumStatistic } from '../quorum.ts';
import { recount } from '../workload/recount.ts';
import { improbability } from './anomaly.ts';
import { measureBurnRate } from './burn-rate.ts';
import { measureCalibration, type CalibrationMetric } from './calibration.ts';
import { measureComparison } from './comparison.ts';
import { cusumDistance, ewmaDistance, robustDistance } from './control-chart.ts';
import { driftMetrics, measureDivergence, type DriftMetric } from './drift-metric.ts';
import { recordedBins, recordedDrift, recordedEvents } from './recorded-counts.ts';
import { total } from './histogram.ts';
import { recomputeOutcomes } from './recompute-outcomes.ts';

const calibrationMetrics: readonly CalibrationMetric[] = ['ExpectedCalibrationError', 'ObservedExpectedRatio', 'Slope', 'Intercept'];

/** The value that recorded counts come to, computed anew. Null where the record does not hold all it takes. */
export function recompute(computation: Computation): number | null {
  const { statistic } = computation;
  const driftMetric = driftMetrics.find((each) => each === statistic);
  if (driftMetric !== undefined) return driftOf(driftMetric, computation);
  const calibrationMetric = calibrationMetrics.find((each) => each === statistic);
  if (calibrationMetric !== undefined) return calibrationOf(calibrationMetric, computation);
  if (statistic === quorumStatistic) return total(Object.values(computation.counts).map(([inBreach = NaN]) => inBreach));
  if (statistic === 'Comparison') return comparisonOf(computation);
  if (statistic === 'BurnRate') return burnRateOf(computation);
  return recount(computation) ?? anomalyOf(computation) ?? recomputeOutcomes(computation);
}

function driftOf(metric: DriftMetric, computation: Computation): number | null {
  const recorded = recordedDrift(metric, computation);
  if (recorded === null) return null;
  const measured = measureDivergence(recorded.measure, recorded.counts);
  return measured.ok ? measured.value.value : null;
}

function calibrationOf(metric: CalibrationMetric, { parameters, counts }: Computation): number | null {
  const { falseAlarmProbability } = parameters;
  const bins = recordedBins(counts);
  if (falseAlarmProbability === undefined || bins === null) return null;
  const measured = measureCalibration({ metric, falseAlarmProbability }, bins);
  return measured.ok ? measured.value.value : null;
}

function burnRateOf({ parameters, counts }: Computation): number | null {
  const { falseAlarmProbability, targetPercent } = parameters;
  const events = recordedEvents(counts);
  if (falseAlarmProbability === undefined || targetPercent === undefined || events === null) return null;
  // As no policy may write them; what is no number is none of these either.
  if (!(falseAlarmProbability > 0 && falseAlarmProbability < 1 && targetPercent >= 0 && targetPercent < 100)) return null;
  const measured = measureBurnRate({ falseAlarmProbability, targetPercent }, events.long, events.short);
  return measured.ok ? measured.value.value : null;
}

function comparisonOf({ parameters, counts }: Computation): number | null {
  const { falseAlarmProbability, detectableEffect, designEffect } = parameters;
  if (falseAlarmProbability === undefined || detectableEffect === undefined || designEffect === undefined) return null;
  const [own, other] = [counts['own'], counts['other']].map((cells) => ({ successes: cells?.[0] ?? NaN, trials: cells?.[1] ?? NaN }));
  if (own === undefined || other === undefined) return null;
  const measured = measureComparison({ falseAlarmProbability, detectableEffect, designEffect }, { own, other });
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
