import { createHash } from 'node:crypto';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import type { RiskPolicySpec } from './risk-policy.ts';

function digestOf(subject: object): string {
  const text = canonicalJSON(JSON.parse(JSON.stringify({ digestVersion: 1, ...subject })) as JSONValue);
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** `sha256:` and 64 hex digits over all a policy says: what a Review of it looks at. */
export function policyDigest(spec: RiskPolicySpec): string {
  return digestOf({ policy: spec });
}

/**
 * What of a policy decides how one model is judged: taxonomy, tiers, and the signals its indicators read. Where numbers are fetched, who is
 * told, and the signals of others are left out: an edit there is no reason to look at this model again.
 */
export function judgedByDigest({ categories, currency, tiers, signals }: RiskPolicySpec, templates: readonly string[]): string {
  const read = signals.filter(({ name }) => templates.includes(name));
  return digestOf({ categories, currency: currency ?? null, tiers, signals: read });
}
