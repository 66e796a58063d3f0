import { afterEach, describe, expect, it } from '@jest/globals';
import { applyClusterModelTo, clusterRisk, memoryDeployment, memoryPod, memoryUsage } from '../../builders/memory-cluster.ts';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn, planIn, shareIn, untilGivenBack } from '../../builders/memory-story.ts';
import { conditionOf, entriesOf, phaseOf } from '../../builders/traffic-view.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';

const unready = { workload: { measure: 'UnreadyReplicasPercent' } };
const unapproved = { workload: { measure: 'UnapprovedPods' } };
const otherImage = `sha256:${'b'.repeat(64)}`;

interface IndicatorStatus {
  readonly verdict?: string;
  readonly message?: string;
  readonly value?: number;
  readonly sampleCount?: number;
}

let world: MemoryOperator;

function indicatorIn(): IndicatorStatus {
  const status = liveIn(world, 'modelrisks', 'credit')['status'] as { readonly indicators?: readonly IndicatorStatus[] } | undefined;
  return status?.indicators?.[0] ?? {};
}

/** Reads the operator sent of this kind, by verb. */
function readsOf(resource: string): readonly string[] {
  return world.api.requests.filter((request) => request.resource === resource).map(({ verb }) => verb);
}

async function start(
  signal: Readonly<Record<string, unknown>>,
  changes: Parameters<typeof applyClusterModelTo>[2] = {},
  timing: { readonly watchSilenceMs?: number } = {},
): Promise<void> {
  world = await startMemoryOperator((api) => {
    applyClusterModelTo(api, signal, changes);
  }, timing);
  await world.pass(3);
}

afterEach(() => world.stop());

describe('a model whose replicas become unready', () => {
  it('is capped while they are, and given back when they are well', async () => {
    // Only what was heard after a stage came into force counts for leaving it.
    await start(unready, { indicator: { threshold: { direction: 'Above', breach: 25, clear: 0 } } }, { watchSilenceMs: 2000 });
    expect(indicatorIn()).toMatchObject({ verdict: 'Ok', value: 0, sampleCount: 2 });
    memoryDeployment(world.api, { ready: 1 });
    await world.passUntil('capped', () => shareIn(world) === 10);
    expect(indicatorIn()).toMatchObject({ verdict: 'Breach', value: 50 });
    expect(indicatorIn().message).toContain('Deployment credit-v2 has 1 of 2 replicas ready');
    const [incident] = world.api.list('riskincidents') as unknown as readonly KubeObject[];
    expect(JSON.stringify(incident?.['spec'])).toContain('Deployment credit-v2 has 1 of 2 replicas ready');
    memoryDeployment(world.api);
    await untilGivenBack(world);
    expect(phaseOf(planIn(world))).toBe('Idle');
    expect(entriesOf(incident as KubeObject).length).toBeGreaterThan(0);
  });

  it('stays capped when its owner points somewhere else: an engagement keeps what it began on', async () => {
    await start(unready, {}, { watchSilenceMs: 2000 });
    const stages = [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }];
    world.api.apply('mitigationplans', memoryPlan({ stages }));
    memoryDeployment(world.api, { ready: 1 });
    await world.passUntil('capped', () => shareIn(world) === 10);
    memoryDeployment(world.api, { name: 'sound' });
    const risk = clusterRisk() as { readonly spec: object };
    const workloadRefs = [{ group: 'apps', kind: 'Deployment', name: 'sound' }];
    world.api.apply('modelrisks', { ...risk, spec: { ...risk.spec, workloadRefs } });
    await world.passUntil('read', () => indicatorIn().verdict === 'Ok');
    await world.pass(60);
    expect(shareIn(world)).toBe(10);
    memoryDeployment(world.api);
    await untilGivenBack(world);
  });

  it('has no data while it is scaled to nothing, and nothing moves', async () => {
    await start(unready);
    memoryDeployment(world.api, { replicas: 0, ready: 0 });
    await world.pass(30);
    expect(indicatorIn()).toMatchObject({ verdict: 'NoData' });
    expect(indicatorIn().message).toContain('desires no replicas, so none can be ready. Scale it up');
    expect(shareIn(world)).toBe(50);
  });
});

describe('a model one of whose pods runs what nobody approved', () => {
  it('is capped when another version comes up', async () => {
    await start(unapproved);
    memoryPod(world.api, 'credit-v2-abc-3', { version: '2.4.0' });
    await world.passUntil('capped', () => shareIn(world) === 10);
    expect(indicatorIn().message).toContain('pod credit-v2-abc-3 is labelled version 2.4.0, not 2.3.0');
  });

  it('is capped when another image runs under the same version', async () => {
    const imageDigest = `sha256:${'a'.repeat(64)}`;
    await start({ workload: { measure: 'UnapprovedPods', approvedBy: ['VersionLabel', 'ImageDigest'] } }, { model: { imageDigest } });
    expect(indicatorIn()).toMatchObject({ verdict: 'Ok', sampleCount: 2 });
    memoryPod(world.api, 'credit-v2-abc-3', { digest: otherImage });
    await world.passUntil('capped', () => shareIn(world) === 10);
    expect(indicatorIn()).toMatchObject({ verdict: 'Breach', value: 1, sampleCount: 3 });
  });

  it('has no data where the ModelRisk has no digest, and says where to write it', async () => {
    await start({ workload: { measure: 'UnapprovedPods', approvedBy: ['ImageDigest'] } }, { indicator: { onNoData: 'Breach' } });
    await world.pass(20);
    expect(indicatorIn()).toMatchObject({ verdict: 'NoData' });
    expect(shareIn(world)).toBe(50);
    const ready = conditionOf(liveIn(world, 'modelrisks', 'credit'), 'Ready');
    expect(ready).toMatchObject({ status: 'False', reason: 'SignalInvalid' });
    expect(ready?.message).toContain('write the digest of the approved image');
  });
});

it('restarts that pile up are counted as they are seen', async () => {
  const breach = { threshold: { direction: 'Above', breach: 3, clear: 3 } };
  await start({ workload: { measure: 'Restarts' }, windowSeconds: 600 }, { indicator: breach });
  for (const restarts of [1, 2, 3]) memoryPod(world.api, 'credit-v2-abc-1', { restarts });
  await world.pass(5);
  expect(shareIn(world)).toBe(50);
  memoryPod(world.api, 'credit-v2-abc-1', { restarts: 4 });
  await world.passUntil('capped', () => shareIn(world) === 10);
  expect(indicatorIn().message).toContain('server of pod credit-v2-abc-1 restarted 4 times');
});

it('posture names each check that fails', async () => {
  await start({ posture: { checks: ['Replicas', 'Probes', 'NetworkPolicy'] } });
  expect(indicatorIn()).toMatchObject({ verdict: 'Breach', value: 2, sampleCount: 3 });
  expect(indicatorIn().message).toContain(
    'Probes of Deployment credit-v2: server lacks a readiness or a liveness probe; NetworkPolicy of Deployment credit-v2: no NetworkPolicy selects its pods',
  );
  expect(readsOf('pods')).toEqual([]);
  expect(readsOf('poddisruptionbudgets')).toEqual([]);
});

describe('use of requests', () => {
  const signal = { workload: { measure: 'CPUOfRequestsPercent' } };
  const indicator = { threshold: { direction: 'Above', breach: 90, clear: 80 }, staleAfterSeconds: 120 };
  const measureAt = (atMs: number, cpu: string): void => {
    for (const name of ['credit-v2-abc-1', 'credit-v2-abc-2']) memoryUsage(world.api, name, cpu, new Date(atMs).toISOString());
  };

  it('is asked for once a poll, and caps when it is too much', async () => {
    await start(signal, { indicator });
    expect(indicatorIn()).toMatchObject({ verdict: 'NoData' });
    measureAt(world.clock.nowMs(), '500m');
    await world.pass(3);
    expect(indicatorIn()).toMatchObject({ verdict: 'Ok', value: 50 });
    const before = world.api.requests.filter(({ group }) => group === 'metrics.k8s.io').length;
    await world.pass(10);
    expect(world.api.requests.filter(({ group }) => group === 'metrics.k8s.io').length - before).toBe(10);
    measureAt(world.clock.nowMs(), '950m');
    await world.passUntil('capped', () => shareIn(world) === 10);
  });

  it('is stale when the metrics server stopped, whatever it last said', async () => {
    await start(signal, { indicator });
    measureAt(world.clock.nowMs(), '500m');
    await world.passUntil('read', () => indicatorIn().verdict === 'Ok');
    await world.pass(130);
    expect(indicatorIn()).toMatchObject({ verdict: 'NoData' });
    expect(indicatorIn().message).toContain('Stale');
    expect(shareIn(world)).toBe(50);
  });
});

describe('a report', () => {
  const signal = { report: { kind: 'VulnerabilityReport' } };
  const report = (critical: number, updateTimestamp: string): object => ({
    apiVersion: 'aquasecurity.github.io/v1alpha1',
    kind: 'VulnerabilityReport',
    metadata: {
      ...{ name: 'replicaset-credit-v2-abc-server', namespace: 'lending' },
      labels: {
        'trivy-operator.resource.kind': 'ReplicaSet',
        'trivy-operator.resource.name': 'credit-v2-abc',
        'trivy-operator.container.name': 'server',
      },
    },
    report: { updateTimestamp, summary: { criticalCount: critical, highCount: 0, mediumCount: 0, lowCount: 0, unknownCount: 0 } },
  });

  it('that finds something caps, and one that is missing is no data', async () => {
    await start(signal);
    expect(indicatorIn()).toMatchObject({ verdict: 'NoData' });
    world.api.apply('vulnerabilityreports', report(2, new Date(world.clock.nowMs()).toISOString()));
    await world.passUntil('capped', () => shareIn(world) === 10);
    expect(indicatorIn().message).toContain('2 Critical in container server of Deployment credit-v2');
  });

  it('that is old is stale', async () => {
    world = await startMemoryOperator((api) => {
      applyClusterModelTo(api, signal, { indicator: { staleAfterSeconds: 3600 } });
      api.apply('vulnerabilityreports', report(2, '2026-01-01T00:00:00Z'));
    });
    await world.pass(5);
    expect(indicatorIn().message).toContain('Stale');
    expect(shareIn(world)).toBe(50);
  });

  it('of a kind the cluster lacks is no data with a sentence, and all else goes on', async () => {
    world = await startMemoryOperator((api) => {
      api.serve('vulnerabilityreports', false);
      applyClusterModelTo(api, signal);
    });
    await world.pass(5);
    expect(indicatorIn().message).toContain(
      'the cluster does not serve vulnerabilityreports.aquasecurity.github.io. Install what writes it',
    );
    expect(conditionOf(liveIn(world, 'modelrisks', 'credit'), 'Ready')).toMatchObject({ status: 'True' });
  });

  it('of policies is read from either kind that holds them', async () => {
    world = await startMemoryOperator((api) => {
      api.serve('policyreports', false);
      applyClusterModelTo(api, { report: { kind: 'PolicyReport' } });
      api.apply('reports', {
        apiVersion: 'openreports.io/v1alpha1',
        kind: 'Report',
        metadata: { name: 'a1', namespace: 'lending' },
        scope: { kind: 'Deployment', name: 'credit-v2' },
        results: [
          { policy: 'require-probes', rule: 'probes', result: 'fail', severity: 'high', timestamp: { seconds: 1_790_000_000, nanos: 0 } },
        ],
      });
      api.apply('modelrisks', clusterRisk({ staleAfterSeconds: 31_536_000 }));
    });
    await world.passUntil('capped', () => shareIn(world) === 10);
    expect(indicatorIn().message).toContain('require-probes probes of Deployment credit-v2');
  });
});

describe('watches', () => {
  it('are opened for no kind nobody reads, whatever the cluster holds', async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      memoryDeployment(api);
    });
    await world.pass(130);
    for (const kind of ['deployments', 'statefulsets', 'pods', 'networkpolicies', 'vulnerabilityreports'])
      expect(readsOf(kind)).toEqual([]);
  });

  it('are opened when a signal reads the kind, once, and closed a minute after nobody does', async () => {
    await start(unready);
    await world.pass(70);
    expect(readsOf('deployments')).toEqual(['list', 'watch']);
    expect(readsOf('statefulsets')).toEqual([]);
    world.api.apply('riskpolicies', memoryPolicy());
    world.api.apply('modelrisks', memoryRisk());
    await world.pass(65);
    world.api.apply('riskpolicies', memoryPolicy({ name: 'other' }));
    await world.pass(10);
    expect(readsOf('deployments')).toEqual(['list', 'watch']);
    applyClusterModelTo(world.api, unready);
    memoryDeployment(world.api, { ready: 0 });
    await world.passUntil('capped', () => shareIn(world) === 10);
    expect(readsOf('deployments')).toEqual(['list', 'watch', 'list', 'watch']);
  });

  it('that are refused are an error that says which role to bind, and nothing moves', async () => {
    world = await startMemoryOperator((api) => {
      api.forbid('pods');
      applyClusterModelTo(api, unapproved, { indicator: { onError: 'Breach' } });
    });
    await world.pass(30);
    expect(indicatorIn()).toMatchObject({ verdict: 'Error' });
    expect(indicatorIn().message).toContain('bind the ClusterRole modelrisk-operator-cluster-signals');
    const reachable = conditionOf(liveIn(world, 'riskpolicies', 'default'), 'ProvidersReachable');
    expect(reachable).toMatchObject({ status: 'False', message: expect.stringContaining('default/cluster') });
    expect(shareIn(world)).toBe(50);
  });
});

it('a ModelRisk that names no workloads has no data, and is told what to write', async () => {
  world = await startMemoryOperator((api) => {
    applyClusterModelTo(api, unready);
    api.apply('modelrisks', memoryRisk({ onNoData: 'Breach' }));
  });
  await world.pass(20);
  expect(indicatorIn()).toMatchObject({ verdict: 'NoData' });
  expect(conditionOf(liveIn(world, 'modelrisks', 'credit'), 'Ready')?.message).toBe(
    'indicator score-drift: its signal reads what the model runs on, and spec.workloadRefs names nothing; write its Deployment there.',
  );
  expect(shareIn(world)).toBe(50);
});
