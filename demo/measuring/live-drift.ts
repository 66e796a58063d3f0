import { readDrift } from '../../src/core/statistics/drift.ts';
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
  const rows = samples.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  const binned = { upperBounds: [...reference.upperBounds, Infinity], counts: reference.counts };
  const drift = readDrift(
    {
      ...{ kind: 'Drift', metric: 'PSI', designEffect: 1, falseAlarmProbability: 0.001, counted: { kind: 'Buckets' } },
      reference: { kind: 'PinnedBuckets', binned, isExactLayout: false },
    },
    { version: '', rows: () => rows },
  );
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
