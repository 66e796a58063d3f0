import { Counter, Histogram, Registry } from 'prom-client';

/** `live`: a caller received the answer. `shadow`: a mirrored copy of a request, the answer went nowhere. */
export type ServedLabel = 'live' | 'shadow';

export interface ScoreMetrics {
  readonly registry: Registry;
  record(served: ServedLabel, score: number): void;
}

export interface ScoreMetricsOptions {
  readonly model: string;
  readonly version: string;
  readonly upperBounds: readonly number[];
}

/** Every series exists from the first scrape on: a rate over a series that appears late misses its first rows. */
export function createScoreMetrics({ model, version, upperBounds }: ScoreMetricsOptions): ScoreMetrics {
  const registry = new Registry();
  const scores = new Histogram({
    name: 'model_score',
    help: 'Scores the model answered, by the deciles of 2015.',
    labelNames: ['model', 'version', 'served'],
    buckets: [...upperBounds],
    registers: [registry],
  });
  const decisions = new Counter({
    name: 'model_decisions_total',
    help: 'Requests the model decided.',
    labelNames: ['model', 'version', 'served', 'decision'],
    registers: [registry],
  });
  for (const served of ['live', 'shadow'] as const) {
    scores.zero({ model, version, served });
    for (const decision of ['employed', 'not_employed']) decisions.inc({ model, version, served, decision }, 0);
  }
  return {
    registry,
    record(served, score) {
      scores.observe({ model, version, served }, score);
      decisions.inc({ model, version, served, decision: score >= 0.5 ? 'employed' : 'not_employed' });
    },
  };
}

/** Envoy appends `-shadow` to the host of a mirrored copy, before the port. */
export function servedLabelOf(host: string | undefined): ServedLabel {
  return host !== undefined && /-shadow(:\d+)?$/.test(host) ? 'shadow' : 'live';
}
