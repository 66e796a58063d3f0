import type { Cancel, Clock, EpochMs } from '../shared/clock.ts';
import type { APIFailure, WriteFailure } from './api-failure.ts';
import type { Random } from './backoff.ts';
import type { Fence } from './fenced-client.ts';
import type { KubeObject, NewObject, ObjectReference } from './kube-object.ts';
import { microTime } from './micro-time.ts';
import { createResourceClient } from './resource-client.ts';
import type { ResourceClient } from './resource-client.ts';
import type { Result } from '../shared/result.ts';
import type { Transport } from './transport.ts';

/**
 * coordination.k8s.io/v1
 * @internal
 */
export type LeaseObject = KubeObject & {
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
};

const epochAnnotation = 'modelrisk.dev/epoch';

type LeaseLossReason = 'Expired' | 'TakenOver' | 'Deleted';

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
  readonly transport: Transport;
  readonly lease: ObjectReference;
  readonly fieldManager: string;
  /** Fresh for each process. */
  readonly identity: string;
  readonly leaseSeconds: number;
  /** At most a third of `leaseSeconds`, so that two renewals may fail. */
  readonly renewSeconds: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Highest epoch found on any target at sync; asked when acquiring. */
  readonly highestEpochSeen: () => number;
  /** Called when the kind of state, the holder or the epoch changes (not at each renewal). */
  readonly onState: (state: LeaseState) => void;
  /** A request about the Lease failed; the elector goes on by itself. */
  readonly onFailure: (failure: WriteFailure) => void;
}

export interface LeaseElector extends Fence {
  /** Stands for election until lost or released. */
  start(): void;
  state(): LeaseState;
  /** Time left in which nobody else can lead, by our own monotonic clock; 0 unless held. */
  remainingMs(): number;
  /** When whoever held the lease before this process last said so, by its own clock; null: nobody did, or nobody can tell. */
  ledUntilMs(): EpochMs | null;
  /**
   * Gives the lease up (`holderIdentity: ""`) when held, stops standing otherwise. At most one request, never rejects.
   * Stop the queues first: a write under way would reach the server under the next leader.
   */
  release(): Promise<void>;
}

export function createLeaseElector(options: LeaseElectorOptions): LeaseElector {
  return new Elector(options);
}

const leaseResource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease', namespaced: true } as const;

/** The Lease as last seen, and when by our own clock its record last changed: clocks of other machines are never compared. */
interface Sighting {
  readonly lease: LeaseObject;
  readonly changedAtMs: EpochMs;
}

class Elector implements LeaseElector {
  readonly #options: LeaseElectorOptions;
  readonly #client: ResourceClient<LeaseObject>;
  #state: LeaseState = { kind: 'Starting' };
  #sighting: Sighting | null = null;
  /** Epoch of an acquisition whose answer is due or was lost, and when it was sent. */
  #claim: { readonly epoch: number; readonly sentAtMs: EpochMs } | null = null;
  #ledUntilMs: EpochMs | null = null;
  #cancelNext: Cancel = () => undefined;
  #cancelExpiry: Cancel = () => undefined;
  #stepping: Promise<void> = Promise.resolve();

  constructor(options: LeaseElectorOptions) {
    this.#options = options;
    const { transport, fieldManager, renewSeconds } = options;
    this.#client = createResourceClient({
      transport,
      resource: leaseResource,
      fieldManager,
      pool: 'Lease',
      timeoutMs: renewSeconds * 1000,
    });
  }

  start(): void {
    if (this.#state.kind === 'Starting') this.#next(0);
  }

  state(): LeaseState {
    return this.#state;
  }

  remainingMs(): number {
    if (this.#state.kind !== 'Held') return 0;
    return Math.max(0, this.#state.renewedAtMs + this.#options.leaseSeconds * 1000 - this.#options.clock.nowMs());
  }

  ledUntilMs(): EpochMs | null {
    return this.#ledUntilMs;
  }

  async release(): Promise<void> {
    this.#cancelNext();
    this.#cancelExpiry();
    if (this.#over()) return;
    this.#become({ kind: 'Released' });
    // A renewal or acquisition under way would otherwise overtake the release and hold the Lease for nobody.
    await this.#stepping;
    const lease = this.#sighting?.lease;
    if (lease?.spec.holderIdentity !== this.#options.identity) return;
    const answer = await this.#client.replace({
      ...lease,
      spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(this.#options.clock.nowMs()) },
    });
    if (!answer.ok) this.#options.onFailure(answer.failure);
  }

  #next(delayMs: number): void {
    this.#cancelNext();
    this.#cancelNext = this.#options.clock.after(delayMs, () => {
      this.#stepping = this.#step();
    });
  }

  async #step(): Promise<void> {
    if (this.#over()) return;
    const delayMs = this.#state.kind === 'Held' ? await this.#renew() : await this.#stand();
    if (!this.#over()) this.#next(delayMs);
  }

  /** Looks at the Lease and takes it if it is free. Returns when to act again. */
  async #stand(): Promise<number> {
    const seen = await this.#client.get(this.#options.lease);
    if (!seen.ok && seen.failure.kind !== 'NotFound') return this.#failed(seen.failure);
    if (seen.ok) this.#sight(seen.value);
    const wonBefore = this.#adoptClaim();
    if (wonBefore) return this.#renewMs();
    const waitMs = seen.ok ? this.#occupiedForMs(seen.value) : 0;
    if (waitMs > 0) {
      this.#become({ kind: 'Waiting', holder: this.#sighting?.lease.spec.holderIdentity ?? null });
      return Math.min(this.#renewMs(), waitMs);
    }
    if (!this.#over()) await this.#acquire(seen.ok ? seen.value : null);
    return this.#state.kind === 'Held' ? this.#renewMs() : this.#retryMs();
  }

  async #acquire(free: LeaseObject | null): Promise<void> {
    const { clock, lease, identity, leaseSeconds, highestEpochSeen } = this.#options;
    const sentAtMs = clock.nowMs();
    const epoch = 1 + Math.max(epochOf(free), highestEpochSeen());
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds: leaseSeconds,
      acquireTime: microTime(sentAtMs),
      renewTime: microTime(sentAtMs),
      leaseTransitions: (free?.spec.leaseTransitions ?? 0) + 1,
    };
    this.#claim = { epoch, sentAtMs };
    this.#ledUntilMs = instantIn(free?.spec.renewTime);
    const answer = await (free === null
      ? this.#client.create(newLease(lease, epoch, spec))
      : this.#client.replace({
          ...free,
          metadata: { ...free.metadata, annotations: { ...free.metadata.annotations, [epochAnnotation]: String(epoch) } },
          spec,
        }));
    if (answer.ok) {
      this.#sight(answer.value);
      this.#adoptClaim();
      return;
    }
    if (!mayHaveLanded(answer.failure)) this.#claim = null;
    if (answer.failure.kind !== 'Conflict') this.#options.onFailure(answer.failure);
  }

  /** True when the Lease carries our claim: the acquisition landed, even if its answer was lost. */
  #adoptClaim(): boolean {
    const claim = this.#claim;
    const lease = this.#sighting?.lease;
    if (claim === null || lease?.spec.holderIdentity !== this.#options.identity || epochOf(lease) !== claim.epoch) return false;
    this.#claim = null;
    if (this.#over()) return false;
    this.#hold(claim.epoch, claim.sentAtMs);
    return true;
  }

  /** Counts from when the request was sent: whoever waits saw the change later than that. */
  #hold(epoch: number, renewedAtMs: EpochMs): void {
    this.#become({ kind: 'Held', epoch, renewedAtMs });
    this.#cancelExpiry();
    this.#cancelExpiry = this.#options.clock.after(this.remainingMs(), () => {
      this.#lose('Expired');
    });
  }

  async #renew(): Promise<number> {
    if (this.#state.kind !== 'Held' || this.#sighting === null) return 0;
    const { epoch } = this.#state;
    const { lease } = this.#sighting;
    const sentAtMs = this.#options.clock.nowMs();
    const answer = await this.#client.replace({ ...lease, spec: { ...lease.spec, renewTime: microTime(sentAtMs) } });
    // Even when released meanwhile: the release needs the newest resourceVersion.
    if (answer.ok) this.#sight(answer.value);
    if (this.#over()) return 0;
    if (answer.ok) {
      this.#hold(epoch, sentAtMs);
      return this.#renewMs();
    }
    if (answer.failure.kind === 'NotFound') this.#lose('Deleted');
    else if (answer.failure.kind === 'Conflict') await this.#lookAgain(epoch);
    else return this.#failed(answer.failure);
    return this.#retryMs();
  }

  /** Someone wrote the Lease since our last answer: a successor, or ourselves with a renewal whose answer was lost. */
  async #lookAgain(epoch: number): Promise<void> {
    const seen: Result<LeaseObject, APIFailure> = await this.#client.get(this.#options.lease);
    if (this.#over()) return;
    if (!seen.ok) {
      if (seen.failure.kind === 'NotFound') this.#lose('Deleted');
      else this.#options.onFailure(seen.failure);
    } else if (seen.value.spec.holderIdentity !== this.#options.identity || epochOf(seen.value) !== epoch) {
      this.#lose('TakenOver');
    } else {
      this.#sight(seen.value);
    }
  }

  #sight(lease: LeaseObject): void {
    const known = this.#sighting?.lease;
    const same = known !== undefined && known.metadata.uid === lease.metadata.uid && sameRecord(known.spec, lease.spec);
    this.#sighting = { lease, changedAtMs: same && this.#sighting !== null ? this.#sighting.changedAtMs : this.#options.clock.nowMs() };
  }

  /** How much longer the holder must be respected; 0 when the Lease is free. */
  #occupiedForMs(lease: LeaseObject): number {
    const { holderIdentity, leaseDurationSeconds } = lease.spec;
    if (holderIdentity === undefined || holderIdentity === '' || this.#sighting === null) return 0;
    const leaseMs = (leaseDurationSeconds ?? this.#options.leaseSeconds) * 1000;
    return Math.max(0, this.#sighting.changedAtMs + leaseMs - this.#options.clock.nowMs());
  }

  #failed(failure: WriteFailure): number {
    this.#options.onFailure(failure);
    const askedMs = failure.kind === 'Throttled' ? (failure.retryAfterMs ?? 0) : 0;
    // A server that asks for more patience than the lease has would make us lose it.
    return Math.max(this.#retryMs(), Math.min(askedMs, this.#renewMs()));
  }

  #lose(reason: LeaseLossReason): void {
    if (this.#over()) return;
    this.#cancelNext();
    this.#cancelExpiry();
    this.#become({ kind: 'Lost', reason });
  }

  #become(state: LeaseState): void {
    const before = this.#state;
    this.#state = state;
    if (!sameState(before, state)) this.#options.onState(state);
  }

  #over(): boolean {
    return this.#state.kind === 'Lost' || this.#state.kind === 'Released';
  }

  #renewMs(): number {
    return this.#options.renewSeconds * 1000;
  }

  /** Sooner than a renewal, and spread: two electors must not collide for ever. */
  #retryMs(): number {
    return Math.round(this.#renewMs() * (0.25 + this.#options.random() / 4));
  }
}

function newLease(lease: ObjectReference, epoch: number, spec: LeaseObject['spec']): NewObject<LeaseObject> {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: lease.name,
      ...(lease.namespace === null ? {} : { namespace: lease.namespace }),
      annotations: { [epochAnnotation]: String(epoch) },
    },
    spec,
  };
}

function instantIn(text: string | undefined): EpochMs | null {
  const atMs = Date.parse(text ?? '');
  return Number.isNaN(atMs) ? null : atMs;
}

/** 0 for none, and for one that is not ours to read: the epochs on the targets then decide. */
function epochOf(lease: LeaseObject | null): number {
  const text = lease?.metadata.annotations?.[epochAnnotation] ?? '';
  return /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : 0;
}

function sameRecord(left: LeaseObject['spec'], right: LeaseObject['spec']): boolean {
  return left.holderIdentity === right.holderIdentity && left.renewTime === right.renewTime && left.acquireTime === right.acquireTime;
}

function sameState(left: LeaseState, right: LeaseState): boolean {
  if (left.kind === 'Held' && right.kind === 'Held') return left.epoch === right.epoch;
  if (left.kind === 'Waiting' && right.kind === 'Waiting') return left.holder === right.holder;
  return left.kind === right.kind;
}

function mayHaveLanded(failure: WriteFailure): boolean {
  return (failure.kind === 'Unavailable' || failure.kind === 'Throttled') && failure.landed === 'Unknown';
}
