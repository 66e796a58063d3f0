import type { UntypedObject } from '../kube/kube-object.ts';
import { keyOf } from '../kube/kube-object.ts';
import type { Store } from '../kube/store.ts';

/** Our own last write of each object, until the watch has caught up with it: a cache that lags must not make us write twice. */
export interface OwnWrites {
  remember(object: UntypedObject): void;
  /** The newer of what the watch shows and what we wrote. */
  freshest(cached: UntypedObject | undefined): UntypedObject | undefined;
  /** The watch shows this very revision or a newer one. */
  isShown(object: UntypedObject, store: Store<UntypedObject>): boolean;
}

function isOlder(object: UntypedObject, than: UntypedObject): boolean {
  return BigInt(object.metadata.resourceVersion) < BigInt(than.metadata.resourceVersion);
}

export function createOwnWrites(): OwnWrites {
  const written = new Map<string, UntypedObject>();
  return {
    remember: (object) => {
      written.set(object.metadata.uid, object);
    },
    freshest: (cached) => {
      const own = cached === undefined ? undefined : written.get(cached.metadata.uid);
      if (cached === undefined || own === undefined) return cached;
      if (isOlder(cached, own)) return own;
      written.delete(cached.metadata.uid);
      return cached;
    },
    isShown: (object, store) => {
      const cached = store.get(keyOf(object));
      return cached?.metadata.uid === object.metadata.uid && !isOlder(cached, object);
    },
  };
}
