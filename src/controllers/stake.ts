import { toExposureRecord } from '../api/exposure.ts';
import type { ExposureStatus } from '../api/exposure.ts';
import { toInstant } from '../api/instant.ts';
import { explainExposure } from '../core/exposure.ts';
import type { Cluster } from './cluster.ts';
import type { Programme } from './programme.ts';

/** What depends on the model of an incident, as its status shows it; null: the model is gone, or its owner declares nothing. */
export function stakeOf(
  { namespace, risk }: { readonly namespace: string; readonly risk: string },
  { cluster, programme }: { readonly cluster: Pick<Cluster, 'own'>; readonly programme: Pick<Programme, 'risks' | 'policies'> },
): string | null {
  const key = `${namespace}/${risk}`;
  const spec = programme.risks.get(key)?.risk.spec;
  if (spec === undefined) return null;
  const object = cluster.own.risks.store.get(key) as { readonly status?: { readonly exposure?: ExposureStatus } } | undefined;
  const currency = programme.policies.get(spec.policyRef.name)?.spec.currency ?? null;
  const record = toExposureRecord(spec.exposure, object?.status?.exposure, currency);
  return record === null ? null : explainExposure(record, toInstant);
}
