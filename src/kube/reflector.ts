import type { Clock, EpochMs } from '../shared/clock.ts';
import type { APIFailure } from './api-failure.ts';
import type { Backoff, Random } from './backoff.ts';
import type { KubeObject, ResourceType } from './kube-object.ts';
import type { StoreWriter } from './store.ts';
import type { Transport } from './transport.ts';

/** Why a watch ended: the server's time limit, our stop or replacement, or a fault. */
export type WatchEndCause = 'ServerClosed' | 'Stopped' | 'Replaced' | 'Broken' | 'Truncated';

/** Life of a reflector, for metrics and logs. `plural` names the kind. */
export type ReflectorEvent = { readonly plural: string } & (
  | { readonly kind: 'Listed'; readonly pages: number; readonly objects: number; readonly resourceVersion: string }
  /** First LIST is in the store. Once. */
  | { readonly kind: 'Synced' }
  | { readonly kind: 'WatchOpened'; readonly resourceVersion: string }
  /** The old watch was silent for too long; the new one has answered. */
  | { readonly kind: 'WatchReplaced'; readonly resourceVersion: string; readonly silentMs: number }
  | { readonly kind: 'WatchEnded'; readonly cause: WatchEndCause; readonly resourceVersion: string }
  /** 410: the next step is a LIST. */
  | { readonly kind: 'Gone'; readonly during: 'List' | 'Watch' }
  | { readonly kind: 'Failed'; readonly during: 'List' | 'Watch'; readonly failure: APIFailure; readonly retryInMs: number }
);

export interface ReflectorTiming {
  readonly pageLimit: number;
  /** A watch without a byte for this long is replaced. */
  readonly silenceMs: number;
  /** Server-side limit of one watch: drawn from [this, 2 x this]. */
  readonly watchTimeoutSeconds: number;
  readonly backoff: Backoff;
  /** The backoff starts anew after a watch lived this long. */
  readonly healthyMs: number;
  readonly headersTimeoutMs: number;
}

export const defaultReflectorTiming: ReflectorTiming = {
  pageLimit: 500,
  silenceMs: 25_000,
  watchTimeoutSeconds: 300,
  backoff: { baseMs: 800, maxMs: 30_000 },
  healthyMs: 60_000,
  headersTimeoutMs: 10_000,
};

export interface ReflectorOptions<T extends KubeObject> {
  readonly resource: ResourceType;
  /** Null: every namespace. */
  readonly namespace: string | null;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Targets need managedFields to give ownership up; all else is smaller and faster without. */
  readonly keepManagedFields: boolean;
  readonly transport: Transport;
  readonly store: StoreWriter<T>;
  readonly clock: Clock;
  readonly random: Random;
  readonly observe: (event: ReflectorEvent) => void;
  readonly timing: ReflectorTiming;
}

/** Keeps a store equal to the API server's objects of one kind. */
export interface Reflector {
  start(): void;
  /** Ends every watch and pending delay; nothing is sent after it resolved. */
  stop(): Promise<void>;
  /** The first LIST is in the store. */
  synced(): boolean;
  /** Resolves when synced, or when stopped before. */
  whenSynced(): Promise<void>;
  /** Last time the server sent anything (a page, an event, a bookmark, headers); null before. Readiness and holds judge staleness by it. */
  heardAtMs(): EpochMs | null;
}

export function createReflector<T extends KubeObject>(_options: ReflectorOptions<T>): Reflector {
  throw new Error('not built yet');
}
