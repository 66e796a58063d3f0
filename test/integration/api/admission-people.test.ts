import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { APIClient } from '../../../testbed/api-client.ts';
import { broad, engage, named, namespace, namespaces, refusal, refusedBy, startAdmissionBed } from '../../builders/admission-bed.ts';
import type { AdmissionBed } from '../../builders/admission-bed.ts';
import { decisionManifest, modelRiskManifest, planManifest, withValue } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';
import { resources } from '../../builders/api-resources.ts';
import { hasContributed } from '../../../src/controllers/contributors.ts';
import { grant, person } from '../../builders/people.ts';
import type { Person, Rule } from '../../builders/people.ts';

let bed: AdmissionBed;
let admin: APIClient;
let operator: Person;
let alice: Person;
let bob: Person;
let carol: Person;

beforeAll(async () => {
  bed = await startAdmissionBed();
  ({ admin, operator, alice, bob, carol } = bed);
}, 180_000);

afterAll(() => bed.stop());

describe('a decision', () => {
  it('is accepted from who holds the role, and its author is written by the server', async () => {
    const made = await alice.client.create(resources.RiskDecision, named(decisionManifest(), 'by-alice'));
    expect(made).toMatchObject({ spec: { author: alice.user, role: 'risk' } });
  });

  it('is refused in a role the author does not hold, with the verb to ask for', async () => {
    const attempt = alice.client.create(
      resources.RiskDecision,
      withValue(named(decisionManifest(), 'other-role'), 'spec.role', 'compliance'),
    );
    expect(await refusal(attempt, 'decision-role')).toBe(
      `${alice.user} may not hold in role compliance: name a role you hold, or have the verb hold on riskroles.modelrisk.dev/compliance granted to you in namespace lending`,
    );
  });

  it.each(['Approve', 'Reject', 'Hold', 'Release', 'Acknowledge', 'Review', 'SignOff'] as const)(
    '%s is refused from who holds no role',
    async (action) => {
      const attempt = bob.client.create(resources.RiskDecision, named(decisionManifest(action), 'by-bob'));
      expect(await refusal(attempt, 'decision-role')).toContain(`may not ${action.toLowerCase()} in role risk`);
    },
  );

  it('is refused in a namespace where the role was not granted', async () => {
    await admin.create(namespaces, { metadata: { name: 'other' } });
    await grant(admin, alice, { namespace: 'other', rules: broad });
    const attempt = alice.client.create(resources.RiskDecision, withValue(decisionManifest(), 'metadata.namespace', 'other'));
    expect(await refusal(attempt, 'decision-role')).toContain('in namespace other');
  });

  it('Accept takes a grant in the whole cluster: one in the namespace is not enough', async () => {
    const rule = { apiGroups: ['modelrisk.dev'], resources: ['riskroles'], resourceNames: ['compliance'], verbs: ['accept'] };
    await grant(admin, carol, { namespace, rules: [rule] });
    const manifest = withValue(named(decisionManifest('Accept'), 'by-carol'), 'spec.role', 'compliance');
    expect(await refusal(carol.client.create(resources.RiskDecision, manifest), 'decision-role')).toBe(
      `${carol.user} may not accept in role compliance: it needs the verb accept on riskroles.modelrisk.dev/compliance by a ClusterRoleBinding`,
    );
  });

  it('cannot name another author', async () => {
    const forged = withValue(named(decisionManifest(), 'forged'), 'spec.author', bob.user);
    expect(await refusal(alice.client.create(resources.RiskDecision, forged), 'decision-author')).toBe(
      `spec.author must be ${alice.user}: write that, or leave it out where the server fills it in`,
    );
  });

  it('can be applied again without a change, though the server filled a field in', async () => {
    const manifest = named(decisionManifest(), 'applied');
    const first = await alice.client.apply(resources.RiskDecision, manifest);
    const second = await alice.client.apply(resources.RiskDecision, manifest);
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it('without a spec gets the words of the schema, not of a policy', async () => {
    const error = await refusedBy(
      alice.client.create(resources.RiskDecision, withValue(named(decisionManifest(), 'empty'), 'spec', undefined)),
    );
    expect(error?.causes).toContainEqual(expect.objectContaining({ field: 'spec', message: 'Required value' }));
  });
});

describe('the authors of a plan', () => {
  const annotations = async (name: string): Promise<readonly (string | undefined)[]> => {
    const { metadata } = await admin.get(resources.MitigationPlan, { namespace, name });
    return [metadata.annotations?.['modelrisk.dev/authored-by'], metadata.annotations?.['modelrisk.dev/contributors']];
  };
  const at = { namespace, name: 'authored' };

  it('are written by the server', async () => {
    await alice.client.create(resources.MitigationPlan, named(planManifest(), at.name));
    expect(await annotations(at.name)).toEqual([alice.user, alice.user]);
  });

  it('gain who changes the spec, once', async () => {
    await bob.client.merge(resources.MitigationPlan, at, { spec: { owner: 'bobs' } });
    await bob.client.merge(resources.MitigationPlan, at, { spec: { owner: 'bobs-again' } });
    expect(await annotations(at.name)).toEqual([bob.user, `${alice.user},${bob.user}`]);
  });

  it('do not gain who changes a label', async () => {
    await carol.client.merge(resources.MitigationPlan, at, { metadata: { labels: { seen: 'yes' } } });
    expect(await annotations(at.name)).toEqual([bob.user, `${alice.user},${bob.user}`]);
  });

  it('do not gain the operator and its finalizer', async () => {
    await operator.client.merge(resources.MitigationPlan, at, { metadata: { finalizers: ['modelrisk.dev/restore'] } });
    await operator.client.merge(resources.MitigationPlan, at, { metadata: { finalizers: null } });
    expect(await annotations(at.name)).toEqual([bob.user, `${alice.user},${bob.user}`]);
  });

  it('cannot be rewritten', async () => {
    await carol.client.merge(resources.MitigationPlan, at, {
      metadata: { annotations: { 'modelrisk.dev/contributors': 'nobody', 'modelrisk.dev/authored-by': null } },
    });
    expect(await annotations(at.name)).toEqual([bob.user, `${alice.user},${bob.user}`]);
  });

  it('cannot be left behind by deleting all annotations', async () => {
    await carol.client.merge(resources.MitigationPlan, at, { metadata: { annotations: null }, spec: { owner: 'carols' } });
    expect(await annotations(at.name)).toEqual([carol.user, `${alice.user},${bob.user},${carol.user}`]);
  });

  it('of a model are kept too: who signs it off must not be one', async () => {
    const made = await alice.client.create(resources.ModelRisk, named(modelRiskManifest(), 'signed'));
    expect(made.metadata.annotations?.['modelrisk.dev/contributors']).toBe(alice.user);
    const at = { namespace, name: 'signed' };
    const edited = await bob.client.merge(resources.ModelRisk, at, { spec: { owner: { team: 'another' } } });
    expect(edited.metadata.annotations?.['modelrisk.dev/contributors']).toBe(`${alice.user},${bob.user}`);
    const forged = await bob.client.merge(resources.ModelRisk, at, {
      metadata: { annotations: { 'modelrisk.dev/contributors': alice.user } },
    });
    expect(forged.metadata.annotations?.['modelrisk.dev/contributors']).toBe(`${alice.user},${bob.user}`);
  });

  it('are told apart though a name has a comma and a percent sign', async () => {
    const dana = 'uid=dana,ou=100%';
    const asDana = ['--as', dana, '--as-group', 'system:masters', '-n', namespace];
    const edit = (owner: string) =>
      bed.plane.kubectl(['patch', 'mplan', at.name, ...asDana, '--type=merge', '-p', `{"spec":{"owner":"${owner}"}}`]);
    const before = (await annotations(at.name))[1] ?? '';
    expect(await edit('danas')).toMatchObject({ code: 0 });
    expect(await edit('danas-again')).toMatchObject({ code: 0 });
    const [author, contributors = ''] = await annotations(at.name);
    expect([author, contributors]).toEqual([dana, `${before},uid=dana%2Cou=100%25`]);
    expect(hasContributed(contributors, dana)).toBe(true);
    expect(hasContributed(contributors, 'uid=dana')).toBe(false);
  });

  it('survive a server-side apply that does not name them', async () => {
    const plan = named(planManifest(), 'applied');
    const first = await alice.client.apply(resources.MitigationPlan, plan);
    const second = await alice.client.apply(resources.MitigationPlan, plan);
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(await annotations('applied')).toEqual([alice.user, alice.user]);
  });
});

describe('the targets of a plan', () => {
  let dave: Person;
  let runner: Person;
  const targets = (count: number, name: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => ({
      name: `target-${String(index)}`,
      httpRoute: { name: name(index), candidate: { service: 'b', port: 80 }, safe: { service: 'a', port: 80 } },
    }));
  const planOver = (list: readonly object[], action: object): Manifest => {
    const stages = [{ name: 'only', actions: [{ target: 'target-0', ...action }] }];
    return withValue(withValue(named(planManifest(), 'targets'), 'spec.targets', list), 'spec.stages', stages);
  };

  beforeAll(async () => {
    dave = await person(bed.plane, admin, { namespace, name: 'dave' });
    await grant(admin, dave, { namespace, rules: broad });
    const own = (group: string, resource: string): Rule => ({
      apiGroups: [group],
      resources: [resource],
      resourceNames: ['own'],
      verbs: ['patch'],
    });
    await grant(admin, dave, {
      namespace,
      rules: [
        own('gateway.networking.k8s.io', 'httproutes'),
        own('gateway.networking.k8s.io', 'grpcroutes'),
        own('networking.istio.io', 'virtualservices'),
        own('serving.kserve.io', 'inferenceservices'),
        own('argoproj.io', 'rollouts'),
        own('argoproj.io', 'rollouts/status'),
        own('mlops.seldon.io', 'experiments'),
        own('core.openfeature.dev', 'featureflags'),
        own('batch', 'cronjobs'),
        own('', 'configmaps'),
        own('apps', 'deployments'),
        own('', 'configmaps'),
      ],
    });
    runner = await person(bed.plane, admin, { namespace, name: 'runner' });
    await grant(admin, runner, { namespace, rules: [...broad, { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create'] }] });
  });

  afterAll(async () => {
    await Promise.all([dave.client.close(), runner.client.close()]);
  });

  it('may be what the author may patch, eight of them, inside the price of a rule', async () => {
    const plan = planOver(
      targets(8, () => 'own'),
      { shadow: {} },
    );
    await dave.client.create(resources.MitigationPlan, plan, { dryRun: true });
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('may not hold a route the author may not patch at place %i', async (place) => {
    const plan = planOver(
      targets(8, (index) => (index === place ? 'foreign' : 'own')),
      { shadow: {} },
    );
    expect(await refusal(dave.client.create(resources.MitigationPlan, plan, { dryRun: true }), 'plan-targets')).toBe(
      `${dave.user} may not patch what spec.targets[${String(place)}] (target-${String(place)}) names: name an object you may patch, or have the verb patch granted to you`,
    );
  });

  it('may be made by the operator only if the author may create such routes', async () => {
    const generate = { parentRefs: [{ name: 'edge' }], candidatePercent: 50 };
    const made = targets(1, () => 'own').map(({ name, httpRoute }) => ({ name, httpRoute: { ...httpRoute, generate } }));
    const create = () => dave.client.create(resources.MitigationPlan, planOver(made, { shadow: {} }), { dryRun: true });
    expect(await refusal(create(), 'plan-targets')).toContain(
      `${dave.user} may not create HTTPRoutes, which httpRoute.generate has the operator do`,
    );
    await grant(admin, dave, {
      namespace,
      rules: [{ apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes'], verbs: ['create'] }],
    });
    await create();
  });

  it('may be a flag only if the author may patch that flag', async () => {
    const flagTarget = (name: string) => [{ name: 'target-0', featureFlag: { name, flag: 'use-v2', safeVariant: 'off' } }];
    await dave.client.create(resources.MitigationPlan, planOver(flagTarget('own'), { flagRollback: {} }), { dryRun: true });
    const attempt = dave.client.create(resources.MitigationPlan, planOver(flagTarget('foreign'), { flagRollback: {} }), { dryRun: true });
    expect(await refusal(attempt, 'plan-targets')).toContain('spec.targets[0]');
  });

  it.each([
    ['batch', 'cronjobs'],
    ['', 'configmaps'],
  ])('may be patched only if the author may patch it, be it of group "%s"', async (group, resource) => {
    const values = [{ path: '/spec/suspend', value: true }];
    const target = (name: string) => [{ name: 'target-0', patch: { group, resource, name, values } }];
    await dave.client.create(resources.MitigationPlan, planOver(target('own'), { patch: {} }), { dryRun: true });
    const attempt = dave.client.create(resources.MitigationPlan, planOver(target('foreign'), { patch: {} }), { dryRun: true });
    expect(await refusal(attempt, 'plan-targets')).toContain('spec.targets[0]');
  });

  it.each([
    ['grpcRoute', { candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } }],
    ['virtualService', { candidate: { host: 'credit-v2' }, safe: { host: 'credit-v1' } }],
    ['experiment', { candidate: { model: 'credit-v2' }, safe: { model: 'credit-v1' } }],
    ['flagdConfigMap', { key: 'flags.json', flag: 'use-v2', safeVariant: 'off' }],
    ['inferenceService', {}],
    ['rollout', {}],
  ])('may be a %s only if the author may patch it', async (key, ends) => {
    const target = (name: string) => [{ name: 'target-0', [key]: { name, ...ends } }];
    const action = 'flag' in ends ? { flagRollback: {} } : { canaryLimit: { maxPercent: 0 } };
    await dave.client.create(resources.MitigationPlan, planOver(target('own'), action), { dryRun: true });
    const attempt = dave.client.create(resources.MitigationPlan, planOver(target('foreign'), action), { dryRun: true });
    expect(await refusal(attempt, 'plan-targets')).toContain('spec.targets[0]');
  });

  it('regression: may be a Rollout only if the author may write its status too, where an abort stands', async () => {
    const erin = await person(bed.plane, admin, { namespace, name: 'erin' });
    const rights = (resource: string): Rule => ({
      apiGroups: ['argoproj.io'],
      resources: [resource],
      resourceNames: ['own'],
      verbs: ['patch'],
    });
    await grant(admin, erin, { namespace, rules: [...broad, rights('rollouts')] });
    const plan = planOver([{ name: 'target-0', rollout: { name: 'own' } }], { canaryLimit: { maxPercent: 0 } });
    const create = () => erin.client.create(resources.MitigationPlan, plan, { dryRun: true });
    expect(await refusal(create(), 'plan-targets')).toBe(
      `${erin.user} may not patch what spec.targets[0] (target-0) names: name an object you may patch, or have the verb patch granted to you, on its status as well`,
    );
    await grant(admin, erin, { namespace, rules: [rights('rollouts/status')] });
    await create();
    await erin.client.close();
  });

  it('may be eight Rollouts, inside the price of a rule', async () => {
    const list = Array.from({ length: 8 }, (_, index) => ({ name: `target-${String(index)}`, rollout: { name: 'own' } }));
    await dave.client.create(resources.MitigationPlan, planOver(list, { canaryLimit: { maxPercent: 0 } }), { dryRun: true });
  });

  it('may run jobs only if the author may create Jobs', async () => {
    const plan = planOver([{ name: 'target-0', job: { cronJob: 'retrain' } }], { runJob: {} });
    await runner.client.create(resources.MitigationPlan, plan, { dryRun: true });
    expect(await refusal(dave.client.create(resources.MitigationPlan, plan, { dryRun: true }), 'plan-targets')).toBe(
      `${dave.user} may not create what spec.targets[0] (target-0) names: name an object you may create, or have the verb create granted to you`,
    );
  });

  it('may be a Deployment only if the author may patch it', async () => {
    const target = (name: string) => [{ name: 'target-0', deployment: { name } }];
    await dave.client.create(resources.MitigationPlan, planOver(target('own'), { pin: {} }), { dryRun: true });
    const attempt = dave.client.create(resources.MitigationPlan, planOver(target('foreign'), { pin: {} }), { dryRun: true });
    expect(await refusal(attempt, 'plan-targets')).toContain('spec.targets[0]');
  });

  it('are vouched for by whoever changes the plan, not by who first wrote it', async () => {
    await alice.client.create(resources.MitigationPlan, named(planManifest(), 'vouched'));
    const at = { namespace, name: 'vouched' };
    const attempt = dave.client.merge(resources.MitigationPlan, at, { spec: { mode: 'Observe' } });
    expect(await refusal(attempt, 'plan-targets')).toContain(dave.user);
    await dave.client.merge(resources.MitigationPlan, at, { metadata: { labels: { seen: 'yes' } } });
  });
});

describe('the operator', () => {
  it('may not change what a plan says', async () => {
    await alice.client.create(resources.MitigationPlan, named(planManifest(), 'spoken'));
    const attempt = operator.client.merge(resources.MitigationPlan, { namespace, name: 'spoken' }, { spec: { mode: 'Observe' } });
    expect(await refusal(attempt, 'plan-spec')).toBe('the operator may not change the spec of a plan');
  });
});

describe('ending an engagement', () => {
  const at = { namespace, name: 'engaged' };

  beforeAll(async () => {
    await alice.client.create(resources.MitigationPlan, named(planManifest(), at.name));
    await engage(operator, at.name);
  });

  it('by deleting the plan needs the verb release', async () => {
    expect(await refusal(alice.client.delete(resources.MitigationPlan, at), 'plan-release')).toBe(
      `plan engaged is engaged: ${alice.user} may not end that; create a RiskDecision with action Release, or have the verb release on mitigationplans granted to you`,
    );
  });

  it('by deleting all plans needs it too', async () => {
    const path = `/apis/modelrisk.dev/v1alpha1/namespaces/${namespace}/mitigationplans`;
    await alice.client.raw({ method: 'DELETE', path: `${path}?fieldSelector=metadata.name=engaged` });
    expect(await admin.find(resources.MitigationPlan, at)).not.toBeNull();
  });

  it('by suspend: Release needs it too, while Hold is anybody’s', async () => {
    const attempt = alice.client.merge(resources.MitigationPlan, at, { spec: { suspend: 'Release' } });
    expect(await refusal(attempt, 'plan-release')).toContain('may not end that');
    await alice.client.merge(resources.MitigationPlan, at, { spec: { suspend: 'Hold' } });
  });

  it('does not stand in the way of other edits', async () => {
    await alice.client.merge(resources.MitigationPlan, at, { spec: { owner: 'others' } });
  });

  it('is not asked about for a plan that is idle', async () => {
    await alice.client.create(resources.MitigationPlan, named(planManifest(), 'idle'));
    await alice.client.merge(resources.MitigationPlan, { namespace, name: 'idle' }, { spec: { suspend: 'Release' } });
    await alice.client.delete(resources.MitigationPlan, { namespace, name: 'idle' });
  });

  it('is open to who holds the verb', async () => {
    await carol.client.merge(resources.MitigationPlan, at, { spec: { suspend: 'Release' } });
    await carol.client.delete(resources.MitigationPlan, at);
    expect(await admin.find(resources.MitigationPlan, at)).toBeNull();
  });
});
