import type { EpochMs } from '../../shared/clock.ts';

/** What the cluster says of what a model runs on: only what some measure reads. */

/** Null: not written. Cores, and bytes. */
export interface Resources {
  readonly cpu: number | null;
  readonly memory: number | null;
}

export interface ContainerTemplate {
  readonly name: string;
  readonly image: string;
  /** Of the container, or else of its pod; `user` 0 is root. */
  readonly security: { readonly runAsNonRoot: boolean | null; readonly user: number | null };
  readonly limits: Resources;
  readonly hasReadinessProbe: boolean;
  readonly hasLivenessProbe: boolean;
  /** Names only: values may be secrets. */
  readonly environment: readonly string[];
}

export interface SelectorTerm {
  readonly key: string;
  /** `In`, `NotIn`, `Exists`, `DoesNotExist`; any other selects nothing. */
  readonly operator: string;
  readonly values: readonly string[];
}

/** All terms hold; without any it selects everything. */
export type Selector = readonly SelectorTerm[];

export type Labels = Readonly<Record<string, string>>;

export type WorkloadKind = 'Deployment' | 'StatefulSet';

export interface Workload {
  readonly kind: WorkloadKind;
  readonly name: string;
  readonly generation: number;
  /** Null: its controller has not reported yet. */
  readonly observedGeneration: number | null;
  readonly desired: number;
  readonly ready: number;
  readonly selector: Selector;
  readonly labels: Labels;
  /** Keys of annotations, of the object and of its pods. */
  readonly annotations: readonly string[];
  readonly containers: readonly ContainerTemplate[];
  /** Those that run beside the others though written among the init containers. */
  readonly sidecars: readonly ContainerTemplate[];
}

export interface Owner {
  readonly kind: string;
  readonly name: string;
}

export interface PodContainer {
  readonly name: string;
  readonly requests: Resources;
  /** As the node reports it; null while it has not. */
  readonly imageID: string | null;
  readonly restarts: number;
  /** When it last ended, where that led to a restart. */
  readonly endedAtMs: EpochMs | null;
}

export interface Pod {
  readonly name: string;
  readonly uid: string;
  readonly labels: Labels;
  readonly owner: Owner | null;
  /** In phase Running and not being deleted. */
  readonly isRunning: boolean;
  readonly createdAtMs: EpochMs;
  /** Requests of the pod as a whole; null parts follow from its containers. */
  readonly requests: Resources;
  readonly containers: readonly PodContainer[];
}

/** A disruption budget or network policy. Null selects nothing. */
export interface PodRule {
  readonly name: string;
  readonly selector: Selector | null;
}

export interface PodUsage {
  readonly pod: string;
  readonly atMs: EpochMs;
  readonly cpu: number;
  readonly memory: number;
}

export type Severity = 'Critical' | 'High' | 'Medium' | 'Low' | 'Info' | 'Unknown';

/** What a scanner found in one container; null: the report can't be read. */
export interface VulnerabilityReport {
  readonly name: string;
  readonly owner: Owner;
  readonly container: string;
  readonly updatedAtMs: EpochMs | null;
  readonly counts: Readonly<Record<Severity, number>> | null;
}

export type FindingResult = 'Pass' | 'Fail' | 'Warn' | 'Error' | 'Skip';

export interface Finding {
  readonly policy: string;
  readonly rule: string;
  /** Null: a word nobody knows. */
  readonly result: FindingResult | null;
  readonly severity: Severity | null;
  /** Empty: what the report as a whole is about. */
  readonly about: readonly Owner[];
}

export interface PolicyReport {
  readonly name: string;
  readonly scope: Owner | null;
  /** Of its newest result, else of the report itself. */
  readonly updatedAtMs: EpochMs | null;
  readonly findings: readonly Finding[];
}

/** Restarts of one container since it was first seen, for those that had restarted before or have since. */
export interface RestartHistory {
  /** Restarts that happened before anybody looked. */
  readonly unseen: number;
  /** None of those was later. */
  readonly unseenUntilMs: EpochMs;
  /** When the last of those was; null when not known. */
  readonly lastUnseenAtMs: EpochMs | null;
  /** Newest last. */
  readonly seenAtMs: readonly EpochMs[];
}
