import type { MemoryAPI } from './memory-api.ts';
import { applyGuardedModelTo, memoryRisk } from './memory-operator.ts';

const namespace = 'lending';
export const approvedImage = `sha256:${'a'.repeat(64)}`;

/** A policy whose only signal this is, under the name the guarded model's indicator uses. */
export function clusterPolicy(signal: Readonly<Record<string, unknown>>): object {
  return {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'RiskPolicy',
    metadata: { name: 'default' },
    spec: { providers: [], signals: [{ name: 'score-drift', scalesWith: 'Share', measurableIn: ['Live', 'Shadow'], ...signal }] },
  };
}

/** A model that runs on `credit-v2`; changes are of its indicator. */
export function clusterRisk(indicator: Readonly<Record<string, unknown>> = {}, model: Readonly<Record<string, unknown>> = {}): object {
  // Where silent watches are not replaced, what they show grows old.
  const risk = memoryRisk({ threshold: { direction: 'Above', breach: 0, clear: 0 }, staleAfterSeconds: 86_400, ...indicator }) as {
    readonly spec: { readonly model: object };
  };
  const workloadRefs = [{ group: 'apps', kind: 'Deployment', name: 'credit-v2' }];
  return { ...risk, spec: { ...risk.spec, workloadRefs, model: { ...risk.spec.model, ...model } } };
}

export function memoryDeployment(
  api: MemoryAPI,
  { name = 'credit-v2', replicas = 2, ready = 2 }: { readonly name?: string; readonly replicas?: number; readonly ready?: number } = {},
): void {
  const labels = { app: name };
  api.apply('deployments', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'server', image: 'models/credit:2.3.0' }] } },
    },
  });
  const observedGeneration = api.get('deployments', name)?.metadata.generation ?? 1;
  api.setStatus('deployments', name, { observedGeneration, replicas, readyReplicas: ready });
}

export interface PodChanges {
  readonly version?: string;
  readonly digest?: string;
  readonly restarts?: number;
  readonly phase?: string;
}

export function memoryPod(api: MemoryAPI, name: string, changes: PodChanges = {}): void {
  const { version = '2.3.0', digest = approvedImage, restarts = 0, phase = 'Running' } = changes;
  api.apply('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name, namespace },
      labels: { app: 'credit-v2', 'pod-template-hash': 'abc', 'app.kubernetes.io/version': version },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'credit-v2-abc', uid: 'rs', controller: true }],
    },
    spec: { containers: [{ name: 'server', resources: { requests: { cpu: '1', memory: '1Gi' } } }] },
  });
  api.setStatus('pods', name, {
    phase,
    containerStatuses: [{ name: 'server', imageID: `models/credit@${digest}`, restartCount: restarts }],
  });
}

export function memoryUsage(api: MemoryAPI, name: string, cpu: string, timestamp: string): void {
  const usage = { cpu, memory: '512Mi' };
  api.apply('podmetrics', {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: { name, namespace },
    ...{ timestamp, window: '15s', containers: [{ name: 'server', usage }] },
  });
}

/** The guarded model, judged by this signal of the cluster, on two pods that are well. */
export function applyClusterModelTo(
  api: MemoryAPI,
  signal: Readonly<Record<string, unknown>>,
  {
    indicator = {},
    model = {},
  }: { readonly indicator?: Readonly<Record<string, unknown>>; readonly model?: Readonly<Record<string, unknown>> } = {},
): void {
  applyGuardedModelTo(api);
  api.apply('riskpolicies', clusterPolicy(signal));
  api.apply('modelrisks', clusterRisk(indicator, model));
  memoryDeployment(api);
  memoryPod(api, 'credit-v2-abc-1');
  memoryPod(api, 'credit-v2-abc-2');
}
