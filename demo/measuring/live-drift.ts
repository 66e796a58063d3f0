import { measureDrift } from '../../src/core/statistics/drift.ts';
import { binHistogram } from '../../src/core/statistics/histogram.ts';
import type { ReferenceScores } from '../census/reference-scores.ts';

/** One series of an instant vector, as Prometheus' API answers it. */
export interface VectorSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export interface LiveDrift {
  readonly psi: number;
  readonly rows: number;
}

/** PSI of one model's live histogram buckets against the pinned reference; null while there is nothing to compare. */
export function driftOfBuckets(reference: ReferenceScores, samples: readonly VectorSample[]): LiveDrift | null {
  const binned = binHistogram(samples.map(({ metric, value }) => ({ le: metric['le'] ?? '', count: Number(value[1]) })));
  if (binned.kind === 'Malformed') return null;
  const pinned = { upperBounds: [...reference.upperBounds, Infinity], counts: reference.counts };
  const drift = measureDrift({ reference: pinned, falseAlarmProbability: 0.001 }, binned.binned);
  return drift.ok ? { psi: drift.value.value, rows: drift.value.sampleCount } : null;
}

/** Instant query; throws with what Prometheus said when it refuses. */
export async function queryPrometheus(url: string, query: string): Promise<readonly VectorSample[]> {
  const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query }) });
  const answer = (await response.json()) as {
    readonly status: string;
    readonly error?: string;
    readonly data?: { readonly result?: readonly VectorSample[] };
  };
  if (answer.status !== 'success') throw new Error(`Prometheus refused "${query}": ${answer.error ?? String(response.status)}`);
  return answer.data?.result ?? [];
}
