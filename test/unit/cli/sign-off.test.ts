import { beforeEach, describe, expect, it } from '@jest/globals';
import { signOff } from '../../../src/cli/sign-off.ts';
import type { SignOffClients } from '../../../src/cli/sign-off.ts';
import { signedDigest, readSignedText } from '../../../src/api/signed-text.ts';
import type { NewObject, UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { modelRiskManifest, riskPolicyManifest, withValue } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';
import { someTimeMs } from '../../builders/manual-clock.ts';

const stored = (manifest: Manifest, status: object = {}): UntypedObject =>
  ({
    ...manifest,
    metadata: { ...manifest.metadata, uid: 'u-1', resourceVersion: '1', creationTimestamp: '2026-06-01T12:00:00Z' },
    status,
  }) as unknown as UntypedObject;
const at = { namespace: 'lending', name: 'credit-default' };
const ask = { at, role: 'product', reason: 'Read it.', expiresAt: null, dryRun: false, nowMs: someTimeMs };
const denied = () => Promise.resolve(failure({ kind: 'Forbidden', message: 'not allowed' } as never));

describe('sign-off', () => {
  let created: NewObject<UntypedObject>[];
  let digest: string;
  const clients = (risk = stored(modelRiskManifest(), { signableDigest: digest })): SignOffClients => ({
    risks: { get: () => Promise.resolve(success(risk)) },
    policies: { get: () => Promise.resolve(success(stored(riskPolicyManifest()))) },
    plans: { listPage: () => Promise.resolve(success({ items: [], resourceVersion: '1', continueToken: null } as never)) },
    decisions: {
      create: (object) => {
        created.push(object);
        return Promise.resolve(success(object as unknown as UntypedObject));
      },
    },
    selves: {
      create: (object) => Promise.resolve(success({ ...object, status: { userInfo: { username: 'pia' } } } as unknown as UntypedObject)),
    },
  });
  const specOf = ({ spec }: NewObject<UntypedObject>) => spec as unknown as Readonly<Record<string, unknown>>;

  beforeEach(async () => {
    created = [];
    digest = '';
    // What the operator says it has to sign is what the refusal names.
    const refused = await signOff({
      clients: clients(stored(modelRiskManifest(), { signableDigest: `sha256:${'0'.repeat(64)}` })),
      ...ask,
    });
    digest = /not (sha256:[0-9a-f]{64})/.exec(refused.ok ? '' : refused.failure)?.[1] ?? '';
  });

  it('signs what the model is now, as who calls', async () => {
    const report = await signOff({ clients: clients(), ...ask, expiresAt: '2027-01-31T00:00:00.000Z' });
    if (!report.ok) throw new Error(report.failure);
    const [decision] = created;
    if (decision === undefined) throw new Error('nothing was created');
    expect(decision.metadata).toEqual({ name: expect.stringMatching(/^credit-default-sign-off-product-\d{14}$/), namespace: 'lending' });
    const { signed, ...rest } = specOf(decision);
    expect(rest).toEqual({
      action: 'SignOff',
      role: 'product',
      author: 'pia',
      reason: 'Read it.',
      digest,
      subjectRef: { kind: 'ModelRisk', name: 'credit-default', uid: 'u-1' },
      expiresAt: '2027-01-31T00:00:00.000Z',
    });
    expect(signedDigest(String(signed))).toBe(digest);
    expect(readSignedText(String(signed)).ok).toBe(true);
    expect(report.value.sentences.join()).toContain('ModelRisk lending/credit-default signed off in role product');
  });

  it.each([
    ['complaince', ', did you mean compliance?'],
    ['risk', ''],
  ])('regression: in role %s, which nobody asks for, it is not made', async (role, hint) => {
    const signed = { role: 'compliance', author: 'cleo', decision: 'c', at: '2026-06-01T12:00:00Z', digest };
    const risk = stored(modelRiskManifest(), { signableDigest: digest, missingSignOffs: ['product'], signOffs: [signed] });
    const sentence = `ModelRisk lending/credit-default is to be signed in role product, compliance; in role ${role} a sign-off would count for nothing${hint}`;
    expect(await signOff({ clients: clients(risk), ...ask, role })).toEqual(failure(sentence));
    expect(created).toEqual([]);
    expect((await signOff({ clients: clients(risk), ...ask, role: 'compliance' })).ok).toBe(true);
  });

  it('--dry-run prints the decision and writes nothing', async () => {
    const report = await signOff({ clients: clients(), ...ask, dryRun: true });
    expect(created).toEqual([]);
    if (!report.ok) throw new Error(report.failure);
    expect(JSON.parse(report.value.sentences.join('\n'))).toEqual(report.value.decision);
  });

  it('leaves the author to the server where it may not ask who calls', async () => {
    await signOff({ clients: { ...clients(), selves: { create: denied } }, ...ask });
    expect(created.map(specOf).map((spec) => 'author' in spec)).toEqual([false]);
  });

  it.each([
    ['the operator has not looked yet', {}, /the operator has nothing to sign yet; try again/],
    [
      'it computes something else than the operator',
      { signableDigest: `sha256:${'0'.repeat(64)}` },
      /the operator has sha256:0+ to sign, not sha256/,
    ],
  ])('signs nothing while %s', async (_, status, message) => {
    const report = await signOff({ clients: clients(stored(modelRiskManifest(), status)), ...ask });
    expect(report.ok ? '' : report.failure).toMatch(message);
    expect(created).toEqual([]);
  });

  it('says when there is too much to sign', async () => {
    const bounds = Array.from({ length: 64 }, (__, index) => index + 0.123456789012);
    const reference = { upperBounds: bounds, counts: [...bounds.map(() => 999_999_999_999), 1] };
    const indicator = {
      ...(modelRiskManifest().spec['indicators'] as readonly object[])[0],
      signal: { template: { name: 'score-drift' }, reference },
    };
    const many = Array.from({ length: 32 }, (__, index) => ({ ...indicator, name: `drift-${String(index)}` }));
    const report = await signOff({ clients: clients(stored(withValue(modelRiskManifest(), 'spec.indicators', many as never))), ...ask });
    expect(report.ok ? '' : report.failure).toMatch(/characters to sign and 32768 are the most: keep pinned references in ConfigMaps/);
  });

  it.each([
    ['risks', { get: denied }, "ModelRisk lending/credit-default can't be read: not allowed"],
    ['policies', { get: denied }, "RiskPolicy default can't be read: not allowed"],
    ['decisions', { create: denied }, 'ModelRisk lending/credit-default was not signed off: not allowed'],
  ])('says why not when %s are refused', async (which, client, message) => {
    const report = await signOff({ clients: { ...clients(), [which]: client }, ...ask });
    expect(report).toEqual(failure(message));
  });
});
