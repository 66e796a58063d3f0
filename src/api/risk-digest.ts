import { createHash } from 'node:crypto';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import type { ModelRisk } from './model-risk.ts';

/** `sha256:` and 64 hex digits over what a review looks at. Plans to mend it, a suspension and who has a say are left out: they change nothing that was judged. */
export function riskDigest(spec: ModelRisk['spec']): string {
  const { policyRef, model, criticality, owner, risks, indicators, workloadRefs } = spec;
  // Younger than the first reviews: left out where nobody wrote them, so that the digests of those stay as they were.
  const { documentation, lineage, decisionLog } = spec;
  const papers = { documentation, lineage, decisionLog };
  // It had a default when the first digests were made, and stood in them.
  const declared = indicators.map((each) => ({ ...each, onNoData: each.onNoData ?? 'Hold' }));
  const subject = { policyRef, model, criticality: criticality ?? null, owner, risks, indicators: declared, workloadRefs };
  const reviewed = { digestVersion: 1, ...subject, ...papers };
  return `sha256:${createHash('sha256')
    .update(canonicalJSON(JSON.parse(JSON.stringify(reviewed)) as JSONValue))
    .digest('hex')}`;
}
