import type { ModelRisk } from './model-risk.ts';

/** A ModelRisk as the gate sees it. */
export function toGatedModel({ metadata, spec, status }: ModelRisk) {
  return {
    namespace: metadata.namespace ?? '',
    risk: metadata.name,
    tier: status.tier?.inherent ?? null,
    version: spec.model.version,
    isObserved: status.observedGeneration !== undefined && status.observedGeneration === metadata.generation,
    conditions: status.conditions,
    approvedVersions: status.approvedVersions.map(({ version, expires = null }) => ({ version, expires })),
    missingSignOffs: status.missingSignOffs,
    broken: status.indicators.flatMap(({ name, state, message = '' }) =>
      state === 'Firing' || state === 'Clearing' ? [{ indicator: name, message }] : [],
    ),
    openIncidents: status.openIncidents,
  };
}
