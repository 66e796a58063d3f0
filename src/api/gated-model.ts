import * as z from 'zod';
import type { ModelRisk } from './model-risk.ts';

/** As far as the operator has written it: who signs belongs to the status of a ModelRisk. */
const signing = z.object({
  approvedVersions: z
    .array(z.object({ version: z.string(), imageDigest: z.string().exactOptional(), expires: z.string().exactOptional() }))
    .catch([])
    .default([]),
  missingSignOffs: z.array(z.string()).catch([]).default([]),
  signOffs: z
    .array(z.object({ role: z.string() }))
    .catch([])
    .default([]),
});

/** What a status says of sign-offs, also where this operator knows no such fields. */
export function signingOf(object: unknown): z.output<typeof signing> {
  const { status = {} } = object as { readonly status?: object };
  return signing.parse(status);
}

/** A ModelRisk as the gate sees it. `object` is what the API server returned, `risk` the same as read. */
export function toGatedModel({ metadata, spec, status }: ModelRisk, object: unknown) {
  const { approvedVersions, missingSignOffs } = signingOf(object);
  return {
    namespace: metadata.namespace ?? '',
    risk: metadata.name,
    tier: status.tier?.inherent ?? null,
    version: spec.model.version,
    isObserved: status.observedGeneration !== undefined && status.observedGeneration === metadata.generation,
    conditions: status.conditions,
    approvedVersions: approvedVersions.map(({ version, expires = null }) => ({ version, expires })),
    missingSignOffs,
    broken: status.indicators.flatMap(({ name, state, message = '' }) =>
      state === 'Firing' || state === 'Clearing' ? [{ indicator: name, message }] : [],
    ),
    openIncidents: status.openIncidents,
  };
}
