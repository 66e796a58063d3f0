import type { Constraint, Holder, UnrecordedStep } from '../core/model/constraint.ts';
import type { FrozenReading } from '../core/model/frozen-reading.ts';
import type { Target, TargetKind } from '../core/model/target.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { JSONObject } from './json-reading.ts';
import type { JSONPatchOperation, JSONValue } from '../shared/json.ts';
import type { Result } from '../shared/result.ts';

export type { TargetKind };

/** A Kubernetes object as the watch delivered it, managedFields included. */
export type TargetObject = { readonly [key: string]: JSONValue };

export interface TargetResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  /** Whose CRDs bring the kind, in words for somebody who lacks them. */
  readonly comesWith: string;
  /**
   * The ClusterRole for kinds that are dangerous to touch: bound to nobody by default, and to the operator namespace by namespace.
   * Such a kind is read only where a plan names one. Absent: the operator may act on the kind wherever it guards.
   */
  readonly clusterRole?: string;
  /** What an object of the kind carries, with the value `"true"`, to be a target at all; others are neither listed nor watched. Absent: each may be one. */
  readonly label?: string;
  /** We do not know its fields: the server is to refuse one it does not know either, for a value it dropped would be set for ever. */
  readonly strict?: true;
  /**
   * Where the journal is kept. Absent: in annotations, in the same patch as the change. `Object`: in a TargetJournal, written and
   * acknowledged before the change, because a controller copies the annotations into what it runs. Whoever reads the object then
   * shows it with its journal, as if it were on it.
   */
  readonly journal?: 'Object';
  /** Members of `spec` too large to keep in memory that no actuator reads. */
  readonly unread?: readonly string[];
}

/**
 * What one plan asks of one target object.
 * A plan whose stage in force asks nothing of a target it has already acted on in this engagement claims it with no constraints:
 * the user's intent is back and the journal stays, so that a later stage of the same engagement may act again.
 * No claim at all ends the engagement on this object for good (the tombstone refuses it from then on).
 */
export interface Claim {
  readonly holder: Holder;
  readonly target: Target;
  readonly constraints: readonly Constraint[];
}

/** Pods as a Deployment once wanted them, or wants them now. */
export interface Revision {
  readonly revision: number;
  /** Numbers it had before users came back to it. */
  readonly earlier: readonly number[];
  /** Without the label its controller adds. */
  readonly template: { readonly [key: string]: JSONValue };
}

/** What else is known of a Deployment. */
export interface WorkloadFacts {
  readonly revisions: readonly Revision[];
  /** Who sets its replicas; null when users do. */
  readonly autoscaler: { readonly name: string; readonly minReplicas: number } | null;
}

/** Who else moves the requests of a route. */
export interface Roller {
  readonly kind: 'Rollout' | 'Canary';
  readonly name: string;
  /** `Active`: one of its steps holds and it sets the weights. `Promoted`: its Services all lead to one revision. */
  readonly state: 'Active' | 'Promoted' | 'Aborted';
  /** Services it moves requests between. */
  readonly services: readonly string[];
}

/** What the cluster says of the things a target points to; filled by the controller from its caches. */
export interface Surroundings {
  /** Failure: why it can't be said, and what to do. */
  workload(
    namespace: string,
    deployment: { readonly name: string; readonly uid: string },
  ): Result<WorkloadFacts, { readonly reason: 'RightsMissing' | 'NotRead'; readonly message: string }>;
  /** `namespace/name` of a Service to its ports; null when there is no such Service. */
  servicePorts(namespace: string, service: string): readonly number[] | null;
  readyEndpoints(namespace: string, service: string): number;
  /** Who else moves the requests of this route, in an order of their own. */
  rollersOf(kind: TargetKind, namespace: string, name: string): readonly Roller[];
}

export interface ActuationInput {
  readonly live: TargetObject;
  /**
   * All plans that hold this object now; their order never changes the result. Empty = release.
   * A holder the journal names and this list leaves out is released: claims of a plan that is gone are taken from `readJournal`.
   */
  readonly claims: readonly Claim[];
  readonly epoch: number;
  readonly nowMs: EpochMs;
  /** Who asks for a release: `operator`, or the author of a decision. */
  readonly actor: string;
  /** By uid of the plan, where it is somebody else: plans that share an object are released by different people. */
  readonly actors?: Readonly<Record<string, string>>;
  /** By uid of the plan: its steps that are not on record yet, should it be released here. Absent: nobody knows more than the journal. */
  readonly unrecorded?: Readonly<Record<string, readonly UnrecordedStep[]>>;
  readonly surroundings: Surroundings;
}

export type RefusalReason =
  | 'TargetMissing'
  /** The cluster does not know the target's kind. */
  | 'KindNotServed'
  /** The operator has no rights on such kinds here: somebody has to bind a role. */
  | 'RightsMissing'
  /** What it depends on is not in the cache yet. */
  | 'NotRead'
  | 'BackendMissing'
  | 'CandidateAbsent'
  /** Several parts of the object bear the candidate's name. */
  | 'CandidateAmbiguous'
  | 'SafeBackendNotReady'
  | 'NoSafeBackend'
  | 'FlagMissing'
  | 'VariantMissing'
  /** What keeps the flags can't be read, or not be edited without touching what is not ours. */
  | 'FlagsUnreadable'
  /** The object says of itself that nothing in it may change. */
  | 'ImmutableTarget'
  | 'MirrorPercentUnsupported'
  /** Nobody would get the copies. */
  | 'MirrorUnsupported'
  /** The operator would make a route of that name, and there is one it did not make. */
  | 'RouteNotOurs'
  /** The route has a mirror of its users' where only one may be. */
  | 'MirrorTaken'
  /** The candidate is reached by a way no cap can hold. */
  | 'UnboundedRoute'
  /** There is no such earlier revision of the workload. */
  | 'RevisionMissing'
  /** It is what users want already. */
  | 'RevisionRuns'
  /** A paused workload starts no pods of another revision. */
  | 'Paused'
  /** An autoscaler sets the replicas. */
  | 'Autoscaled'
  /** The way the object is run knows no such division, or ignores it. */
  | 'ModeUnsupported'
  /** A newer version is on its way, and until it is there nothing can be moved; or a Rollout moves the weights of this route, step by step. */
  | 'RolloutInProgress'
  /** A path or value of a patch that no patch may touch. */
  | 'PathForbidden'
  /** A path of a patch leads through a list or a plain value. */
  | 'PathUnreachable'
  | 'NewerJournal'
  | 'JournalTooLarge'
  | 'GeneratedTarget'
  /** A Rollout has no second revision that could take requests. */
  | 'AlreadyPromoted'
  /** Candidate and safe Service of a route are those of one Rollout, which leads both to what it has promoted. */
  | 'SameRevision'
  /** An update that moves all requests at once. */
  | 'UnsupportedStrategy'
  | 'TooManyBackends'
  | 'Conflicted'
  /** A tombstone says this engagement was released. */
  | 'Released'
  /** The API server refused the patch: rights or a policy (Denied), or the object would not be valid (Invalid). */
  | 'Denied'
  | 'Invalid'
  /** A leader elected after us has written here. */
  | 'NewerEpoch';

/** A claim that could not be honoured as asked; what it held before stays in force, and other claims are not touched by it. */
export interface RejectedClaim {
  readonly planUID: string;
  /** Name of the target within the plan. */
  readonly target: string;
  readonly reason: RefusalReason;
  readonly message: string;
}

/** What to send. `before` and `after` are one-line summaries for the record ("credit-v2 50 %, credit-v1 50 %"). */
export type Actuation =
  | { readonly kind: 'Unchanged'; readonly rejected: readonly RejectedClaim[]; readonly effective: string }
  | {
      readonly kind: 'Patch';
      /** Of the object (null), or of its status, where the commands of some kinds stand. That comes second: no action without its record. */
      readonly subresource: 'status' | null;
      /** The claims are not in force by this one: once it is acknowledged another must follow. */
      readonly isPartial: boolean;
      readonly operations: readonly JSONPatchOperation[];
      readonly before: string;
      readonly after: string;
      /** Latest intent of the user, for the record. */
      readonly intent: string;
      /** Fields of the object change, not its journal only. */
      readonly moves: boolean;
      /** Someone else changed a field under constraint since our last patch. */
      readonly foreignEdit: boolean;
      readonly rejected: readonly RejectedClaim[];
    }
  | { readonly kind: 'Refused'; readonly rejected: readonly RejectedClaim[] };

/** Whether the object, as the watch shows it, carries the constraints and its controllers took them. */
export type Verification =
  /** `unmet`: claims that are not in force as asked, though the object is as it should be without them. */
  | { readonly kind: 'Verified'; readonly unmet: readonly RejectedClaim[] }
  | { readonly kind: 'Waiting'; readonly message: string }
  | { readonly kind: 'Failed'; readonly reason: string; readonly message: string };

/** What the record of an engagement lacked when that ended: a crash before it is written must not lose it. */
export interface UnrecordedEngagement {
  /** Oldest first. */
  readonly steps: readonly UnrecordedStep[];
  /** What the last stage in force rested on. */
  readonly readings: readonly FrozenReading[];
}

export interface ReleasedEngagement {
  readonly planUID: string;
  readonly engagement: number;
  readonly actor: string;
  /** Null in journals of a build that did not know it. */
  readonly atMs: EpochMs | null;
  /** Bounded. Absent: all of its steps were on record when it ended, as far as the journal knows. */
  readonly unrecorded?: UnrecordedEngagement;
}

/** What a journal on an object says, once it was found to be ours, of this object and of a known schema. */
export type JournalReading =
  | { readonly kind: 'None' }
  | {
      readonly kind: 'Engaged';
      /** One a plan. */
      readonly holders: readonly Holder[];
      /** What each holder has in force here, as it can be passed to `plan` again. */
      readonly claims: readonly Claim[];
      /** Engagements that ended here while others went on. */
      readonly released: readonly ReleasedEngagement[];
      readonly epoch: number;
      /** It was written ahead: the object may not show all of it yet. */
      readonly pending?: true;
    }
  | { readonly kind: 'Released'; readonly actor: string; readonly engagements: readonly ReleasedEngagement[]; readonly epoch: number }
  | { readonly kind: 'NewerSchema'; readonly schemaVersion: number }
  /** Copied from another object, forged, or unreadable: reported, never obeyed. */
  | { readonly kind: 'Foreign'; readonly message: string };

/** Pure: every function maps values to values; the controller sends, reads and records. */
export interface Actuator {
  readonly targetKind: TargetKind;
  readonly resource: TargetResource;
  /** Services of this namespace whose being there and whose endpoints decide what can be done to the target. */
  servicesOf(target: Target, namespace: string): readonly string[];
  readJournal(live: TargetObject): JournalReading;
  /** The one patch that brings the object to its claims; `Refused` when nothing can be honoured and nothing was held. */
  plan(input: ActuationInput): Actuation;
  /** Judges the object as the watch shows it. `Waiting` includes "the patch is not visible yet". */
  verify(input: ActuationInput): Verification;
  /** Ways requests may come to the candidate by on this object that no constraint on the target reaches; each a sentence that says what to do. */
  uncapped(live: TargetObject, target: Target): readonly string[];
  /** Drops tombstone and epoch (the second patch of a release); null when there is nothing to drop. */
  finish(live: TargetObject): readonly JSONPatchOperation[] | null;
  /**
   * Fields of the object as Git would say what holds now, in values that can be told from the operator's, so that they stay after the
   * release. The failure is one sentence.
   */
  propose(live: TargetObject): Result<JSONObject, string>;
  /** Gives up the ownership a patch took (managedFields entries of our manager); null when there is none. */
  disown(live: TargetObject, manager: string): readonly JSONPatchOperation[] | null;
}
