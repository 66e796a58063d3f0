import type { UntypedObject } from '../../src/kube/kube-object.ts';
import type { MemoryAPI } from './memory-api.ts';
import { applyGuardedModelTo, memoryPlan } from './memory-operator.ts';
import type { MemoryOperator } from './memory-operator.ts';
import { memoryDeployment } from './memory-cluster.ts';

const namespace = 'lending';

/** Ready endpoints of the Service of the safe version. */
export function safeEndpoints(api: MemoryAPI, ready: number): void {
  api.apply('endpointslices', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'credit-v1-1', namespace, labels: { 'kubernetes.io/service-name': 'credit-v1' } },
    endpoints: Array.from({ length: ready }, (_, index) => ({ addresses: [`10.0.0.${String(index + 1)}`], conditions: { ready: true } })),
  });
}

export const minReplicas = 4;
export const readyWithinSeconds = 20;

/** Room for the requests, then the limit; behind it a flag that needs nobody to take requests. */
export function capacityPlan({
  minReadyEndpoints = minReplicas,
  ...changes
}: { readonly minReadyEndpoints?: number; readonly [field: string]: unknown } = {}): object {
  const ends = { candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080, minReadyEndpoints } };
  return memoryPlan({
    targets: [
      { name: 'traffic', httpRoute: { name: 'credit', ...ends } },
      { name: 'flag', featureFlag: { name: 'credit-flags', flag: 'use-v2', safeVariant: 'off', behind: 'traffic' } },
      { name: 'capacity', deployment: { name: 'credit-v1' } },
    ],
    stages: [
      {
        name: 'limit',
        actions: [
          { target: 'traffic', canaryLimit: { maxPercent: 10 } },
          { target: 'capacity', scale: { minReplicas, readyWithinSeconds } },
        ],
      },
    ],
    ...changes,
  });
}

/** The guarded model; its safe version runs on a Deployment of two pods, both ready. */
export function applyScaledModelTo(api: MemoryAPI, plan = capacityPlan()): void {
  applyGuardedModelTo(api);
  memoryDeployment(api, { name: 'credit-v1' });
  safeEndpoints(api, 2);
  api.apply('mitigationplans', plan);
}

export function deploymentIn(world: MemoryOperator, name = 'credit-v1'): UntypedObject {
  const found = world.api.get('deployments', name);
  if (found === null) throw new Error(`no Deployment ${name}`);
  return found;
}

export function replicasIn(world: MemoryOperator): number {
  return (deploymentIn(world)['spec'] as { readonly replicas: number }).replicas;
}
