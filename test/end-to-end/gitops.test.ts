import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { KubeObject, Resource } from '../../testbed/api-client.ts';
import { openArgoCD } from '../../testbed/argocd.ts';
import type { ArgoCD, Reconciled, SeenState } from '../../testbed/argocd.ts';
import { writesOf } from '../../testbed/audit-log.ts';
import { publishBackend } from '../../testbed/backend.ts';
import { eventually } from '../../testbed/eventually.ts';
import { operatorAccount } from '../../testbed/operator-process.ts';
import { exampleApplication } from '../builders/application.ts';
import type { ApplicationChanges } from '../builders/application.ts';
import {
  aFlag,
  aModelRisk,
  aPlan,
  aPolicy,
  aRoute,
  httpRoutes,
  mitigationPlans,
  modelRisks,
  riskIncidents,
  riskPolicies,
} from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { conditionOf, isConstrained, shareOf } from '../builders/traffic-view.ts';

jest.setTimeout(120_000);

let world: OperatorWorld;
let argocd: ArgoCD;
let application: string;
let git: { policy: KubeObject; route: KubeObject; flag: KubeObject; risk: KubeObject; plan: KubeObject };

const onlyCap = {
  recovery: { stepSeconds: 1, flap: { maxEngagements: 16, windowSeconds: 86_400 } },
  stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }],
};

const reconcile = (mode: 'Compare' | 'SelfHeal', from = application): Promise<Reconciled> =>
  argocd.reconcile({ application: from, targets: Object.values(git), mode });
const outOfSync = ({ resources }: Reconciled): readonly string[] =>
  resources.flatMap(({ kind, status }) => (status === 'Synced' ? [] : [kind]));
const live = (): Promise<KubeObject> => world.get(httpRoutes, 'credit');
const isCapped = (route: KubeObject): boolean => shareOf(route, 'credit-v2') === 10;
const operator = `system:serviceaccount:${operatorAccount.namespace}:${operatorAccount.serviceAccount}`;

/** Patches the operator sent to the route so far, by the API server's own log. */
async function patchesOfRoute(): Promise<number> {
  const written = writesOf(operator, await readFile(world.plane.auditLog, 'utf8'));
  const own = written.filter(({ namespace, resource }) => namespace === world.namespace && resource === 'httproutes');
  return own.filter(({ status }) => status < 300).length;
}

/** Until the cap is in force and the operator has given up the ownership it took with it: it has no more to write. */
async function untilCapped(wanted: (route: KubeObject) => boolean = () => true): Promise<KubeObject> {
  return world.until(httpRoutes, 'credit', (route) => {
    const managers = (route.metadata.managedFields ?? []).map(({ manager }) => manager);
    return isCapped(route) && wanted(route) && !managers.includes('modelrisk-operator');
  });
}

async function seen(resource: Resource, name: string): Promise<{ readonly health: SeenState | null; readonly kstatus: string }> {
  const namespaced = resource === riskPolicies ? {} : { namespace: world.namespace };
  const object = await world.plane.client.get(resource, { ...namespaced, name });
  const [[health = null], [kstatus]] = await Promise.all([argocd.healthOf([object]), argocd.kstatusOf([object])]);
  return { health, kstatus: kstatus?.status ?? '' };
}

async function untilSeen(resource: Resource, name: string, wanted: string): ReturnType<typeof seen> {
  return eventually(
    async () => {
      const state = await seen(resource, name);
      return state.health?.status === wanted ? state : null;
    },
    { timeoutMs: 30_000 },
  );
}

/** Exit code of `kubectl wait`. */
async function waitFor(condition: string, seconds: number, ...objects: readonly string[]): Promise<number> {
  const args = ['-n', world.namespace, 'wait', `--for=condition=${condition}`, `--timeout=${seconds}s`, ...objects];
  return (await world.plane.kubectl(args)).code;
}

beforeAll(async () => {
  world = await openOperatorWorld();
  const { namespace, provider, plane } = world;
  argocd = await openArgoCD({ kubeconfig: plane.kubeconfig });
  application = await exampleApplication({ namespace });
  const options = { namespace, providerURL: provider.url, plan: onlyCap };
  git = {
    policy: aPolicy(options),
    route: aRoute(namespace),
    flag: aFlag(namespace),
    risk: aModelRisk(options),
    plan: aPlan(options),
  };
  await publishBackend(plane.client, { name: 'credit-v1', namespace, port: 8080 });
  await publishBackend(plane.client, { name: 'credit-v2', namespace, port: 8080 });
}, 600_000);

afterAll(async () => {
  argocd.close();
  await world.close();
});

it('is deployed by Argo CD, and on its way until the operator has looked', async () => {
  expect(await reconcile('SelfHeal')).toMatchObject({ phase: 'Succeeded' });
  for (const [resource, name] of guards()) expect((await seen(resource, name)).health).toMatchObject({ status: 'Progressing' });
  expect(await waitFor('Ready', 1, 'mitigationplan/credit')).not.toBe(0);
});

it('is Synced, Healthy, Current and Ready once it has, the defaults of the schema included', async () => {
  await world.start();
  expect(await waitFor('Ready', 30, 'mitigationplan/credit', 'modelrisk/credit', `riskpolicy/${world.namespace}`)).toBe(0);
  expect(outOfSync(await reconcile('Compare'))).toEqual([]);
  for (const [resource, name] of guards())
    expect(await untilSeen(resource, name, 'Healthy')).toMatchObject({ health: { status: 'Healthy' }, kstatus: 'Current' });
});

it.each<[string, Pick<ApplicationChanges, 'annotations' | 'syncOptions'>]>([
  ['client-side apply', { annotations: {}, syncOptions: [] }],
  ['server-side apply', { annotations: {}, syncOptions: ['ServerSideApply=true'] }],
  ['client-side apply and server-side diff', { syncOptions: [] }],
])('is Synced as soon as it is applied, defaults in lists included, with %s', async (_way, changes) => {
  const namespace = await world.plane.createNamespace();
  const options = { namespace, providerURL: world.provider.url };
  const targets = [aPolicy(options), aModelRisk(options), aPlan(options)];
  const from = await exampleApplication({ namespace, ...changes });
  expect(await argocd.reconcile({ application: from, targets, mode: 'SelfHeal' })).toMatchObject({ phase: 'Succeeded' });
  expect(outOfSync(await argocd.reconcile({ application: from, targets, mode: 'Compare' }))).toEqual([]);
});

it('stays Synced, Healthy and Current while a cap is in force, and self-heal costs not one write', async () => {
  world.setDrift(0.9);
  await untilCapped();
  expect(await waitFor('Effective', 30, 'mitigationplan/credit')).toBe(0);
  expect(await untilSeen(mitigationPlans, 'credit', 'Healthy')).toEqual({
    health: { status: 'Healthy', message: expect.stringContaining('Engaged: Stage limit holds because of score-drift') },
    kstatus: 'Current',
  });
  expect(await seen(modelRisks, 'credit')).toMatchObject({
    health: { message: expect.stringContaining('Breached: ') },
    kstatus: 'Current',
  });
  const [incident] = await world.untilListed(riskIncidents, (incidents) => incidents.length === 1);
  expect(await seen(riskIncidents, incident?.metadata.name ?? '')).toEqual({
    health: { status: 'Healthy', message: 'Open' },
    kstatus: 'Current',
  });
  const before = await patchesOfRoute();
  for (let round = 0; round < 5; round += 1) {
    const looked = await reconcile('SelfHeal');
    expect([outOfSync(looked), looked.phase]).toEqual([[], '']);
    expect(isCapped(await live())).toBe(true);
  }
  expect(await patchesOfRoute()).toBe(before);
});

it('lets an edit in Git arrive meanwhile, bounds it again in two patches, and gives it back at the release', async () => {
  const before = await patchesOfRoute();
  const rules = (git.route['spec'] as { readonly rules: readonly object[] }).rules;
  git.route = {
    ...git.route,
    spec: { ...(git.route['spec'] as object), rules: rules.map((rule) => ({ ...rule, timeouts: { request: '3s' } })) },
  };
  expect(outOfSync(await reconcile('SelfHeal'))).toEqual(['HTTPRoute']);
  await untilCapped((route) => JSON.stringify(route['spec']).includes('"3s"'));
  expect(outOfSync(await reconcile('SelfHeal'))).toEqual([]);
  world.setDrift(0.01);
  const released = await world.until(httpRoutes, 'credit', (route) => !isConstrained(route));
  // One more to lay the cap again, two to release; each with one that gives up ownership of the fields.
  expect((await patchesOfRoute()) - before).toBeLessThanOrEqual(6);
  expect(released['spec']).toMatchObject(git.route['spec'] as object);
  expect(outOfSync(await reconcile('Compare'))).toEqual([]);
});

it('is Degraded and Failed when the plan can’t do what it promises, and recovers by itself', async () => {
  const { plane, namespace } = world;
  await publishBackend(plane.client, { name: 'credit-v1', namespace, port: 8080, ready: false });
  world.setDrift(0.9);
  expect(await untilSeen(mitigationPlans, 'credit', 'Degraded')).toEqual({
    health: { status: 'Degraded', message: expect.stringContaining('SafeBackendNotReady') },
    kstatus: 'Failed',
  });
  await publishBackend(plane.client, { name: 'credit-v1', namespace, port: 8080 });
  await untilCapped();
  expect(await untilSeen(mitigationPlans, 'credit', 'Healthy')).toMatchObject({ health: { status: 'Healthy' }, kstatus: 'Current' });
});

it('shows what Git suspends as Suspended, and a target that is not there yet as on its way', async () => {
  world.setDrift(0.01);
  await world.until(httpRoutes, 'credit', (route) => !isConstrained(route));
  const { plan } = git;
  const spec = plan['spec'] as object;
  git.plan = { ...plan, spec: { ...spec, suspend: 'Hold' } };
  await reconcile('SelfHeal');
  expect(await untilSeen(mitigationPlans, 'credit', 'Suspended')).toMatchObject({ health: { status: 'Suspended' }, kstatus: 'Current' });
  const missing = {
    name: 'traffic',
    httpRoute: { name: 'absent', candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } },
  };
  git.plan = { ...plan, spec: { ...spec, targets: [missing] } };
  await reconcile('SelfHeal');
  await world.until(mitigationPlans, 'credit', (plan) => conditionOf(plan, 'Ready')?.reason === 'TargetMissing');
  expect(await seen(mitigationPlans, 'credit')).toMatchObject({ health: { status: 'Progressing' }, kstatus: 'InProgress' });
  git.plan = plan;
  await reconcile('SelfHeal');
  expect(await untilSeen(mitigationPlans, 'credit', 'Healthy')).toMatchObject({ health: { message: 'Nothing to hold' } });
});

it('is Degraded with the name of the writer when an Application without ignoreDifferences fights it, and keeps the cap', async () => {
  world.setDrift(0.9);
  await untilCapped();
  const fighting = await exampleApplication({ namespace: world.namespace, ignoreDifferences: null });
  const before = await patchesOfRoute();
  const rounds = 8;
  for (let round = 0; round < rounds; round += 1) {
    expect(await reconcile('SelfHeal', fighting)).toMatchObject({ phase: 'Succeeded' });
    await untilCapped();
  }
  // To lay the cap again, and to give up ownership of the fields: two for each write of the other, never more.
  expect((await patchesOfRoute()) - before).toBeLessThanOrEqual(2 * rounds);
  await world.until(mitigationPlans, 'credit', (plan) => conditionOf(plan, 'Contested')?.status === 'True');
  expect(await seen(mitigationPlans, 'credit')).toMatchObject({
    health: { status: 'Degraded', message: expect.stringContaining('argocd-controller') },
  });
});

it('installs the operator by the example for it, and finds it Synced', async () => {
  const built = await world.plane.kubectl(['kustomize', 'config/default']);
  const targets = parseAllDocuments(built.stdout).map((document) => document.toJS() as object);
  expect(targets.length).toBeGreaterThan(20);
  const installation = { application: await readFile('config/argocd/examples/operator.yaml', 'utf8'), targets };
  expect(await argocd.reconcile({ ...installation, mode: 'SelfHeal' })).toMatchObject({ phase: 'Succeeded' });
  expect(outOfSync(await argocd.reconcile({ ...installation, mode: 'Compare' }))).toEqual([]);
});

function guards(): readonly (readonly [Resource, string])[] {
  return [
    [riskPolicies, world.namespace],
    [modelRisks, 'credit'],
    [mitigationPlans, 'credit'],
  ];
}
