import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, memoryPlan, startMemoryOperator } from '../../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../../builders/memory-operator.ts';
import { validityOf } from '../../../builders/memory-decisions.ts';
import { liveIn, shareIn } from '../../../builders/memory-story.ts';
import { approvedVersions } from '../../../../src/controllers/signed-in-force.ts';
import type { ModelRisk } from '../../../../src/api/model-risk.ts';
import { owner, sign, signAll, signedOff, signedOffMessage, signedPolicy, signedRisk, signingStatus } from '../../../builders/signing.ts';

const version = (name: string) => ({ model: { name: 'credit', version: name } });

describe('sign-offs of a model', () => {
  let world: MemoryOperator;
  const status = () => signingStatus(world);
  const apply = (risk: object): void => {
    world.api.apply('modelrisks', risk);
  };

  beforeEach(async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', signedPolicy());
      api.apply('modelrisks', signedRisk());
    });
    await world.pass(2);
  });
  afterEach(() => world.stop());

  it('are missing at first: each role is named, and how to sign', async () => {
    expect(signedOff(world)).toBe('False/Missing');
    expect(signedOffMessage(world)).toBe(
      'product: nobody has signed. compliance: nobody has signed. Sign with: kubectl modelrisk sign-off credit -n lending --role ROLE',
    );
    expect(status().missingSignOffs).toEqual(['product', 'compliance']);
    expect(await world.sample('modelrisk_sign_offs_missing', 'lending', 'credit')).toBe(2);
    expect(world.events.map(({ reason }) => reason)).toContain('Missing');
  });

  it('of some are not those of all', async () => {
    await sign(world, 'one', { author: 'pia', role: 'product' });
    await world.pass(2);
    expect(validityOf(world, 'one')).toEqual({ status: 'True', reason: 'Used' });
    expect(signedOff(world)).toBe('False/Missing');
    expect(signedOffMessage(world)).toMatch(/^compliance: nobody has signed\. Sign with/);
    expect(status().signOffs).toEqual([
      expect.objectContaining({ role: 'product', author: 'pia', decision: 'one', digest: status().signableDigest }),
    ]);
    expect(status()).not.toHaveProperty('signed');
    expect(status().approvedVersions).toEqual([]);
  });

  it('of all approve the version, and cost no write while nothing changes', async () => {
    await signAll(world);
    expect(signedOff(world)).toBe('True/AllSigned');
    expect(signedOffMessage(world)).toBe('Signed off by product (pia), compliance (carl).');
    const { signableDigest, signed, approvedVersions } = status();
    expect(signed).toMatchObject({ digest: signableDigest, decision: 'first-product' });
    expect(approvedVersions).toEqual([
      expect.objectContaining({ version: '2.3.0', digest: signableDigest, roles: ['product', 'compliance'] }),
    ]);
    expect(await world.sample('modelrisk_sign_offs_missing', 'lending', 'credit')).toBe(0);
    const writes = () => world.api.writes.filter(({ resource }) => ['modelrisks', 'riskdecisions'].includes(resource)).length;
    const written = writes();
    await world.pass(5);
    expect(writes()).toBe(written);
  });

  it('are remembered over a restart', async () => {
    await signAll(world);
    const { signed, signOffs, approvedVersions, signableDigest } = status();
    await world.restart();
    await world.pass(3);
    expect(status()).toMatchObject({ signed, signOffs, approvedVersions, signableDigest, missingSignOffs: [] });
  });

  it('go stale with what was signed: the fields are named, and both sign again', async () => {
    await signAll(world);
    apply(signedRisk({}, { threshold: { direction: 'Above', warn: 0.05, breach: 0.2, clear: 0.1 } }));
    await world.pass(2);
    expect(signedOff(world)).toBe('False/Stale');
    expect(signedOffMessage(world)).toMatch(
      /product: pia signed at .*; changed since: indicators\.score-drift\.threshold\.breach, indicators\.score-drift\.threshold\.warn\./,
    );
    expect(status().approvedVersions).toHaveLength(1);
    await signAll(world, 'second');
    expect(signedOff(world)).toBe('True/AllSigned');
    expect(status().signed).toMatchObject({ decision: 'second-product' });
  });

  it('do not go stale for what is not signed', async () => {
    await signAll(world);
    apply(signedRisk({ owner: { team: 'lending-ml', contact: '#other' } }));
    await world.pass(2);
    expect(signedOff(world)).toBe('True/AllSigned');
  });

  it('go stale with the text of a template, which the owner of the model did not write', async () => {
    await signAll(world);
    world.api.apply('riskpolicies', signedPolicy({}, { promQL: { query: 'max by (namespace, model, version) (score_drift) * 0.1' } }));
    await world.pass(2);
    expect(signedOff(world)).toBe('False/Stale');
    expect(signedOffMessage(world)).toContain('signals.score-drift.promQL.query');
  });

  it('belong to a version; those of the version before stay approved', async () => {
    await signAll(world);
    apply(signedRisk(version('2.4.0')));
    await world.pass(2);
    expect(signedOff(world)).toBe('False/Stale');
    expect(status().approvedVersions?.map((each) => each['version'])).toEqual(['2.3.0']);
    await signAll(world, 'second');
    expect(status().approvedVersions?.map((each) => each['version'])).toEqual(['2.4.0', '2.3.0']);
  });

  it('end when they say, and when the policy says', async () => {
    world.api.apply('riskpolicies', signedPolicy({ maxSignOffSeconds: 60 }));
    await world.pass(1);
    const soon = new Date(world.clock.nowMs() + 10_000).toISOString();
    await sign(world, 'short', { author: 'pia', role: 'product', expiresAt: soon });
    await sign(world, 'long', { author: 'carl', role: 'compliance' });
    await world.pass(2);
    expect(signedOff(world)).toBe('True/AllSigned');
    await world.pass(10);
    expect(signedOff(world)).toBe('False/Missing');
    expect(signedOffMessage(world)).toContain(`product: pia signed at`);
    expect(signedOffMessage(world)).toContain(`until ${soon.replace(/\.\d+Z/, '')}`);
    expect(status().missingSignOffs).toEqual(['product']);
    expect(status().approvedVersions).toEqual([]);
    await world.pass(60);
    expect(status().missingSignOffs).toEqual(['product', 'compliance']);
  });

  it('are not asked for where the tier asks nobody', async () => {
    await signAll(world);
    world.api.apply('riskpolicies', signedPolicy({ tiers: [{ name: 'all' }] }));
    await world.pass(2);
    expect(signedOff(world)).toBe('True/NotRequired');
    expect(status()).not.toHaveProperty('signed');
    expect(status().approvedVersions).toEqual([]);
  });

  it('nobody can tell of while the policy is not there; what was signed is not forgotten', async () => {
    await signAll(world);
    const { signed, approvedVersions } = status();
    world.api.remove('riskpolicies', 'default', '');
    await world.pass(2);
    expect(signedOff(world)).toBe('Unknown/PolicyMissing');
    expect(status()).toMatchObject({ signed, approvedVersions });
  });

  it('a version that lacks a role the tier asks for by now is approved no more', async () => {
    await signAll(world);
    world.api.apply('riskpolicies', signedPolicy({ tiers: [{ name: 'High', signOffRoles: ['product', 'compliance', 'security'] }] }));
    await world.pass(2);
    expect(status().approvedVersions).toEqual([]);
    expect(status().missingSignOffs).toEqual(['security']);
  });

  it.each([
    ['by who wrote the model', { author: owner, role: 'product' }, 'AuthorContributed'],
    ['in a role the tier does not ask', { author: 'pia', role: 'product', changes: { role: 'risk' } }, 'ForeignRole'],
    [
      'of another object of that name',
      { author: 'pia', role: 'product', changes: { subjectRef: { kind: 'ModelRisk', name: 'credit', uid: 'other' } } },
      'SubjectMissing',
    ],
    ['that ended before it was seen', { author: 'pia', role: 'product', changes: { expiresAt: '2020-01-01T00:00:00Z' } }, 'Expired'],
    ['whose digest is not that of its text', { author: 'pia', role: 'product', changes: { signed: '{}' } }, 'DigestChanged'],
  ])('one %s is void', async (_, how, reason) => {
    await sign(world, 'void', how);
    await world.pass(2);
    expect(validityOf(world, 'void')).toEqual({ status: 'False', reason });
    expect(status().signOffs).toEqual([]);
  });

  it('one made of what the model was before is void, and counts once the model is that', async () => {
    await sign(world, 'first', { author: 'pia', role: 'product' });
    const { spec } = liveIn(world, 'riskdecisions', 'first') as unknown as { readonly spec: object };
    apply(signedRisk(version('2.4.0')));
    await world.pass(1);
    await sign(world, 'late', { author: 'pia', role: 'product', changes: spec as Readonly<Record<string, unknown>> });
    await world.pass(2);
    expect(validityOf(world, 'late')).toEqual({ status: 'False', reason: 'DigestChanged' });
    apply(signedRisk());
    await world.pass(2);
    expect(validityOf(world, 'late')).toEqual({ status: 'True', reason: 'Used' });
  });

  it('of a model whose writers nobody recorded are void: nobody can be shown not to be one', async () => {
    const { metadata, ...rest } = signedRisk() as { readonly metadata: object };
    apply({ ...rest, metadata: { ...metadata, annotations: {} } });
    await world.pass(1);
    await sign(world, 'void', { author: 'pia', role: 'product' });
    await world.pass(2);
    expect(validityOf(world, 'void')).toEqual({ status: 'False', reason: 'AuthorContributed' });
  });

  it('of one person in two roles count in one, whichever came first', async () => {
    await sign(world, 'a-product', { author: 'pia', role: 'product' });
    await sign(world, 'b-compliance', { author: 'pia', role: 'compliance' });
    await world.pass(8);
    expect(validityOf(world, 'a-product')).toEqual({ status: 'True', reason: 'Used' });
    expect(validityOf(world, 'b-compliance')).toEqual({ status: 'False', reason: 'AuthorSigned' });
    expect(status().missingSignOffs).toEqual(['compliance']);
  });

  it('who signs may write the model later: what was signed stays signed', async () => {
    await signAll(world);
    const edited = signedRisk({ owner: { team: 'lending-ml', contact: '#new' } }) as { readonly metadata: object };
    apply({ ...edited, metadata: { ...edited.metadata, annotations: { 'modelrisk.dev/contributors': `${owner},pia` } } });
    await world.pass(2);
    expect(signedOff(world)).toBe('True/AllSigned');
  });
});

describe('a safe version of a model nothing was written about yet', () => {
  const risk = { key: 'lending/credit', written: signedRisk(version('2.3.0')) as ModelRisk };
  const store = (object: object | undefined) => ({ store: { get: () => object } });
  const isApproved = (policy: object | undefined) =>
    approvedVersions(
      { own: { risks: store(undefined) } } as unknown as Parameters<typeof approvedVersions>[0],
      { policies: store(policy).store } as unknown as Parameters<typeof approvedVersions>[1],
    )(risk, '2.2.0');

  it('regression: may be compared where no tier asks for sign-offs: a breach both versions share moved traffic for a moment', () => {
    expect(isApproved({ spec: { tiers: [] } })).toBe(true);
    expect(isApproved({ spec: { tiers: [{ name: 'Low' }] } })).toBe(true);
  });

  it('is not compared where one asks, or the policy is not there', () => {
    expect([isApproved(signedPolicy()), isApproved(undefined)]).toEqual([false, false]);
  });
});

describe('a safe version', () => {
  let world: MemoryOperator;
  beforeEach(async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', signedPolicy());
      api.apply('modelrisks', signedRisk(version('2.2.0')));
      const [traffic] = (
        memoryPlan() as { readonly spec: { readonly targets: readonly { readonly httpRoute: { readonly safe: object } }[] } }
      ).spec.targets;
      const route = traffic?.httpRoute;
      const stages = [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }];
      const targets = [{ name: 'traffic', httpRoute: { ...route, safe: { ...route?.safe, version: '2.2.0' } } }];
      api.apply('mitigationplans', memoryPlan({ targets, stages }));
    });
    await world.pass(2);
  });
  afterEach(() => world.stop());

  const bothBreach = async (): Promise<void> => {
    world.api.apply('modelrisks', signedRisk(version('2.3.0')));
    await world.pass(2);
    world.read(0.9, 0.9);
    await world.pass(8);
  };

  it('that all have signed off is compared: with the same defect no traffic moves to it', async () => {
    await signAll(world);
    await bothBreach();
    expect(status(world)).toEqual(['2.2.0']);
    expect(shareIn(world)).toBe(50);
  });

  it('that nobody has signed off is as good as unknown: the plan engages', async () => {
    await bothBreach();
    expect(status(world)).toEqual([]);
    expect(shareIn(world)).toBe(10);
  });

  const status = (of: MemoryOperator) => signingStatus(of).approvedVersions?.map((each) => each['version']);
});
