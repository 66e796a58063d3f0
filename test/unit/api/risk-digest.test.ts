import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { riskDigest } from '../../../src/api/risk-digest.ts';
import { canonicalJSON } from '../../../src/shared/canonical-json.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import { modelRiskManifest, stored, withValue } from '../../builders/api.ts';
import { aDossier } from '../../builders/dossier.ts';

function specOf(changes: Readonly<Record<string, JSONValue>> = {}) {
  const manifest = Object.entries(changes).reduce((made, [path, value]) => withValue(made, path, value), stored(modelRiskManifest()));
  const parsed = parseModelRisk(manifest);
  if (!parsed.ok) throw new Error(parsed.failure.join());
  return parsed.value.spec;
}

it('of a model without papers is what it was before there were any: reviews of then stay about it', () => {
  const spec = specOf();
  const { policyRef, model, owner, risks, workloadRefs } = spec;
  const indicators = spec.indicators.map((each) => ({ ...each, onNoData: 'Hold' }));
  const before = { digestVersion: 1, policyRef, model, criticality: spec.criticality ?? null, owner, risks, indicators, workloadRefs };
  const text = canonicalJSON(JSON.parse(JSON.stringify(before)) as JSONValue);
  expect(riskDigest(spec)).toBe(`sha256:${createHash('sha256').update(text).digest('hex')}`);
});

it('is another with other papers, and the same with another person who has a say', () => {
  const { documentation, lineage, decisionLog, stakeholders } = aDossier('score-drift');
  const bare = riskDigest(specOf());
  const digests = [
    specOf({ 'spec.documentation': documentation }),
    specOf({ 'spec.documentation': { ...documentation, objective: 'Another.' } }),
    specOf({ 'spec.lineage': lineage }),
    specOf({ 'spec.decisionLog': decisionLog }),
  ].map(riskDigest);
  expect(new Set([bare, ...digests]).size).toBe(5);
  expect(riskDigest(specOf({ 'spec.stakeholders': stakeholders }))).toBe(bare);
});
