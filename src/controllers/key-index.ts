import type { ObjectKey } from '../kube/kube-object.ts';

/** Keys of objects by what they are looked up by. */
export type KeyIndex = Map<string, Set<ObjectKey>>;

export function addTo(index: KeyIndex, at: string, key: ObjectKey): void {
  const keys = index.get(at) ?? new Set();
  index.set(at, keys.add(key));
}

/** Wherever it is found; a place where nothing is left goes with it, else every name there ever was would stay. */
export function removeFrom(index: KeyIndex, key: ObjectKey): void {
  for (const [at, keys] of index) if (keys.delete(key) && keys.size === 0) index.delete(at);
}
