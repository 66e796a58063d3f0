import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { optIn } from '../../testbed/opt-in.ts';
import { stampPods } from '../../testbed/pod-stamper.ts';
import type { KubeObject } from '../../testbed/api-client.ts';
import { applyGuardedModel, httpRoutes, mitigationPlans } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { conditionOf, isConstrained, phaseOf, shareOf } from '../builders/traffic-view.ts';

const deployments = { group: 'apps', version: 'v1', plural: 'deployments' };
const services = { group: '', version: 'v1', plural: 'services' };
const endpointSlices = { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' };
const labels = { app: 'credit-v1' };
const wanted = 3;

const replicasOf = (object: KubeObject): number => (object['spec'] as { readonly replicas: number }).replicas;
const ends = {
  candidate: { service: 'credit-v2', port: 8080 },
  safe: { service: 'credit-v1', port: 8080, minReadyEndpoints: wanted },
};

/** The controllers of Deployments, ReplicaSets and EndpointSlices are the real ones; only who starts pods is not. */
describe('room for requests, on the real API server', () => {
  let world: OperatorWorld;
  let stamper: { stop(): Promise<void> } | null = null;

  beforeEach(async () => {
    world = await openOperatorWorld();
    const { client } = world.plane;
    const plan = {
      targets: [
        { name: 'traffic', httpRoute: { name: 'credit', ...ends } },
        { name: 'room', deployment: { name: 'credit-v1' } },
      ],
      stages: [
        {
          name: 'limit',
          actions: [
            { target: 'traffic', canaryLimit: { maxPercent: 10 } },
            { target: 'room', scale: { minReplicas: wanted } },
          ],
        },
      ],
    };
    await applyGuardedModel(client, { namespace: world.namespace, providerURL: world.provider.url, plan });
    await client.merge(services, { namespace: world.namespace, name: 'credit-v1' }, { spec: { selector: labels } });
    await client.delete(endpointSlices, { namespace: world.namespace, name: 'credit-v1' });
    await client.create(deployments, {
      metadata: { name: 'credit-v1', namespace: world.namespace },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'server', image: 'models/credit:2.2.0' }] },
        },
      },
    });
  }, 60_000);

  afterEach(async () => {
    await stamper?.stop();
    stamper = null;
    await world.close();
  });

  it('is asked for before requests move, waited for, and given up after they have moved back', async () => {
    await optIn(world.plane, world.namespace);
    await world.start();
    await world.until(mitigationPlans, 'credit', (plan) => conditionOf(plan, 'Ready')?.status === 'True');
    world.setDrift(0.9);
    await world.until(deployments, 'credit-v1', (object) => replicasOf(object) === wanted);
    const waiting = await world.until(mitigationPlans, 'credit', (plan) => conditionOf(plan, 'Reconciling')?.status === 'True');
    expect(conditionOf(waiting, 'Reconciling')).toMatchObject({ reason: 'SafeBackendNotReady' });
    expect(shareOf(await world.get(httpRoutes, 'credit'), 'credit-v2')).toBe(50);

    stamper = stampPods(world.plane.client, { namespace: world.namespace, node: `node-of-${world.namespace}` });
    await world.until(httpRoutes, 'credit', (route) => shareOf(route, 'credit-v2') === 10);
    await world.until(mitigationPlans, 'credit', (plan) => conditionOf(plan, 'Effective')?.status === 'True');

    world.setDrift(0.01);
    await world.until(deployments, 'credit-v1', (object) => replicasOf(object) === 1);
    expect(shareOf(await world.get(httpRoutes, 'credit'), 'credit-v2')).toBe(50);
    await world.until(mitigationPlans, 'credit', (plan) => phaseOf(plan) === 'Idle');
    await world.until(deployments, 'credit-v1', (object) => !isConstrained(object));
  }, 120_000);

  it('is refused without the RoleBinding, which the plan names, and protection goes on without it', async () => {
    stamper = stampPods(world.plane.client, { namespace: world.namespace, node: `node-of-${world.namespace}` });
    await world.plane.client.merge(deployments, { namespace: world.namespace, name: 'credit-v1' }, { spec: { replicas: wanted } });
    await world.start();
    const blocked = await world.until(mitigationPlans, 'credit', (plan) => conditionOf(plan, 'Ready')?.reason === 'RightsMissing');
    expect(conditionOf(blocked, 'Ready')?.message).toContain(
      `kubectl create rolebinding modelrisk-operator-deployments --namespace ${world.namespace} --clusterrole modelrisk-operator-deployments --serviceaccount modelrisk-system:modelrisk-operator`,
    );
    world.setDrift(0.9);
    await world.until(httpRoutes, 'credit', (route) => shareOf(route, 'credit-v2') === 10);
    await optIn(world.plane, world.namespace);
    await world.until(mitigationPlans, 'credit', (plan) => conditionOf(plan, 'Effective')?.status === 'True');
    await world.until(deployments, 'credit-v1', isConstrained);
  }, 120_000);
});
