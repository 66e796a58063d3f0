import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { named, namespace, refusal, startAdmissionBed } from '../../builders/admission-bed.ts';
import type { AdmissionBed } from '../../builders/admission-bed.ts';
import { resources } from '../../builders/api-resources.ts';
import { decisionManifest, riskPolicyManifest, withValue } from '../../builders/api.ts';
import { grant, grantEverywhere, person } from '../../builders/people.ts';

let bed: AdmissionBed;

beforeAll(async () => {
  bed = await startAdmissionBed();
}, 180_000);

afterAll(() => bed.stop());

describe('a review', () => {
  it('about a RiskPolicy takes a grant in the whole cluster: one in the namespace is not enough', async () => {
    const { admin, alice } = bed;
    const about = (name: string) =>
      withValue(named(decisionManifest('Review'), name), 'spec.subjectRef', { kind: 'RiskPolicy', name: 'default', uid: 'some-uid' });
    expect(await refusal(alice.client.create(resources.RiskDecision, about('of-a-policy')), 'decision-role')).toBe(
      `${alice.user} may not review a RiskPolicy in role risk: it needs the verb reviewpolicy on riskroles.modelrisk.dev/risk by a ClusterRoleBinding (ClusterRole modelrisk-policy-reviewer-risk)`,
    );
    await grantEverywhere(admin, alice, { role: 'risk', verb: 'reviewpolicy' });
    const made = await alice.client.create(resources.RiskDecision, about('of-a-policy'));
    expect(made).toMatchObject({ spec: { author: alice.user } });
  });

  it('by who may review policies is none of a model; who may review every model may review policies', async () => {
    const { admin, carol } = bed;
    const holds = { apiGroups: ['modelrisk.dev'], resources: ['riskdecisions'], verbs: ['create'] };
    const dora = await person(bed.plane, admin, { namespace, name: 'dora' });
    await grant(admin, dora, { namespace, rules: [holds] });
    await grantEverywhere(admin, dora, { role: 'risk', verb: 'reviewpolicy' });
    const ofModel = (name: string) => dora.client.create(resources.RiskDecision, named(decisionManifest('Review'), name));
    expect(await refusal(ofModel('of-a-model'), 'decision-role')).toContain('may not review in role risk');
    await grantEverywhere(admin, carol, { role: 'risk', verb: 'review' });
    const subject = { kind: 'RiskPolicy', name: 'default', uid: 'some-uid' };
    const wide = withValue(named(decisionManifest('Review'), 'by-who-may-all'), 'spec.subjectRef', subject);
    expect(await carol.client.create(resources.RiskDecision, wide)).toMatchObject({ spec: { author: carol.user } });
    await dora.client.close();
  });
});

describe('the authors', () => {
  it('of a policy are kept too: who reviews it must not be one', async () => {
    const { admin } = bed;
    const made = await admin.create(resources.RiskPolicy, { ...riskPolicyManifest(), metadata: { name: 'authored' } });
    const owner = made.metadata.annotations?.['modelrisk.dev/contributors'] ?? '';
    expect(owner).not.toBe('');
    const asEve = async (patch: object) => {
      const who = ['--as', 'eve', '--as-group', 'system:masters'];
      const done = await bed.plane.kubectl(['patch', 'riskpolicy', 'authored', ...who, '--type=merge', '-p', JSON.stringify(patch)]);
      expect(done).toMatchObject({ code: 0 });
      const { metadata } = await admin.get(resources.RiskPolicy, { name: 'authored' });
      return metadata.annotations?.['modelrisk.dev/contributors'];
    };
    expect(await asEve({ spec: { currency: 'CHF' } })).toBe(`${owner},eve`);
    expect(await asEve({ metadata: { annotations: { 'modelrisk.dev/contributors': owner } } })).toBe(`${owner},eve`);
  });
});
