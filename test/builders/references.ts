import type { ProgrammeReaders } from '../../src/controllers/programme.ts';
import { referenceDigest } from '../../src/api/signals/drift-reference.ts';
import { referenceLabel } from '../../src/api/signals/drift-reference.ts';
import type { ReadText } from '../../src/controllers/reference-sight.ts';
import { failure } from '../../src/shared/result.ts';
import type { MemoryAPI } from './memory-api.ts';
import { applyGuardedModelTo, memoryPolicy, memoryRisk } from './memory-operator.ts';

/** For tests in which nothing names a ConfigMap. */
export const noConfigMaps: ReadText = ({ name }) => failure({ pending: false, message: `ConfigMap ${name} is not there` });

export const keptCounts = { upperBounds: [0.25, 0.5, 0.75], counts: [100, 300, 400, 200] };
export const keptPlace = { name: 'credit-references', key: 'score-drift.json' };
export const otherCounts = { ...keptCounts, counts: [400, 300, 200, 100] };

/** The guarded model's ConfigMap, with this text under its key. */
export function applyConfigMapTo(
  api: MemoryAPI,
  text: string | null,
  labels: Readonly<Record<string, string>> = { [referenceLabel]: 'true' },
): void {
  const metadata = { name: keptPlace.name, namespace: 'lending', labels };
  api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: text === null ? {} : { [keptPlace.key]: text } });
}

/** A drift signal in place of the story's. */
export function driftPolicy(): object {
  const policy = memoryPolicy() as { readonly spec: { readonly signals: readonly Readonly<Record<string, unknown>>[] } };
  const { promQL: _, ...signal } = policy.spec.signals[0] ?? {};
  const live = 'sum by (namespace, model, version, le) (increase(score_bucket[1m]))';
  return { ...policy, spec: { ...policy.spec, signals: [{ ...signal, windowSeconds: 60, drift: { live } }] } };
}

/** The guarded model with a drift signal, its reference kept in a ConfigMap. */
export function applyKeptReferenceTo(api: MemoryAPI): void {
  applyGuardedModelTo(api);
  api.apply('riskpolicies', driftPolicy());
  const reference = { configMap: keptPlace, digest: referenceDigest(keptCounts) };
  api.apply('modelrisks', memoryRisk({ signal: { template: { name: 'score-drift' }, reference } }));
  applyConfigMapTo(api, JSON.stringify(keptCounts));
}

/** Readers of a programme in which nothing is kept elsewhere and nothing was signed. */
export const readsNothing: ProgrammeReaders = {
  readText: noConfigMaps,
  readSigned: (risk, known) => {
    const { name } = risk.spec.policyRef;
    return { risk, policy: known.policies.get(name) ?? null, invalidSignals: known.invalidSignalsOf(name), signed: null };
  },
};
