import type { Constraint, Holder } from '../core/model/constraint.ts';
import type { Target } from '../core/model/plan.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { JSONPatchOperation, JSONValue } from '../shared/json.ts';

export type TargetKind = Target['kind'];

/** A Kubernetes object as the watch delivered it, managedFields included. */
export type TargetObject = { readonly [key: string]: JSONValue };

export interface TargetResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
}

/** What one plan asks of one target object. */
export interface Claim {
  readonly holder: Holder;
  readonly target: Target;
  readonly constraints: readonly Constraint[];
}

/** What the cluster says of the things a target points to; filled by the controller from its caches. */
export interface Surroundings {
  /** `namespace/name` of a Service to its ports; null when there is no such Service. */
  servicePorts(namespace: string, service: string): readonly number[] | null;
  readyEndpoints(namespace: string, service: string): number;
}

export interface ActuationInput {
  readonly live: TargetObject;
  /** All plans that hold this object now; their order never changes the result. Empty = release. */
  readonly claims: readonly Claim[];
  readonly epoch: number;
  readonly nowMs: EpochMs;
  /** Who asks for a release: `operator`, or the author of a decision. */
  readonly actor: string;
  readonly surroundings: Surroundings;
}

export type RefusalReason =
  | 'TargetMissing' | 'BackendMissing' | 'CandidateAbsent' | 'SafeBackendNotReady' | 'NoSafeBackend' | 'FlagMissing' | 'VariantMissing'
  | 'MirrorPercentUnsupported' | 'NewerJournal' | 'GeneratedTarget' | 'TooManyBackends' | 'Conflicted';

/** A claim that could not be honoured; the others still are. */
export interface RejectedClaim {
  readonly planUID: string;
  readonly reason: RefusalReason;
  readonly message: string;
}

/** What to send. `before` and `after` are one-line summaries for the record ("credit-v2 50 %, credit-v1 50 %"). */
export type Actuation =
  | { readonly kind: 'Unchanged'; readonly rejected: readonly RejectedClaim[]; readonly effective: string }
  | {
      readonly kind: 'Patch';
      readonly operations: readonly JSONPatchOperation[];
      readonly before: string;
      readonly after: string;
      /** Latest intent of the user, for the record. */
      readonly intent: string;
      /** Someone else changed a field under constraint since our last patch. */
      readonly foreignEdit: boolean;
      readonly rejected: readonly RejectedClaim[];
    }
  | { readonly kind: 'Refused'; readonly rejected: readonly RejectedClaim[] };

/** Whether the object, as the watch shows it, carries the constraints and its controllers took them. */
export type Verification =
  | { readonly kind: 'Verified' }
  | { readonly kind: 'Waiting'; readonly message: string }
  | { readonly kind: 'Failed'; readonly reason: string; readonly message: string };

/** What a journal on an object says, once it was found to be ours, of this object and of a known schema. */
export type JournalReading =
  | { readonly kind: 'None' }
  | { readonly kind: 'Engaged'; readonly holders: readonly Holder[]; readonly epoch: number }
  | { readonly kind: 'Released'; readonly actor: string; readonly engagements: readonly { readonly planUID: string; readonly engagement: number }[]; readonly epoch: number }
  | { readonly kind: 'NewerSchema'; readonly schemaVersion: number }
  /** Copied from another object, forged, or unreadable: reported, never obeyed. */
  | { readonly kind: 'Foreign'; readonly message: string };

/** Pure: every function maps values to values; the controller sends, reads and records. */
export interface Actuator {
  readonly targetKind: TargetKind;
  readonly resource: TargetResource;
  readJournal(live: TargetObject): JournalReading;
  plan(input: ActuationInput): Actuation;
  verify(input: ActuationInput): Verification;
  /** Drops tombstone and epoch (the second patch of a release); null when there is nothing to drop. */
  finish(live: TargetObject): readonly JSONPatchOperation[] | null;
  /** Gives up the ownership a patch took (managedFields entries of our manager); null when there is none. */
  disown(live: TargetObject, manager: string): readonly JSONPatchOperation[] | null;
}
