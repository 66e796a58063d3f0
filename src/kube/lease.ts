import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Random } from './backoff.ts';
import type { Fence } from './fenced-client.ts';
import type { KubeObject, ObjectReference } from './kube-object.ts';
import type { ResourceClient } from './resource-client.ts';

/** coordination.k8s.io/v1 */
export type LeaseObject = KubeObject & {
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    /** RFC 3339 with exactly six digits of fraction: the server refuses three. */
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
};

export const epochAnnotation = 'modelrisk.dev/epoch';

export type LeaseLossReason = 'Expired' | 'TakenOver' | 'Deleted';

export type LeaseState =
  /** Not started, or nothing seen yet. */
  | { readonly kind: 'Starting' }
  /** `holder` is null when the Lease is free or missing. */
  | { readonly kind: 'Waiting'; readonly holder: string | null }
  | { readonly kind: 'Held'; readonly epoch: number; readonly renewedAtMs: EpochMs }
  /** Final: one elector leads at most once, a new process stands again. */
  | { readonly kind: 'Lost'; readonly reason: LeaseLossReason }
  | { readonly kind: 'Released' };

export interface LeaseElectorOptions {
  readonly client: ResourceClient<LeaseObject>;
  readonly lease: ObjectReference;
  /** Fresh for each process. */
  readonly identity: string;
  readonly leaseSeconds: number;
  readonly renewSeconds: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Highest epoch found on any target at sync; asked when acquiring. */
  readonly highestEpochSeen: () => number;
  readonly onState: (state: LeaseState) => void;
}

export interface LeaseElector extends Fence {
  /** Stands for election until released. */
  start(): void;
  state(): LeaseState;
  /** Time left in which nobody else can lead, by our own monotonic clock; 0 unless held. */
  remainingMs(): number;
  /** Gives the lease up (`holderIdentity: ""`) when held, stops standing otherwise. At most one request. */
  release(): Promise<void>;
}

export function createLeaseElector(_options: LeaseElectorOptions): LeaseElector {
  throw new Error('not built yet');
}
