import { assertNever } from '../../shared/assert-never.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { podsOf, titleOf } from './belonging.ts';
import type {
  FindingResult,
  Pod,
  PodRule,
  PodUsage,
  PolicyReport,
  Severity,
  VulnerabilityReport,
  Workload,
  WorkloadKind,
} from './facts.ts';
import { readPolicyFindings } from './policy-findings.ts';
import { readPosture, type PostureQuestion } from './posture.ts';
import { gap, type WorkloadResult } from './reading.ts';
import { readRestarts, type RestartQuestion } from './restarts.ts';
import { readUnapprovedPods, type Approval, type ApprovedArtifact } from './unapproved-pods.ts';
import { readUnreadyReplicas } from './unready-replicas.ts';
import { readUsage, type UsedResource } from './usage.ts';
import { readVulnerabilities } from './vulnerabilities.ts';

/** What is read from the state of the cluster about the workloads of a model. One member, and one line in each table here, for each. */
export type WorkloadMeasure =
  | { readonly kind: 'UnreadyReplicas' }
  | { readonly kind: 'Restarts' }
  | ({ readonly kind: 'UnapprovedPods' } & Approval)
  | { readonly kind: 'Usage'; readonly resource: UsedResource }
  | ({ readonly kind: 'Posture' } & PostureQuestion)
  | { readonly kind: 'Vulnerabilities'; readonly severities: readonly Severity[] }
  | { readonly kind: 'PolicyFindings'; readonly severities: readonly Severity[]; readonly results: readonly FindingResult[] };

export interface WorkloadReference {
  readonly kind: WorkloadKind;
  readonly name: string;
}

/** State of one namespace; what no measure asked for may be empty. */
export interface ClusterState {
  readonly workloads: readonly Workload[];
  readonly pods: readonly Pod[];
  readonly disruptionBudgets: readonly PodRule[];
  readonly networkPolicies: readonly PodRule[];
  readonly usage: readonly PodUsage[];
  readonly vulnerabilityReports: readonly VulnerabilityReport[];
  readonly policyReports: readonly PolicyReport[];
}

export interface MeasuredWorkloads {
  readonly references: readonly WorkloadReference[];
  readonly artifact: ApprovedArtifact;
  readonly nowMs: EpochMs;
  readonly windowSeconds: number;
  readonly restartsOf: RestartQuestion['historyOf'];
}

/** Pure and total: state that can't be used comes back as a gap with its cause and remedy, never as a throw, never as a value. */
export function measureWorkloads(measure: WorkloadMeasure, state: ClusterState, about: MeasuredWorkloads): WorkloadResult {
  if (about.references.length === 0) return gap('Empty', 'the ModelRisk does not say what the model runs on', 'Write spec.workloadRefs.');
  const workloads: Workload[] = [];
  for (const reference of about.references) {
    const found = state.workloads.find(({ kind, name }) => kind === reference.kind && name === reference.name);
    if (found === undefined)
      return gap(
        'Empty',
        `${titleOf(reference)} does not exist in the namespace of the ModelRisk`,
        'Create it, or correct spec.workloadRefs.',
      );
    workloads.push(found);
  }
  switch (measure.kind) {
    case 'UnreadyReplicas':
      return readUnreadyReplicas(workloads);
    case 'Posture':
      return readPosture(workloads, measure, state);
    case 'Vulnerabilities':
      return readVulnerabilities(workloads, state.pods, { severities: measure.severities, reports: state.vulnerabilityReports });
    case 'PolicyFindings':
      return readPolicyFindings(workloads, state.pods, { ...measure, reports: state.policyReports });
    default:
      return measurePods(measure, { workloads, state, about });
  }
}

type PodMeasure = Extract<WorkloadMeasure, { readonly kind: 'Restarts' | 'UnapprovedPods' | 'Usage' }>;

interface PodContext {
  readonly workloads: readonly Workload[];
  readonly state: ClusterState;
  readonly about: MeasuredWorkloads;
}

function measurePods(measure: PodMeasure, { workloads, state, about }: PodContext): WorkloadResult {
  const pods = workloads.flatMap((workload) => podsOf(workload, state.pods));
  const running = pods.filter(({ isRunning }) => isRunning);
  const counted: readonly Pod[] = measure.kind === 'Restarts' ? pods : running;
  if (counted.length === 0)
    return gap('Empty', `no pod of ${workloads.map(titleOf).join(', ')} runs`, 'Scale it up, or look at why its pods do not start.');
  switch (measure.kind) {
    case 'Restarts':
      return readRestarts(pods, { nowMs: about.nowMs, windowSeconds: about.windowSeconds, historyOf: about.restartsOf });
    case 'UnapprovedPods':
      return readUnapprovedPods(running, measure, about.artifact);
    case 'Usage':
      return readUsage(running, state.usage, measure.resource);
    default:
      return assertNever(measure);
  }
}
