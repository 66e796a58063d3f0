import type {
  ContainerTemplate,
  Finding,
  Pod,
  PodContainer,
  PolicyReport,
  Severity,
  VulnerabilityReport,
  Workload,
} from '../../src/core/workload/facts.ts';
import { measureWorkloads, type ClusterState, type MeasuredWorkloads, type WorkloadMeasure } from '../../src/core/workload/measure.ts';
import { someTimeMs } from './manual-clock.ts';

export const imageDigest = `sha256:${'a'.repeat(64)}`;
export const otherDigest = `sha256:${'b'.repeat(64)}`;

const none = { cpu: null, memory: null };

export function containerTemplate(changes: Partial<ContainerTemplate> = {}): ContainerTemplate {
  return {
    name: 'server',
    image: `models/credit@${imageDigest}`,
    security: { runAsNonRoot: true, user: null },
    limits: { cpu: null, memory: 2 ** 30 },
    hasReadinessProbe: true,
    hasLivenessProbe: true,
    environment: [],
    ...changes,
  };
}

export function workload(changes: Partial<Workload> = {}): Workload {
  return {
    kind: 'Deployment',
    name: 'credit-v2',
    generation: 3,
    observedGeneration: 3,
    desired: 2,
    ready: 2,
    selector: [{ key: 'app', operator: 'In', values: ['credit-v2'] }],
    labels: { app: 'credit-v2' },
    annotations: ['internal.serving.kserve.io/logger'],
    containers: [containerTemplate()],
    sidecars: [],
    ...changes,
  };
}

export function podContainer(changes: Partial<PodContainer> = {}): PodContainer {
  return {
    name: 'server',
    requests: { cpu: 1, memory: 2 ** 30 },
    imageID: `docker.io/models/credit@${imageDigest}`,
    restarts: 0,
    endedAtMs: null,
    ...changes,
  };
}

/** One of the pods of `workload()`, a day old. */
export function pod(name: string, changes: Partial<Pod> = {}): Pod {
  return {
    name,
    uid: `uid-${name}`,
    labels: { app: 'credit-v2', 'pod-template-hash': 'abc', 'app.kubernetes.io/version': '2.3.0' },
    owner: { kind: 'ReplicaSet', name: 'credit-v2-abc' },
    isRunning: true,
    createdAtMs: someTimeMs - 86_400_000,
    requests: none,
    containers: [podContainer()],
    ...changes,
  };
}

export function vulnerabilityReport(
  counts: Partial<Readonly<Record<Severity, number>>> | null,
  changes: Partial<VulnerabilityReport> = {},
): VulnerabilityReport {
  return {
    name: 'replicaset-credit-v2-abc-server',
    owner: { kind: 'ReplicaSet', name: 'credit-v2-abc' },
    container: 'server',
    updatedAtMs: someTimeMs - 3_600_000,
    counts: counts === null ? null : { Critical: 0, High: 0, Medium: 0, Low: 0, Info: 0, Unknown: 0, ...counts },
    ...changes,
  };
}

export function finding(changes: Partial<Finding> = {}): Finding {
  return { policy: 'require-probes', rule: 'probes', result: 'Fail', severity: 'High', about: [], ...changes };
}

export function policyReport(findings: readonly Finding[], changes: Partial<PolicyReport> = {}): PolicyReport {
  return {
    name: 'a1',
    scope: { kind: 'Deployment', name: 'credit-v2' },
    updatedAtMs: someTimeMs - 60_000,
    findings,
    ...changes,
  };
}

export function clusterState(changes: Partial<ClusterState> = {}): ClusterState {
  return {
    workloads: [workload()],
    pods: [pod('a'), pod('b')],
    disruptionBudgets: [],
    networkPolicies: [],
    usage: [],
    vulnerabilityReports: [],
    policyReports: [],
    ...changes,
  };
}

export function measured(changes: Partial<MeasuredWorkloads> = {}): MeasuredWorkloads {
  return {
    references: [{ kind: 'Deployment', name: 'credit-v2' }],
    artifact: { version: '2.3.0', imageDigest: null },
    nowMs: someTimeMs,
    windowSeconds: 600,
    restartsOf: () => null,
    ...changes,
  };
}

/** The measure of that state: its value and what it names, or the cause and sentence of the gap. */
export function measureOf(measure: WorkloadMeasure, state: Partial<ClusterState> = {}, about: Partial<MeasuredWorkloads> = {}) {
  const read = measureWorkloads(measure, clusterState(state), measured(about));
  return read.ok ? read.value : read.failure;
}
