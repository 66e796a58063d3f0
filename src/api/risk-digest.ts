import { createHash } from 'node:crypto';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import type { ModelRisk } from './model-risk.ts';

/** `sha256:` and 64 hex digits over what a review looks at. Plans to mend it and a suspension are left out: they change nothing that was judged. */
export function riskDigest({ policyRef, model, criticality, owner, risks, indicators, workloadRefs }: ModelRisk['spec']): string {
  const reviewed = { digestVersion: 1, policyRef, model, criticality: criticality ?? null, owner, risks, indicators, workloadRefs };
  return `sha256:${createHash('sha256')
    .update(canonicalJSON(JSON.parse(JSON.stringify(reviewed)) as JSONValue))
    .digest('hex')}`;
}
