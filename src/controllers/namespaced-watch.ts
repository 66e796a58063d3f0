import type { APIFailure } from '../kube/api-failure.ts';
import { keyOf } from '../kube/kube-object.ts';
import type { KubeObject } from '../kube/kube-object.ts';
import type { Reflector, ReflectorEvent } from '../kube/reflector.ts';
import type { StoreWriter, WritableStore } from '../kube/store.ts';
import type { Clock } from '../shared/clock.ts';

/** One cache of a kind that is watched namespace by namespace, where somebody asks for it and rights allow it. */
export interface NamespacedWatch extends Reflector {
  open(namespace: string): void;
  /** Closes the watches of all other namespaces and forgets what they showed. */
  keepOnly(namespaces: ReadonlySet<string>): void;
  /** What keeps it from listing or watching there; null while nothing does. */
  failureIn(namespace: string): APIFailure | null;
  /** Its objects of this namespace are in the store. */
  isReadIn(namespace: string): boolean;
}

export interface NamespacedWatchOptions<T extends KubeObject> {
  readonly store: WritableStore<T, 'namespace'>;
  readonly openReflector: (namespace: string, store: StoreWriter<T>, observe: (event: ReflectorEvent) => void) => Reflector;
  readonly observe: (event: ReflectorEvent) => void;
  /** What there is to say of a namespace is another than before; the store is already as it is now. */
  readonly onNews: (namespace: string) => void;
  readonly clock: Clock;
}

interface Watched {
  readonly reflector: Reflector;
  failure: APIFailure | null;
  /** Listed, or refused for want of rights: waiting longer tells no more. */
  readonly settled: Promise<void>;
  isSettled: boolean;
}

class WatchByNamespace<T extends KubeObject> implements NamespacedWatch {
  readonly #options: NamespacedWatchOptions<T>;
  readonly #watched = new Map<string, Watched>();

  constructor(options: NamespacedWatchOptions<T>) {
    this.#options = options;
  }

  /** There is nothing to watch before a namespace is opened. */
  start(): void {
    return;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#watched.values()].map(({ reflector }) => reflector.stop()));
  }

  open(namespace: string): void {
    if (this.#watched.has(namespace)) return;
    let settle = (): void => undefined;
    const settled = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const reflector = this.#options.openReflector(namespace, this.#writerFor(namespace), (event) => {
      if (this.#watched.get(namespace) !== watched) return;
      this.#note(namespace, event);
      if (watched.isSettled) settle();
      this.#options.observe(event);
    });
    const watched: Watched = { reflector, failure: null, settled: Promise.race([settled, reflector.whenSynced()]), isSettled: false };
    this.#watched.set(namespace, watched);
    reflector.start();
  }

  keepOnly(namespaces: ReadonlySet<string>): void {
    for (const [namespace, { reflector }] of this.#watched) {
      if (namespaces.has(namespace)) continue;
      this.#watched.delete(namespace);
      void reflector.stop();
      this.#writerFor(namespace).replaceAll([]);
    }
  }

  failureIn(namespace: string): APIFailure | null {
    return this.#watched.get(namespace)?.failure ?? null;
  }

  isReadIn(namespace: string): boolean {
    return this.#watched.get(namespace)?.reflector.synced() ?? false;
  }

  /** What a namespace lacks is for the plans there to say: one that was just opened makes no process unready. */
  synced(): boolean {
    return true;
  }

  served(): boolean {
    return [...this.#watched.values()].every(({ reflector }) => reflector.served());
  }

  async whenSynced(): Promise<void> {
    await Promise.all([...this.#watched.values()].map(({ settled }) => settled));
  }

  /** Of the watch that was silent longest. One without rights says nothing, nor does one that was never answered: that is no deafness. */
  heardAtMs(): number {
    const heard = [...this.#watched.values()].flatMap(({ reflector, failure }) =>
      failure?.kind === 'Denied' ? [] : (reflector.heardAtMs() ?? []),
    );
    return heard.length === 0 ? this.#options.clock.nowMs() : Math.min(...heard);
  }

  #note(namespace: string, event: ReflectorEvent): void {
    const watched = this.#watched.get(namespace);
    if (watched === undefined) return;
    const before = watched.failure?.kind;
    const wasSettled = watched.isSettled;
    if (event.kind === 'Failed') watched.failure = event.failure;
    if (event.kind === 'Listed' || event.kind === 'WatchOpened' || event.kind === 'WatchReplaced') watched.failure = null;
    watched.isSettled ||= event.kind === 'Synced' || watched.failure?.kind === 'Denied';
    const isNews = event.kind === 'NotServed' || event.kind === 'Served' || event.kind === 'Synced';
    if (isNews || before !== watched.failure?.kind || wasSettled !== watched.isSettled) this.#options.onNews(namespace);
  }

  #writerFor(namespace: string): StoreWriter<T> {
    const { store } = this.#options;
    return {
      put: (object) => {
        store.put(object);
      },
      remove: (key) => {
        store.remove(key);
      },
      replaceAll: (listed) => {
        const present = new Set(listed.map(keyOf));
        for (const known of store.byIndex('namespace', namespace)) if (!present.has(keyOf(known))) store.remove(keyOf(known));
        for (const object of listed) store.put(object);
      },
    };
  }
}

export function watchByNamespace<T extends KubeObject>(options: NamespacedWatchOptions<T>): NamespacedWatch {
  return new WatchByNamespace(options);
}
