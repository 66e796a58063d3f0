import type { KubeObject, ObjectKey } from './kube-object.ts';
import { keyOf } from './kube-object.ts';

export type StoreChange<T extends KubeObject> =
  | { readonly kind: 'Added'; readonly object: T }
  | { readonly kind: 'Updated'; readonly object: T; readonly previous: T }
  /** `object` is the last state known; its uid is the deleted one's. */
  | { readonly kind: 'Deleted'; readonly object: T };

/** Keys an object is found under; empty when it is not in this index. */
export type IndexFunction<T extends KubeObject> = (object: T) => readonly string[];

/** Read side of a cache. Objects are shared: never change them. */
export interface Store<T extends KubeObject, Index extends string = string> {
  get(key: ObjectKey): T | undefined;
  list(): readonly T[];
  size(): number;
  byIndex(index: Index, indexKey: string): readonly T[];
  /** Calls `subscriber` after each change, in order, the store already changed. It must not throw. Returns the end of the subscription. */
  subscribe(subscriber: (change: StoreChange<T>) => void): () => void;
}

/** Write side, for the reflector (and tests). An object with another uid under a known key is Deleted then Added. */
export interface StoreWriter<T extends KubeObject> {
  /** The same uid and resourceVersion change nothing. */
  put(object: T): void;
  remove(key: ObjectKey): void;
  /** The whole truth as of a LIST: what is not in it is deleted. */
  replaceAll(objects: readonly T[]): void;
}

export type WritableStore<T extends KubeObject, Index extends string = string> = Store<T, Index> & StoreWriter<T>;

export function createStore<T extends KubeObject, Index extends string = never>(
  indexes: Readonly<Record<Index, IndexFunction<T>>>,
): WritableStore<T, Index> {
  const objects = new Map<ObjectKey, T>();
  const subscribers = new Set<(change: StoreChange<T>) => void>();
  const buckets = createBuckets(indexes);

  function tell(change: StoreChange<T>): void {
    for (const subscriber of [...subscribers]) subscriber(change);
  }

  function remove(key: ObjectKey): void {
    const object = objects.get(key);
    if (object === undefined) return;
    objects.delete(key);
    buckets.remove(key, object);
    tell({ kind: 'Deleted', object });
  }

  function put(object: T): void {
    const key = keyOf(object);
    const known = objects.get(key);
    const same = known?.metadata.uid === object.metadata.uid;
    if (same && known.metadata.resourceVersion === object.metadata.resourceVersion) return;
    if (known !== undefined && !same) remove(key);
    if (same) buckets.remove(key, known);
    objects.set(key, object);
    buckets.add(key, object);
    tell(same ? { kind: 'Updated', object, previous: known } : { kind: 'Added', object });
  }

  return {
    get: (key) => objects.get(key),
    list: () => [...objects.values()],
    size: () => objects.size,
    byIndex: (index, indexKey) => buckets.objects(index, indexKey),
    subscribe(subscriber) {
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    },
    put,
    remove,
    replaceAll(listed) {
      const present = new Set(listed.map(keyOf));
      for (const key of [...objects.keys()]) if (!present.has(key)) remove(key);
      for (const object of listed) put(object);
    },
  };
}

interface Buckets<T extends KubeObject, Index extends string> {
  add(key: ObjectKey, object: T): void;
  remove(key: ObjectKey, object: T): void;
  objects(index: Index, indexKey: string): readonly T[];
}

/** Objects by index and index key. Empty buckets are dropped, else names that come and go would pile up. */
function createBuckets<T extends KubeObject, Index extends string>(indexes: Readonly<Record<Index, IndexFunction<T>>>): Buckets<T, Index> {
  const names = Object.keys(indexes) as Index[];
  const buckets = new Map<string, Map<ObjectKey, T>>();
  const bucketKeys = (object: T): string[] => names.flatMap((name) => indexes[name](object).map((indexKey) => bucketKey(name, indexKey)));
  return {
    add(key, object) {
      for (const name of bucketKeys(object)) {
        const bucket = buckets.get(name) ?? new Map<ObjectKey, T>();
        bucket.set(key, object);
        buckets.set(name, bucket);
      }
    },
    remove(key, object) {
      for (const name of bucketKeys(object)) {
        const bucket = buckets.get(name);
        bucket?.delete(key);
        if (bucket?.size === 0) buckets.delete(name);
      }
    },
    objects: (index, indexKey) => [...(buckets.get(bucketKey(index, indexKey))?.values() ?? [])],
  };
}

/** Index names hold no line break. */
function bucketKey(index: string, indexKey: string): string {
  return `${index}\n${indexKey}`;
}
