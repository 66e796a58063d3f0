import { describe, expect, it } from '@jest/globals';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import { changedFields, readSignedText, signable, signedDigest, signedText } from '../../../src/api/signed-text.ts';
import type { SignedModel } from '../../../src/api/signed-text.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import { modelRiskManifest, riskPolicyManifest, withValue } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';

const stored = { uid: 'u', resourceVersion: '1', creationTimestamp: '2026-06-01T12:00:00Z' };

function of(risk: Manifest = modelRiskManifest(), policy: Manifest = riskPolicyManifest()): SignedModel {
  const read = parseModelRisk({ ...risk, metadata: { ...risk.metadata, ...stored } });
  const programme = parseRiskPolicy({ ...policy, metadata: { ...policy.metadata, ...stored } });
  if (!read.ok || !programme.ok) throw new Error('the manifests are sound');
  return signable(read.value, programme.value.spec, []);
}

const edited = (path: string, value: unknown) => of(withValue(modelRiskManifest(), path, value as JSONValue));

describe('what is signed', () => {
  it('reads back to the same text, so that a digest can be checked by anybody', () => {
    const text = signedText(of());
    const read = readSignedText(text);
    if (!read.ok) throw new Error(read.failure);
    expect(signedText(read.value)).toBe(text);
    expect(signedDigest(text)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(changedFields(of(), read.value)).toEqual([]);
  });

  it('says the templates the indicators use in full, and no others', () => {
    const indicators = modelRiskManifest().spec['indicators'] as readonly JSONValue[];
    const one = withValue(modelRiskManifest(), 'spec.indicators', indicators.slice(0, 1));
    expect(of(one).signals.map(({ name }) => name)).toEqual(['approval-parity']);
    const withPolicy = (path: string, value: JSONValue) => of(one, withValue(riskPolicyManifest(), path, value));
    expect(changedFields(of(one), withPolicy('spec.signals[0].promQL.query', 'vector(0)'))).toEqual([
      'signals.approval-parity.promQL.query',
    ]);
    expect(changedFields(of(one), withPolicy('spec.signals[1].windowSeconds', 60))).toEqual([]);
  });

  it('does not change with the order of lists, nor with a default that is written out', () => {
    const two = withValue(modelRiskManifest(), 'spec.risks[1]', { name: 'another', category: 'Privacy' });
    const turned = withValue(two, 'spec.risks', (two.spec['risks'] as readonly JSONValue[]).toReversed());
    expect(signedText(of(turned))).toBe(signedText(of(two)));
    expect(signedText(edited('spec.indicators[0].onError', 'Hold'))).toBe(signedText(of()));
    const { warn, breach } = of().indicators[0]?.threshold ?? {};
    expect(signedText(edited('spec.indicators[0].threshold.clear', warn ?? breach))).toBe(signedText(of()));
  });

  it.each([
    ['spec.model.version', '9', 'model.version'],
    ['spec.model.imageDigest', `sha256:${'a'.repeat(64)}`, 'model.imageDigest'],
    ['spec.criticality', 'Critical', 'criticality'],
    ['spec.suspend', 'Hold', 'suspend'],
    ['spec.policyRef.name', 'lenient', 'policyRef.name'],
    ['spec.evaluationIntervalSeconds', 86_400, 'evaluationIntervalSeconds'],
    ['spec.indicators[0].threshold.breach', 0.1, 'indicators.approval-parity.threshold.breach'],
    ['spec.indicators[0].forSeconds', 3600, 'indicators.approval-parity.forSeconds'],
    ['spec.indicators[0].onNoData', 'Ignore', 'indicators.approval-parity.onNoData'],
    ['spec.risks[0].likelihood', { incidents: 1, years: 100 }, 'risks.unfair-denials.likelihood'],
    ['spec.workloadRefs', [{ group: 'apps', kind: 'Deployment', name: 'other' }], 'workloadRefs.other'],
  ])('covers %s, and names it when it changed', (path, value, field) => {
    const now =
      path === 'spec.risks[0].likelihood'
        ? of(withValue(withValue(modelRiskManifest(), path, value as JSONValue), 'spec.risks[0].impact', { revenue: { constant: 1 } }))
        : edited(path, value);
    expect(changedFields(of(), now)).toContain(field);
    expect(signedText(now)).not.toBe(signedText(of()));
  });

  it.each([
    ['owner', 'spec.owner.team', 'another'],
    ['remediations', 'spec.remediations', []],
  ])('does not cover the %s', (_, path, value) => {
    expect(signedText(edited(path, value))).toBe(signedText(of()));
  });

  it('an entry that came or went is named as such', () => {
    const more = withValue(modelRiskManifest(), 'spec.risks[1]', { name: 'another', category: 'Privacy' });
    expect(changedFields(of(), of(more))).toEqual(['risks.another']);
    expect(changedFields(of(more), of())).toEqual(['risks.another']);
  });

  it.each([
    ['no JSON', 'signed', 'is no JSON; sign with kubectl modelrisk sign-off'],
    [
      'something else',
      '{"signedVersion":2}',
      'is not what kubectl modelrisk sign-off writes; sign with it, in the version of the operator',
    ],
  ])('a text that is %s is refused with what to do', (_, text, why) => {
    expect(readSignedText(text)).toEqual({ ok: false, failure: why });
  });
});
