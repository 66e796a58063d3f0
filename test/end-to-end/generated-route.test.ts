import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';

import { createSystemClock } from '../../src/kube/system-clock.ts';
import type { KubeObject } from '../../testbed/api-client.ts';
import { openArgoCD } from '../../testbed/argocd.ts';
import type { ArgoCD, Reconciled } from '../../testbed/argocd.ts';
import { publishBackend } from '../../testbed/backend.ts';
import { watchObjects } from '../../testbed/watch-objects.ts';
import type { ObjectWatch } from '../../testbed/watch-objects.ts';
import { exampleApplication } from '../builders/application.ts';
import { aModelRisk, aPlan, aPolicy, httpRoutes, mitigationPlans } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { conditionOf, isConstrained, shareOf } from '../builders/traffic-view.ts';

jest.setTimeout(120_000);

let world: OperatorWorld;
let argocd: ArgoCD;
let watch: ObjectWatch;
let application: string;
let git: { policy: KubeObject; risk: KubeObject; plan: KubeObject };

const ends = { candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } };

function planWith(candidatePercent: number): KubeObject {
  const { namespace, provider } = world;
  const generate = { parentRefs: [{ name: 'edge', namespace: 'gateways' }], hostnames: ['credit.example.com'], candidatePercent };
  return aPlan({
    namespace,
    providerURL: provider.url,
    plan: {
      targets: [{ name: 'traffic', httpRoute: { name: 'credit', ...ends, generate } }],
      stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }],
      recovery: { stepSeconds: 1 },
    },
  });
}

const reconcile = (mode: 'Compare' | 'SelfHeal'): Promise<Reconciled> =>
  argocd.reconcile({ application, targets: Object.values(git), mode });
const synced = async (): Promise<readonly string[]> =>
  (await reconcile('Compare')).resources.map(({ kind, status }) => `${kind} ${status}`);
const allSynced = ['RiskPolicy Synced', 'ModelRisk Synced', 'MitigationPlan Synced'];
const share = (route: KubeObject): number => shareOf(route, 'credit-v2');

function isTidy({ metadata }: KubeObject): boolean {
  return !(metadata.managedFields ?? []).some(({ manager, subresource }) => manager === 'modelrisk-operator' && subresource === undefined);
}

/** Whether the journal names this share as what users want. */
function wants(route: KubeObject, percent: number): boolean {
  const journal = route.metadata.annotations?.['modelrisk.dev/journal'] ?? '{}';
  const { changes } = JSON.parse(journal) as {
    readonly changes?: { readonly rules: readonly { readonly backends: readonly { readonly id: string; readonly intent: number }[] }[] };
  };
  return changes?.rules[0]?.backends.some(({ id, intent }) => id === 'credit-v2:8080' && intent === percent) ?? false;
}

beforeAll(async () => {
  world = await openOperatorWorld();
  const { namespace, provider, plane } = world;
  argocd = await openArgoCD({ kubeconfig: plane.kubeconfig });
  application = await exampleApplication({ namespace, example: 'generated-route' });
  const options = { namespace, providerURL: provider.url };
  git = { policy: aPolicy(options), risk: aModelRisk(options), plan: planWith(50) };
  for (const name of ['credit-v1', 'credit-v2']) await publishBackend(plane.client, { name, namespace, port: 8080 });
  watch = watchObjects({ cluster: plane, resource: httpRoutes, namespace, clock: createSystemClock() });
  expect(await reconcile('SelfHeal')).toMatchObject({ phase: 'Succeeded' });
  await world.start();
}, 600_000);

afterAll(async () => {
  argocd.close();
  await watch.stop();
  await world.close();
});

it('a route is made from the plan in Git, of which Argo CD knows nothing, and all is Synced', async () => {
  const route = await world.until(httpRoutes, 'credit', (live) => share(live) === 50 && isTidy(live));
  expect(route.metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'modelrisk' });
  expect(route.metadata.ownerReferences).toBeUndefined();
  expect(Object.keys(route.metadata.annotations ?? {})).toEqual(['modelrisk.dev/generated-by']);
  await world.until(mitigationPlans, 'credit', (plan) => conditionOf(plan, 'Ready')?.status === 'True');
  expect(await synced()).toEqual(allSynced);
});

it('is left as it is, once its defaults were added: what is stored is what was written', async () => {
  const { generation } = (await world.get(httpRoutes, 'credit')).metadata;
  expect(generation).toBe(1);
});

it('under a cap all stays Synced and self-heal writes nothing', async () => {
  world.setDrift(0.9);
  await world.until(httpRoutes, 'credit', (live) => share(live) === 10 && isTidy(live));
  expect(await synced()).toEqual(allSynced);
  expect(await reconcile('SelfHeal')).toMatchObject({ phase: '' });
});

it('an edit of the plan in Git arrives under the cap, and no revision of the route exceeds it', async () => {
  const before = watch.states.length;
  git = { ...git, plan: planWith(80) };
  expect(await reconcile('SelfHeal')).toMatchObject({ phase: 'Succeeded' });
  await world.until(httpRoutes, 'credit', (live) => wants(live, 80) && isTidy(live));
  expect(
    watch.states
      .slice(before)
      .flatMap(({ object }) => (object === null ? [] : share(object)))
      .filter((percent) => percent > 10),
  ).toEqual([]);
  expect(await synced()).toEqual(allSynced);
});

it('an edit by hand is taken back, cap and intent as they were', async () => {
  const { namespace, plane } = world;
  await plane.client.patch(httpRoutes, { namespace, name: 'credit' }, [
    { op: 'replace', path: '/spec/hostnames', value: ['other.example.com'] },
    { op: 'replace', path: '/spec/rules/0/backendRefs/1/weight', value: 900 },
  ]);
  const route = await world.until(httpRoutes, 'credit', (live) => share(live) === 10 && isTidy(live));
  expect(route['spec']).toMatchObject({ hostnames: ['credit.example.com'] });
  expect(wants(route, 80)).toBe(true);
});

it('the release gives what the plan says now', async () => {
  world.setDrift(0.01);
  const route = await world.until(httpRoutes, 'credit', (live) => !isConstrained(live) && isTidy(live));
  expect(share(route)).toBe(80);
  expect(await synced()).toEqual(allSynced);
});

it('the route outlives a plan that is deleted while it holds it, without a trace of the constraint', async () => {
  const { namespace, plane } = world;
  world.setDrift(0.9);
  await world.until(httpRoutes, 'credit', (live) => share(live) === 10);
  await plane.client.delete(mitigationPlans, { namespace, name: 'credit' });
  await world.untilGone(mitigationPlans, 'credit');
  const route = await world.until(httpRoutes, 'credit', (live) => !isConstrained(live) && isTidy(live));
  expect(share(route)).toBe(80);
});
