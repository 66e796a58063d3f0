import { describe, expect, it } from '@jest/globals';
import { controllerOf, toPod, toPodUsage } from '../../../../src/signals/cluster/pod-fact.ts';
import { toPolicyReport, toVulnerabilityReport } from '../../../../src/signals/cluster/report-fact.ts';
import { toDisruptionBudget, toNetworkPolicy, toSelector } from '../../../../src/signals/cluster/selector-fact.ts';
import { toWorkload } from '../../../../src/signals/cluster/workload-fact.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('a Deployment', () => {
  const object = {
    metadata: { name: 'credit-v2', generation: 4, annotations: { 'internal.serving.kserve.io/logger': 'true' } },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'credit' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
      template: {
        metadata: { labels: { app: 'credit' }, annotations: { scraped: 'yes' } },
        spec: {
          securityContext: { runAsNonRoot: true, runAsUser: 1000 },
          initContainers: [{ name: 'fetch' }, { name: 'proxy', restartPolicy: 'Always' }],
          containers: [
            {
              name: 'server',
              image: `models/credit@${digest}`,
              securityContext: { runAsNonRoot: false },
              resources: { limits: { memory: '1Gi' } },
              readinessProbe: {},
              env: [{ name: 'LOG', value: 'secret' }, { valueFrom: {} }],
            },
          ],
        },
      },
    },
    status: { observedGeneration: 4, readyReplicas: 2 },
  };

  it('is cut to what is read, the container before its pod', () => {
    expect(toWorkload('Deployment')(object)).toEqual({
      kind: 'Deployment',
      name: 'credit-v2',
      generation: 4,
      observedGeneration: 4,
      desired: 3,
      ready: 2,
      selector: [
        { key: 'app', operator: 'In', values: ['credit'] },
        { key: 'tier', operator: 'Exists', values: [] },
      ],
      labels: { app: 'credit' },
      annotations: ['internal.serving.kserve.io/logger', 'scraped'],
      containers: [
        {
          name: 'server',
          image: `models/credit@${digest}`,
          security: { runAsNonRoot: false, user: 1000 },
          limits: { cpu: null, memory: 2 ** 30 },
          hasReadinessProbe: true,
          hasLivenessProbe: false,
          environment: ['LOG', ''],
        },
      ],
      sidecars: [expect.objectContaining({ name: 'proxy', security: { runAsNonRoot: true, user: 1000 } })],
    });
  });

  it('keeps no value of an environment variable', () => {
    expect(JSON.stringify(toWorkload('Deployment')(object))).not.toContain('secret');
  });

  it('wants one replica where it says nothing, and none where it says 0', () => {
    expect(toWorkload('StatefulSet')({ spec: {} }).desired).toBe(1);
    expect(toWorkload('StatefulSet')({ spec: { replicas: 0 } }).desired).toBe(0);
  });
});

describe('a pod', () => {
  const object = {
    metadata: {
      ...{ name: 'credit-1', uid: 'u1', creationTimestamp: '2026-06-01T12:00:00Z', labels: { app: 'credit' } },
      ownerReferences: [
        { kind: 'Audit', name: 'x' },
        { kind: 'ReplicaSet', name: 'credit-v2-abc', controller: true },
      ],
    },
    spec: {
      initContainers: [{ name: 'proxy', restartPolicy: 'Always', resources: { requests: { cpu: '50m' } } }],
      containers: [
        { name: 'server', resources: { requests: { cpu: '1', memory: '1Gi' } }, env: [{ name: 'A', value: 'b'.repeat(100_000) }] },
      ],
    },
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          ...{ name: 'server', imageID: `models/credit@${digest}`, restartCount: 3 },
          lastState: { terminated: { finishedAt: '2026-06-01T12:30:00Z' } },
        },
      ],
      initContainerStatuses: [{ name: 'proxy', restartCount: 1, imageID: '' }],
    },
  };

  it('is cut to what is read, sidecars among its containers', () => {
    expect(toPod(object)).toEqual({
      name: 'credit-1',
      uid: 'u1',
      labels: { app: 'credit' },
      owner: { kind: 'ReplicaSet', name: 'credit-v2-abc' },
      isRunning: true,
      createdAtMs: Date.parse('2026-06-01T12:00:00Z'),
      requests: { cpu: null, memory: null },
      containers: [
        {
          name: 'server',
          requests: { cpu: 1, memory: 2 ** 30 },
          imageID: `models/credit@${digest}`,
          restarts: 3,
          endedAtMs: Date.parse('2026-06-01T12:30:00Z'),
        },
        { name: 'proxy', requests: { cpu: 0.05, memory: null }, imageID: null, restarts: 1, endedAtMs: null },
      ],
    });
    expect(JSON.stringify(toPod(object)).length).toBeLessThan(1000);
  });

  it.each([
    ['being deleted', { metadata: { deletionTimestamp: 'now' }, status: { phase: 'Running' } }],
    ['pending', { status: { phase: 'Pending' } }],
    ['done', { status: { phase: 'Succeeded' } }],
  ])('that is %s does not run', (_what, changes) => {
    expect(toPod(changes).isRunning).toBe(false);
  });

  it('uses what its containers use together, at the time of the metrics', () => {
    const containers = [{ usage: { cpu: '100m', memory: '1Ki' } }, { usage: { cpu: '5000000n', memory: '1Ki' } }];
    expect(toPodUsage({ metadata: { name: 'a' }, timestamp: '2026-06-01T12:00:00Z', containers })).toEqual({
      pod: 'a',
      atMs: Date.parse('2026-06-01T12:00:00Z'),
      cpu: expect.closeTo(0.105, 12),
      memory: 2048,
    });
  });

  it.each([[[]], ['none'], [undefined]])('regression: without containers uses no known amount, and not nothing: %j', (containers) => {
    expect(toPodUsage({ metadata: { name: 'a' }, timestamp: '2026-06-01T12:00:00Z', containers })).toMatchObject({ cpu: NaN, memory: NaN });
  });

  it('without a controller belongs to nobody', () => {
    expect(controllerOf({ metadata: { ownerReferences: [{ kind: 'ReplicaSet', name: 'x' }] } })).toBeNull();
  });
});

describe('selectors', () => {
  it('of a budget without one select nothing, of a NetworkPolicy everything', () => {
    expect(toDisruptionBudget({ metadata: { name: 'a' }, spec: {} })).toEqual({ name: 'a', selector: null });
    expect(toDisruptionBudget({ spec: { selector: {} } }).selector).toEqual([]);
    expect(toNetworkPolicy({ metadata: { name: 'a' }, spec: {} })).toEqual({ name: 'a', selector: [] });
    expect(toSelector('app=credit')).toBeNull();
  });
});

describe('a report of the Trivy operator', () => {
  const summary = { criticalCount: 2, highCount: 3, mediumCount: 5, lowCount: 7, unknownCount: 1, noneCount: 4 };
  const labels = {
    'trivy-operator.resource.kind': 'ReplicaSet',
    'trivy-operator.resource.name': 'credit-v2-abc',
    'trivy-operator.container.name': 'server',
  };
  const report = { summary, updateTimestamp: '2026-06-01T12:00:00Z', vulnerabilities: [{ severity: 'CRITICAL' }] };

  it('is about its controller, else what its labels say', () => {
    const read = toVulnerabilityReport({ metadata: { name: 'r', labels }, report });
    expect(read).toEqual({
      name: 'r',
      owner: { kind: 'ReplicaSet', name: 'credit-v2-abc' },
      container: 'server',
      updatedAtMs: Date.parse('2026-06-01T12:00:00Z'),
      counts: { Critical: 2, High: 3, Medium: 5, Low: 7, Info: 0, Unknown: 1 },
    });
    const ownerReferences = [{ kind: 'StatefulSet', name: 'credit', controller: true }];
    expect(toVulnerabilityReport({ metadata: { labels, ownerReferences }, report }).owner).toEqual({ kind: 'StatefulSet', name: 'credit' });
  });

  it('whose name is too long for a label has it in an annotation', () => {
    const { 'trivy-operator.resource.name': name, ...rest } = labels;
    const metadata = {
      labels: { ...rest, 'trivy-operator.resource.name-hash': 'x' },
      annotations: { 'trivy-operator.resource.name': name },
    };
    expect(toVulnerabilityReport({ metadata, report }).owner.name).toBe('credit-v2-abc');
  });
});

describe('a policy report', () => {
  const result = { policy: 'p', rule: 'r', result: 'fail', severity: 'high', timestamp: { seconds: 1_780_000_000, nanos: 0 } };

  it('is as old as its newest result', () => {
    const results = [result, { ...result, timestamp: { seconds: 1_780_000_100, nanos: 5 } }];
    expect(toPolicyReport({ metadata: { name: 'a', creationTimestamp: '2020-01-01T00:00:00Z' }, results }).updatedAtMs).toBe(
      1_780_000_100_000,
    );
    expect(toPolicyReport({ metadata: { creationTimestamp: '2026-06-01T12:00:00Z' } }).updatedAtMs).toBe(
      Date.parse('2026-06-01T12:00:00Z'),
    );
  });

  it('is about its scope, else its owner, and a result about what it lists', () => {
    const ownerReferences = [{ kind: 'Pod', name: 'a' }];
    expect(toPolicyReport({ metadata: { ownerReferences }, scope: { kind: 'Deployment', name: 'd' } }).scope).toEqual({
      kind: 'Deployment',
      name: 'd',
    });
    expect(toPolicyReport({ metadata: { ownerReferences } }).scope).toEqual({ kind: 'Pod', name: 'a' });
    expect(toPolicyReport({ results: [{ ...result, resources: [{ kind: 'Pod', name: 'b', uid: 'u' }] }] })).toMatchObject({
      scope: null,
      findings: [{ policy: 'p', rule: 'r', result: 'Fail', severity: 'High', about: [{ kind: 'Pod', name: 'b' }] }],
    });
  });

  it('without a severity has an unknown one', () => {
    expect(toPolicyReport({ results: [{ ...result, severity: undefined }] }).findings[0]?.severity).toBe('Unknown');
  });
});
