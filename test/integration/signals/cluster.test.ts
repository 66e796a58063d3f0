import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSight } from '../../../src/controllers/sight.ts';
import type { ClusterSight } from '../../../src/controllers/sight.ts';
import type { Observation } from '../../../src/core/model/observation.ts';
import type { WorkloadMeasure } from '../../../src/core/workload/measure.ts';
import { postureChecks } from '../../../src/core/workload/posture.ts';
import { createSignalSource } from '../../../src/signals/registry.ts';
import type { ReplaceableSignalSource } from '../../../src/signals/registry.ts';
import { startLiveRuntime } from '../../builders/live-runtime.ts';
import type { LiveRuntime } from '../../builders/live-runtime.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';
import { crdSource, installCRDs } from '../../../testbed/crds.ts';
import { eventually } from '../../../testbed/eventually.ts';

const deployments = { group: 'apps', version: 'v1', plural: 'deployments' };
const pods = { group: '', version: 'v1', plural: 'pods' };
const reports = { group: 'aquasecurity.github.io', version: 'v1alpha1', plural: 'vulnerabilityreports' };
const policyReports = { group: 'wgpolicyk8s.io', version: 'v1alpha2', plural: 'policyreports' };
const openReports = { group: 'openreports.io', version: 'v1alpha1', plural: 'reports' };
const metrics = { group: 'metrics.k8s.io', version: 'v1beta1', plural: 'pods' };

const imageDigest = `sha256:${'a'.repeat(64)}`;
const otherDigest = `sha256:${'b'.repeat(64)}`;
const logging = { containers: [], environment: [], annotations: ['internal.serving.kserve.io/logger'] };

let runtime: LiveRuntime;
let sight: ClusterSight;
let source: ReplaceableSignalSource;

beforeAll(async () => {
  runtime = await startLiveRuntime();
  for (const set of ['trivy', 'policy-reports', 'open-reports', 'pod-metrics'] as const)
    await installCRDs(runtime.plane, (await crdSource(set)).path);
  const { transport, clock } = runtime;
  sight = openSight({
    ...{ transport, clock, random: Math.random, observe: () => undefined },
    namespace: null,
    requestTimeoutMs: 10_000,
    watchSilenceMs: 25_000,
  });
  source = createSignalSource({ clock, cluster: sight, onQuery: () => undefined });
}, 120_000);

afterAll(async () => {
  await sight.stop();
  await runtime.close();
});

async function observe(namespace: string, measure: WorkloadMeasure, windowSeconds = 600): Promise<Observation> {
  const identity = { namespace, model: 'credit', version: '2.3.0', imageDigest };
  const signal = {
    ...{ kind: 'Cluster' as const, provider: 'default/cluster', query: measure.kind, shape: measure.kind, windowSeconds, measure },
    references: [{ kind: 'Deployment' as const, name: 'credit-v2' }],
  };
  const [answered] = await source.observe([{ key: 'a', identity, served: 'Live', signal }], new AbortController().signal);
  if (answered === undefined) throw new Error('no answer');
  return answered.observation;
}

/** Until the watch shows it: what was just written is on its way. */
function eventuallyReads(namespace: string, measure: WorkloadMeasure, expected: object): Promise<void> {
  return eventually(async () => {
    const observation = await observe(namespace, measure);
    try {
      expect(observation).toMatchObject(expected);
      return true;
    } catch {
      return false;
    }
  }).then(async () => {
    expect(await observe(namespace, measure)).toMatchObject(expected);
  });
}

/** Of custom resources the server wants to be told what they are. */
function createCustom(resource: typeof reports, kind: string, object: object): Promise<KubeObject> {
  return runtime.plane.client.create(resource, { apiVersion: `${resource.group}/${resource.version}`, kind, ...object } as KubeObject);
}

/** A real Deployment, whose ReplicaSet and pods the controller manager makes; there is no kubelet, so their status is written by hand. */
async function deployModel(namespace: string): Promise<readonly KubeObject[]> {
  const labels = { app: 'credit-v2' };
  await runtime.plane.client.create(deployments, {
    metadata: { namespace, name: 'credit-v2' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels, 'app.kubernetes.io/version': '2.3.0' } },
        spec: {
          securityContext: { runAsNonRoot: true },
          containers: [
            {
              ...{ name: 'server', image: `models/credit@${imageDigest}` },
              resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '1Gi' } },
              readinessProbe: { httpGet: { port: 8080 } },
              livenessProbe: { httpGet: { port: 8080 } },
            },
          ],
        },
      },
    },
  });
  const made = await eventually(async () => {
    const found = await runtime.plane.client.list(pods, { namespace });
    return found.length === 2 && found;
  });
  for (const { metadata } of made) await run(namespace, metadata.name ?? '');
  return made;
}

async function run(namespace: string, name: string, status: object = {}): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const container = { name: 'server', image: 'x', imageID: `models/credit@${imageDigest}`, ready: true, restartCount: 0, ...status };
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: now };
  await runtime.plane.client.merge(
    pods,
    { namespace, name, subresource: 'status' },
    {
      status: { phase: 'Running', conditions: [ready], containerStatuses: [{ ...container, state: { running: { startedAt: now } } }] },
    },
  );
}

describe('the state of a real cluster', () => {
  let namespace: string;
  let made: readonly KubeObject[];

  beforeAll(async () => {
    namespace = await runtime.plane.createNamespace();
    made = await deployModel(namespace);
  }, 60_000);

  const podName = (index: number): string => made[index]?.metadata.name ?? '';

  it('says how many replicas are ready, as the Deployment controller counts them', async () => {
    await eventuallyReads(namespace, { kind: 'UnreadyReplicas' }, { kind: 'Value', value: 0, sampleCount: 2 });
    await runtime.plane.client.merge(
      pods,
      { namespace, name: podName(0), subresource: 'status' },
      {
        status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z') }] },
      },
    );
    await eventuallyReads(namespace, { kind: 'UnreadyReplicas' }, { value: 50, detail: 'Deployment credit-v2 has 1 of 2 replicas ready' });
    await run(namespace, podName(0));
  }, 60_000);

  it('knows the pods that the ReplicaSet of the Deployment made, and what they run', async () => {
    const byBoth = { kind: 'UnapprovedPods', versionLabel: 'app.kubernetes.io/version', isByDigest: true, container: null } as const;
    await eventuallyReads(namespace, byBoth, { kind: 'Value', value: 0, sampleCount: 2 });
    await run(namespace, podName(1), { imageID: `models/credit@${otherDigest}` });
    await eventuallyReads(namespace, byBoth, { value: 1, detail: `pod ${podName(1)} runs image sha256:bbbbbbbbbbbb… in server` });
    await run(namespace, podName(1));
  }, 60_000);

  it('counts restarts', async () => {
    await eventuallyReads(namespace, { kind: 'Restarts' }, { kind: 'Value', value: 0 });
    await run(namespace, podName(0), { restartCount: 3 });
    await eventuallyReads(namespace, { kind: 'Restarts' }, { value: 3, interval: null });
  }, 60_000);

  it('checks the posture, with budgets and policies that select the pods', async () => {
    const posture = { kind: 'Posture', checks: postureChecks, logging } as const;
    await eventuallyReads(namespace, posture, { kind: 'Value', value: 3, sampleCount: 8 });
    const selector = { matchLabels: { app: 'credit-v2' } };
    await runtime.plane.client.create(
      { group: 'policy', version: 'v1', plural: 'poddisruptionbudgets' },
      { metadata: { namespace, name: 'credit' }, spec: { minAvailable: 1, selector } },
    );
    await runtime.plane.client.create(
      { group: 'networking.k8s.io', version: 'v1', plural: 'networkpolicies' },
      { metadata: { namespace, name: 'credit' }, spec: { podSelector: selector } },
    );
    await eventuallyReads(namespace, posture, {
      value: 1,
      detail: 'PredictionLogging of Deployment credit-v2: nothing shows that its predictions are logged',
    });
  }, 60_000);

  it('reads reports of the Trivy operator about the ReplicaSet that runs', async () => {
    const vulnerabilities = { kind: 'Vulnerabilities', severities: ['Critical', 'High'] } as const;
    await eventuallyReads(namespace, vulnerabilities, { kind: 'NoData', cause: 'Empty' });
    const { ownerReferences } = made[0]?.metadata as { readonly ownerReferences: readonly { readonly name: string }[] };
    const [owner] = ownerReferences;
    await createCustom(reports, 'VulnerabilityReport', {
      metadata: {
        ...{ namespace, name: `replicaset-${owner?.name ?? ''}-server` },
        labels: { 'trivy-operator.container.name': 'server' },
        ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: false }],
      },
      report: {
        ...{ updateTimestamp: '2026-06-01T12:00:00Z', artifact: {}, os: {}, vulnerabilities: [] },
        scanner: { name: 'Trivy', vendor: 'Aqua Security', version: '0.60.0' },
        summary: { criticalCount: 2, highCount: 1, mediumCount: 9, lowCount: 0, unknownCount: 0 },
      },
    });
    await eventuallyReads(namespace, vulnerabilities, {
      ...{ kind: 'Value', value: 3, dataTimeMs: Date.parse('2026-06-01T12:00:00Z') },
      detail: '2 Critical, 1 High in container server of Deployment credit-v2',
    });
  }, 60_000);

  it.each([
    ['PolicyReport', policyReports],
    ['Report', openReports],
  ])(
    'reads a %s about the Deployment or its pods, once',
    async (kind, resource) => {
      const findings = { kind: 'PolicyFindings', severities: ['High'], results: ['Fail'] } as const;
      const result = {
        policy: `of-${kind.toLowerCase()}`,
        result: 'fail',
        severity: 'high',
        timestamp: { seconds: 1_790_000_000, nanos: 0 },
      };
      const before = await observe(namespace, findings);
      const already = before.kind === 'Value' ? before.value : 0;
      for (const [name, scope, rule] of [
        ['a', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'credit-v2', namespace }, 'autogen-probes'],
        ['b', { apiVersion: 'v1', kind: 'Pod', name: podName(0), namespace }, 'probes'],
      ] as const)
        await createCustom(resource, kind, {
          metadata: { namespace, name },
          scope,
          results: [{ ...result, rule }],
          ...(kind === 'Report' ? { source: 'kyverno' } : {}),
        });
      await eventuallyReads(namespace, findings, { kind: 'Value', value: already + 1, dataTimeMs: 1_790_000_000_000 });
    },
    60_000,
  );

  it('asks the metrics API, and compares use with requests', async () => {
    const usage = { kind: 'Usage', resource: 'CPU' } as const;
    await eventuallyReads(namespace, usage, { kind: 'NoData', cause: 'Empty' });
    for (const index of [0, 1])
      await createCustom(metrics, 'PodMetrics', {
        metadata: { namespace, name: podName(index) },
        ...{ timestamp: '2026-06-01T12:00:00Z', window: '15s' },
        containers: [{ name: 'server', usage: { cpu: '250000000n', memory: '524288Ki' } }],
      });
    await eventuallyReads(namespace, usage, { kind: 'Value', value: 50, sampleCount: 2, dataTimeMs: Date.parse('2026-06-01T12:00:00Z') });
    await eventuallyReads(namespace, { kind: 'Usage', resource: 'Memory' }, { value: 50 });
  }, 60_000);

  it('is told with the role to bind where the operator has no rights', async () => {
    const token = await runtime.plane.client.raw({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/default/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    });
    const { status } = token.body as { readonly status: { readonly token: string } };
    const transport = await runtime.openTransport(await runtime.plane.kubeconfigFor({ token: status.token }));
    const { clock } = runtime;
    const powerless = openSight({
      ...{ transport, clock, random: Math.random, observe: () => undefined },
      namespace: null,
      requestTimeoutMs: 10_000,
      watchSilenceMs: 25_000,
    });
    await powerless.open(['Pod'], new AbortController().signal);
    expect(powerless.read('Pod', namespace)).toMatchObject({
      kind: 'Blind',
      message: expect.stringContaining('pods is forbidden'),
      remedy: expect.stringContaining('modelrisk-operator-cluster-signals'),
    });
    await powerless.stop();
    await transport.close();
  }, 60_000);
});
