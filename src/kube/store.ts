import type { KubeObject, ObjectKey } from './kube-object.ts';

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
  /** Calls `subscriber` after each change, in order, the store already changed. Returns the end of the subscription. */
  subscribe(subscriber: (change: StoreChange<T>) => void): () => void;
}

/** Write side, for the reflector (and tests). An object with another uid under a known key is Deleted then Added. */
export interface StoreWriter<T extends KubeObject> {
  put(object: T): void;
  remove(key: ObjectKey): void;
  /** The whole truth as of a LIST: what is not in it is deleted. Unchanged resourceVersions change nothing. */
  replaceAll(objects: readonly T[]): void;
}

export type WritableStore<T extends KubeObject, Index extends string = string> = Store<T, Index> & StoreWriter<T>;

export function createStore<T extends KubeObject, Index extends string = never>(
  _indexes: Readonly<Record<Index, IndexFunction<T>>>,
): WritableStore<T, Index> {
  throw new Error('not built yet');
}
