import type { Pod, PodRule, PodUsage, PolicyReport, RestartHistory, VulnerabilityReport, Workload } from '../../core/workload/facts.ts';
import type { EpochMs } from '../../shared/clock.ts';
import type { Result } from '../../shared/result.ts';

/** What is kept of the objects of each kind. */
export interface ClusterFacts {
  readonly Deployment: Workload;
  readonly StatefulSet: Workload;
  readonly Pod: Pod;
  readonly PodDisruptionBudget: PodRule;
  readonly NetworkPolicy: PodRule;
  readonly VulnerabilityReport: VulnerabilityReport;
  readonly PolicyReport: PolicyReport;
  /** Of openreports.io, the successor of PolicyReport. */
  readonly Report: PolicyReport;
}

export type ClusterKind = keyof ClusterFacts;

/** What is known of the objects of one kind in one namespace. */
export type Sight<Fact> =
  /** Nothing newer than `heardAtMs` is known to be missing. */
  | { readonly kind: 'Seen'; readonly facts: readonly Fact[]; readonly heardAtMs: EpochMs }
  /** The cluster has no such kind. */
  | { readonly kind: 'NotServed'; readonly resource: string }
  | Blind;

/** It could not be read: a sentence without its full stop, and one that says what to do. */
export interface Blind {
  readonly kind: 'Blind';
  readonly message: string;
  readonly remedy: string;
}

/** The state of the cluster, as far as signals ask for it. Nothing is watched before it is asked for. */
export interface ClusterReader {
  /** Begins to watch what is not watched yet; resolves when everything was read once, or can't be for now. Never rejects. */
  open(kinds: readonly ClusterKind[], abort: AbortSignal): Promise<void>;
  read<Kind extends ClusterKind>(kind: Kind, namespace: string): Sight<ClusterFacts[Kind]>;
  /** Of a pod as `read` gave it; null: the container was never seen to have restarted. */
  restartsOf(pod: Pod, container: string): RestartHistory | null;
  /** Asks the metrics API, which can't be watched. */
  usageIn(namespace: string, abort: AbortSignal): Promise<Result<readonly PodUsage[], Exclude<Sight<PodUsage>, { readonly kind: 'Seen' }>>>;
}
