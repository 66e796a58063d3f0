import { describe, expect, it } from '@jest/globals';
import { judgedByDigest, policyDigest } from '../../../src/api/policy-digest.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import { riskPolicyManifest, stored, withValue } from '../../builders/api.ts';

function specOf(changes: Readonly<Record<string, JSONValue>> = {}) {
  const manifest = Object.entries(changes).reduce((made, [path, value]) => withValue(made, path, value), stored(riskPolicyManifest()));
  const parsed = parseRiskPolicy(manifest);
  if (!parsed.ok) throw new Error(parsed.failure.join());
  return parsed.value.spec;
}

const edits: readonly (readonly [string, Readonly<Record<string, JSONValue>>])[] = [
  ['a category', { 'spec.categories': [{ name: 'Fairness' }] }],
  ['the currency', { 'spec.currency': 'CHF' }],
  ['a tier', { 'spec.tiers': [{ name: 'All', reviewEverySeconds: 86_400 }] }],
];
const elsewhere: readonly (readonly [string, Readonly<Record<string, JSONValue>>])[] = [
  ['the discount', { 'spec.discountPercent': 20 }],
  ['the warning time', { 'spec.reviewWarningSeconds': 60 }],
  ['who is told', { 'spec.receivers': [{ name: 'oncall', alertmanager: { url: 'http://alertmanager.monitoring:9093' } }] }],
];

describe('what a review of a policy looks at', () => {
  it('is the same for the same words', () => {
    expect(policyDigest(specOf())).toBe(policyDigest(specOf()));
    expect(policyDigest(specOf())).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it.each([...edits, ...elsewhere])('is another with %s edited', (_, changes) => {
    expect(policyDigest(specOf(changes))).not.toBe(policyDigest(specOf()));
  });
});

describe('what one model is judged by', () => {
  const [first] = specOf().signals;
  const named = [first?.name ?? ''];

  it.each(edits)('is another with %s edited', (_, changes) => {
    expect(judgedByDigest(specOf(changes), named)).not.toBe(judgedByDigest(specOf(), named));
  });

  it.each(elsewhere)('is the same with %s edited', (_, changes) => {
    expect(judgedByDigest(specOf(changes), named)).toBe(judgedByDigest(specOf(), named));
  });

  it('is of the signals it reads and of no others', () => {
    const slower = specOf({ 'spec.signals[0].windowSeconds': 86_400 });
    expect(judgedByDigest(slower, named)).not.toBe(judgedByDigest(specOf(), named));
    expect(judgedByDigest(slower, [])).toBe(judgedByDigest(specOf(), []));
  });
});
