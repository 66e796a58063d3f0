import type { Clock, EpochMs } from '../shared/clock.ts';
import type { APIFailure } from './api-failure.ts';
import { backoffMs } from './backoff.ts';
import type { Backoff, Random } from './backoff.ts';
import { keyOf } from './kube-object.ts';
import type { KubeObject, ResourceType } from './kube-object.ts';
import { pause } from './pause.ts';
import { createResourceClient, resourcePath } from './resource-client.ts';
import type { ListOptions, ResourceClient } from './resource-client.ts';
import { createSilenceGuard } from './silence-guard.ts';
import type { SilenceGuard } from './silence-guard.ts';
import type { StoreWriter } from './store.ts';
import type { APIRequest, APIStream, Transport } from './transport.ts';
import { kept } from './watch-decoder.ts';
import type { UsableLine } from './watch-decoder.ts';
import { failureOf, goneFailure, needsList } from './watch-failure.ts';
import { readWatch } from './watch-reader.ts';
import type { WatchEnd } from './watch-reader.ts';

/** Why a watch ended. `ServerError`: a Status inside the stream. */
type WatchEndCause = WatchEnd['kind'] | 'Stopped' | 'Replaced' | 'Gone';

/** Life of a reflector, for metrics and logs. `plural` names the kind. */
export type ReflectorEvent = { readonly plural: string } & ReflectorLife;

type ReflectorLife =
  | { readonly kind: 'Listed'; readonly pages: number; readonly objects: number; readonly resourceVersion: string }
  /** First LIST is in the store. Once. */
  | { readonly kind: 'Synced' }
  /** The LIST is answered with 404: the cluster does not serve the kind. Once, then silence until `Served`. */
  | { readonly kind: 'NotServed'; readonly mayBeAbsent: boolean; readonly retryInMs: number }
  /** It is there now, and its objects are in the store. */
  | { readonly kind: 'Served' }
  | { readonly kind: 'WatchOpened'; readonly resourceVersion: string }
  /** The old watch was silent for too long; the new one has answered. */
  | { readonly kind: 'WatchReplaced'; readonly resourceVersion: string; readonly silentMs: number }
  | { readonly kind: 'WatchEnded'; readonly cause: WatchEndCause; readonly resourceVersion: string }
  /** 410: the next step is a LIST. */
  | { readonly kind: 'Gone'; readonly during: 'List' | 'Watch'; readonly retryInMs: number }
  | { readonly kind: 'Failed'; readonly during: 'List' | 'Watch'; readonly failure: APIFailure; readonly retryInMs: number };

export interface ReflectorTiming {
  readonly pageLimit: number;
  readonly listTimeoutMs: number;
  /** Wait for the headers of a watch. */
  readonly headersTimeoutMs: number;
  /** A watch without a byte for this long is replaced. */
  readonly silenceMs: number;
  /** Server-side limit of one watch: drawn from [this, 2 x this]. */
  readonly watchTimeoutSeconds: number;
  readonly backoff: Backoff;
  /** The backoff starts anew after the watch lived this long. */
  readonly healthyMs: number;
}

export const defaultReflectorTiming: ReflectorTiming = {
  pageLimit: 500,
  listTimeoutMs: 30_000,
  headersTimeoutMs: 5_000,
  silenceMs: 25_000,
  watchTimeoutSeconds: 300,
  backoff: { baseMs: 800, maxMs: 30_000 },
  healthyMs: 60_000,
};

export interface ReflectorOptions<T extends KubeObject> {
  readonly resource: ResourceType;
  /** Null: every namespace. */
  readonly namespace: string | null;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Targets need managedFields to give ownership up; all else is smaller and faster without (and without last-applied). */
  readonly keepManagedFields: boolean;
  /** What is kept of an object in the store; it stays what it is in name and version. Default: all of it. */
  readonly trim?: (object: KubeObject) => T;
  /** Another project's kind: where the cluster does not serve it there is nothing to wait for, and the empty store is the truth. */
  readonly mayBeAbsent?: boolean;
  readonly transport: Transport;
  readonly store: StoreWriter<T>;
  readonly clock: Clock;
  readonly random: Random;
  readonly observe: (event: ReflectorEvent) => void;
  readonly timing: ReflectorTiming;
}

/** Keeps a store equal to the API server's objects of one kind: paged LIST, then WATCH from where the last one ended. */
export interface Reflector {
  start(): void;
  /** Ends the watch and every pending delay; nothing is sent after it resolved. */
  stop(): Promise<void>;
  /** The first LIST is in the store, or there is none to have: the kind may be absent, and is. */
  synced(): boolean;
  /** False while the API server knows no such kind. It is asked again, slower and slower up to the longest backoff. */
  served(): boolean;
  /** Resolves when synced, or when stopped before. */
  whenSynced(): Promise<void>;
  /** Last time the server sent anything (a page, an event, a bookmark, headers); null before. Readiness and holds judge staleness by it. */
  heardAtMs(): EpochMs | null;
}

export function createReflector<T extends KubeObject>(options: ReflectorOptions<T>): Reflector {
  return new ListWatchReflector(options);
}

/** An API server that starts or reads its CRDs anew answers 404 for what is there: a kind that had objects is gone once that has lasted. */
const briefAbsenceMs = 15_000;

/** A watch that closes sooner and empty counts as a failure, else a misbehaving server is asked in a tight loop. */
const shortestWatchMs = 1_000;

/** One watch while we follow it, and what ended it from our side. */
interface FollowedWatch {
  readonly stream: APIStream;
  /** `Gone`: its replacement was refused with 410 or 404. */
  successor: APIStream | 'None' | 'Gone';
  received: boolean;
}

interface Setback {
  readonly during: 'List' | 'Watch';
  readonly failure: APIFailure;
  /** Made good at once if it is the first since all was well: a watch that broke, not a server that refuses. */
  readonly free: boolean;
}

class ListWatchReflector<T extends KubeObject> implements Reflector {
  readonly #options: ReflectorOptions<T>;
  readonly #client: ResourceClient<T>;
  readonly #stopping = new AbortController();
  readonly #firstSync: Promise<void>;
  #resolveFirstSync: () => void = () => undefined;
  #running: Promise<void> | null = null;
  #synced = false;
  #served = true;
  /** First 404 of those that go on. */
  #absentSinceMs: EpochMs = 0;
  #heardAtMs: EpochMs | null = null;
  /** Null: a LIST comes next. */
  #resourceVersion: string | null = null;
  #failures = 0;
  #watchingSinceMs: EpochMs = 0;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    const { transport, resource, timing } = options;
    this.#client = createResourceClient<T>({ transport, resource, fieldManager: '', timeoutMs: timing.listTimeoutMs });
    this.#firstSync = new Promise((resolve) => {
      this.#resolveFirstSync = resolve;
    });
  }

  start(): void {
    if (!this.#stopped()) this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#resolveFirstSync();
  }

  synced(): boolean {
    return this.#synced;
  }

  served(): boolean {
    return this.#served;
  }

  whenSynced(): Promise<void> {
    return this.#firstSync;
  }

  heardAtMs(): EpochMs | null {
    return this.#heardAtMs;
  }

  async #run(): Promise<void> {
    let stream: APIStream | null = null;
    while (!this.#stopped()) {
      if (this.#resourceVersion === null) await this.#list();
      else if (stream === null) stream = await this.#open(this.#resourceVersion);
      else stream = await this.#follow(stream);
    }
    stream?.cancel();
  }

  /** One whole LIST. A page that fails is asked for again; the store changes only when all pages are there. */
  async #list(): Promise<void> {
    const objects: T[] = [];
    let continueToken: string | null = null;
    for (let pages = 1; !this.#stopped();) {
      const page = await this.#client.listPage(this.#pageOptions(continueToken), this.#stopping.signal);
      if (this.#stopped()) return;
      if (!page.ok) {
        if (page.failure.kind === 'NotFound') return this.#afterAbsence();
        await this.#afterFailure({ during: 'List', failure: page.failure, free: false });
        // Gone: the pages so far belong to a snapshot the server no longer has.
        if (page.failure.kind === 'Gone') return;
        continue;
      }
      this.#hear();
      for (const item of page.value.items) objects.push(kept(item, this.#options));
      continueToken = page.value.continueToken;
      if (continueToken === null) {
        this.#adopt(objects, page.value.resourceVersion, pages);
        return;
      }
      pages += 1;
    }
  }

  #adopt(objects: readonly T[], resourceVersion: string, pages: number): void {
    const appeared = !this.#served;
    this.#resourceVersion = resourceVersion;
    this.#served = true;
    if (appeared) this.#failures = 0;
    this.#options.store.replaceAll(objects);
    this.#observe({ kind: 'Listed', pages, objects: objects.length, resourceVersion });
    if (appeared) this.#observe({ kind: 'Served' });
    this.#markSynced();
  }

  /** An answer, not a failure: said once. A kind we can't do without keeps what the cache had and stays unsynced. */
  async #afterAbsence(): Promise<void> {
    const { mayBeAbsent = false, store, timing, random, clock } = this.#options;
    const vanished = this.#served;
    this.#hear();
    this.#served = false;
    if (vanished) this.#absentSinceMs = clock.nowMs();
    this.#failures = vanished ? 1 : this.#failures + 1;
    const retryInMs = backoffMs(timing.backoff, this.#failures, random);
    if (mayBeAbsent && clock.nowMs() - this.#absentSinceMs >= briefAbsenceMs) store.replaceAll([]);
    if (vanished) this.#observe({ kind: 'NotServed', mayBeAbsent, retryInMs });
    if (mayBeAbsent) this.#markSynced();
    await this.#wait(retryInMs);
  }

  #markSynced(): void {
    if (this.#synced) return;
    this.#synced = true;
    this.#observe({ kind: 'Synced' });
    this.#resolveFirstSync();
  }

  /** Null when it failed; the wait is over then. */
  async #open(resourceVersion: string): Promise<APIStream | null> {
    const opened = await this.#options.transport.open(this.#watchRequest(resourceVersion, this.#stopping.signal));
    if (!opened.ok) {
      if (!this.#stopped()) await this.#afterFailure({ during: 'Watch', failure: opened.failure, free: false });
      return null;
    }
    this.#hear();
    this.#watchingSinceMs = this.#options.clock.nowMs();
    this.#observe({ kind: 'WatchOpened', resourceVersion });
    return opened.value;
  }

  /** Applies one watch until it ends. Returns the watch that took its place, or null. */
  async #follow(stream: APIStream): Promise<APIStream | null> {
    const { clock } = this.#options;
    const openedAtMs = clock.nowMs();
    const watch: FollowedWatch = { stream, successor: 'None', received: false };
    const guard = this.#guard(watch);
    const onStop = (): void => {
      stream.cancel();
    };
    this.#stopping.signal.addEventListener('abort', onStop);
    const end = await readWatch<T>(stream, {
      live: () => watch.successor === 'None' && !this.#stopped(),
      onBytes: () => {
        watch.received = true;
        this.#hear();
        guard.heard();
      },
      onLine: (line) => {
        this.#apply(line);
      },
    });
    guard.end();
    this.#stopping.signal.removeEventListener('abort', onStop);
    return this.#afterWatch(watch, failureOf(end, !watch.received && clock.nowMs() - openedAtMs < shortestWatchMs), end.kind);
  }

  #guard(watch: FollowedWatch): SilenceGuard {
    const { clock, timing, transport } = this.#options;
    return createSilenceGuard({
      clock,
      silenceMs: timing.silenceMs,
      open: (abort) => transport.open(this.#watchRequest(this.#resourceVersion ?? '', abort)),
      onReplacement: (next, silentMs) => {
        watch.successor = next;
        this.#hear();
        this.#observe({ kind: 'WatchReplaced', resourceVersion: this.#resourceVersion ?? '', silentMs });
        watch.stream.cancel();
      },
      onFailure: (failed) => {
        if (!needsList(failed)) return this.#countFailure({ during: 'Watch', failure: failed, free: false });
        watch.successor = 'Gone';
        watch.stream.cancel();
        return null;
      },
    });
  }

  async #afterWatch(watch: FollowedWatch, failed: APIFailure | null, end: WatchEnd['kind']): Promise<APIStream | null> {
    const { successor } = watch;
    if (this.#stopped()) {
      this.#ended('Stopped');
      return typeof successor === 'object' ? successor : null;
    }
    if (typeof successor === 'object') {
      this.#ended('Replaced');
      return successor;
    }
    if (this.#options.clock.nowMs() - this.#watchingSinceMs >= this.#options.timing.healthyMs) this.#failures = 0;
    this.#ended(successor === 'Gone' ? 'Gone' : end);
    const setback = successor === 'Gone' ? goneFailure : failed;
    if (setback !== null) await this.#afterFailure({ during: 'Watch', failure: setback, free: true });
    return null;
  }

  #apply(line: UsableLine<T>): void {
    const { store } = this.#options;
    switch (line.kind) {
      case 'Put':
        store.put(kept(line.object, this.#options));
        break;
      case 'Removed':
        store.remove(keyOf(line.object));
        break;
      case 'Bookmark':
        break;
    }
    this.#resourceVersion = line.kind === 'Bookmark' ? line.resourceVersion : line.object.metadata.resourceVersion;
  }

  async #afterFailure(setback: Setback): Promise<void> {
    if (needsList(setback.failure)) this.#resourceVersion = null;
    await this.#wait(this.#countFailure(setback));
  }

  /** Tells the failure and returns how long to wait. */
  #countFailure({ during, failure, free }: Setback): number {
    const { timing, random } = this.#options;
    this.#failures += 1;
    const leastMs = failure.kind === 'Throttled' ? (failure.retryAfterMs ?? 0) : 0;
    const retryInMs = free && this.#failures === 1 ? 0 : Math.max(leastMs, backoffMs(timing.backoff, this.#failures, random));
    this.#observe(failure.kind === 'Gone' ? { kind: 'Gone', during, retryInMs } : { kind: 'Failed', during, failure, retryInMs });
    return retryInMs;
  }

  #wait(delayMs: number): Promise<void> {
    return pause(this.#options.clock, delayMs, this.#stopping.signal);
  }

  #pageOptions(continueToken: string | null): ListOptions {
    const { namespace, timing } = this.#options;
    return { namespace, ...this.#selectors(), limit: timing.pageLimit, ...(continueToken === null ? {} : { continueToken }) };
  }

  #watchRequest(resourceVersion: string, abort: AbortSignal): APIRequest {
    const { resource, namespace, timing, random } = this.#options;
    return {
      method: 'GET',
      path: resourcePath(resource, namespace),
      resource: resource.plural,
      query: {
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion,
        timeoutSeconds: String(Math.round(timing.watchTimeoutSeconds * (1 + random()))),
        ...this.#selectors(),
      },
      timeoutMs: timing.headersTimeoutMs,
      abort,
    };
  }

  #selectors(): { readonly labelSelector?: string; readonly fieldSelector?: string } {
    const { labelSelector, fieldSelector } = this.#options;
    return { ...(labelSelector === undefined ? {} : { labelSelector }), ...(fieldSelector === undefined ? {} : { fieldSelector }) };
  }

  #hear(): void {
    this.#heardAtMs = this.#options.clock.nowMs();
  }

  #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #ended(cause: WatchEndCause): void {
    this.#observe({ kind: 'WatchEnded', cause, resourceVersion: this.#resourceVersion ?? '' });
  }

  #observe(event: ReflectorLife): void {
    this.#options.observe({ plural: this.#options.resource.plural, ...event });
  }
}
