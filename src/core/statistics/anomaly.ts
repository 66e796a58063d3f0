import binomialCDF from '@stdlib/stats-base-dists-binomial-cdf';
import { assertNever } from '../../shared/assert-never.ts';
import { success, type Result } from '../../shared/result.ts';
import { cusumDistance, ewmaDistance, robustDistance, type Baseline } from './control-chart.ts';
import { total } from './histogram.ts';
import type { StatisticGap, StatisticReading } from './reading.ts';
import { gap, readSingle, type Row } from './row.ts';

/** How a reading is told from what the series does by itself. */
export type AnomalyMethod =
  /** Small lasting shifts, against a baseline that was captured. */
  | { readonly kind: 'EWMA'; readonly baseline: Baseline }
  | { readonly kind: 'CUSUM'; readonly baseline: Baseline }
  /** Against the same time in earlier seasons. */
  | { readonly kind: 'Seasonal'; readonly floor: number }
  /** Rare events: too many of them against earlier windows. */
  | { readonly kind: 'EventCount' };

/** How unusual the newest reading of a series is, in standard deviations; for event counts, in decimal digits of improbability. */
export interface AnomalyDefinition {
  readonly kind: 'Anomaly';
  readonly method: AnomalyMethod;
  /** Parts of the query that answer for earlier windows, newest first. */
  readonly earlierParts: readonly string[];
}

/** With fewer earlier seasons than this a median says little. */
const fewestSeasons = 4;

export function readAnomaly(definition: AnomalyDefinition, rows: (part: string) => readonly Row[]): Result<StatisticReading, StatisticGap> {
  const now = readSingle(rows('value'), 'value');
  if (!now.ok) return now;
  if (now.value === null) return gap('Empty', 'the query has no series for this model');
  const earlier: number[] = [];
  for (const part of definition.earlierParts) {
    const reading = readSingle(rows(part), part);
    if (!reading.ok) return reading;
    if (reading.value !== null) earlier.push(reading.value);
  }
  return measureAnomaly(definition, now.value, earlier);
}

/** `earlier` newest first; windows that have no reading are left out. */
export function measureAnomaly(
  { method, earlierParts }: Pick<AnomalyDefinition, 'method' | 'earlierParts'>,
  now: number,
  earlier: readonly number[],
): Result<StatisticReading, StatisticGap> {
  const needed = method.kind === 'Seasonal' ? fewestSeasons : earlierParts.length;
  const computation = {
    statistic: method.kind,
    parameters: parametersOf(method),
    counts: { now: [now], earlier },
  };
  if (earlier.length < needed) {
    const message = `${String(earlier.length)} earlier windows have a reading, ${String(needed)} are needed`;
    return { ok: false, failure: { cause: 'Insufficient', message, sampleCount: earlier.length, computation } };
  }
  return success({ value: distance(method, now, earlier), sampleCount: earlier.length + 1, noiseFloor: null, interval: null, computation });
}

function distance(method: AnomalyMethod, now: number, earlier: readonly number[]): number {
  switch (method.kind) {
    case 'EWMA':
      return ewmaDistance([...earlier].reverse().concat(now), method.baseline);
    case 'CUSUM':
      return cusumDistance([...earlier].reverse().concat(now), method.baseline);
    case 'Seasonal':
      return robustDistance(now, earlier, method.floor);
    case 'EventCount':
      return improbability(Math.floor(now), Math.floor(total(earlier)), earlier.length);
    default:
      return assertNever(method);
  }
}

/**
 * -log10 of the chance that as many of all events fall into the newest of `windows` + 1 equal windows. Given their sum, counts of equal Poisson
 * rates are binomial, so the baseline's own uncertainty is in it (Przyborowski and Wilenski 1940).
 */
export function improbability(now: number, earlier: number, windows: number): number {
  if (now <= 0) return 0;
  const chance = binomialCDF(earlier, now + earlier, windows / (windows + 1));
  return chance > 0 ? -Math.log10(chance) : mostDigits;
}

/** Below this chance double precision knows no number. */
const mostDigits = 323;

function parametersOf(method: AnomalyMethod): Readonly<Record<string, number>> {
  switch (method.kind) {
    case 'EWMA':
    case 'CUSUM':
      return { mean: method.baseline.mean, standardDeviation: method.baseline.standardDeviation };
    case 'Seasonal':
      return { floor: method.floor };
    case 'EventCount':
      return {};
    default:
      return assertNever(method);
  }
}
