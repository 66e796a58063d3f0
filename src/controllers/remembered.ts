import type { UntypedObject } from '../kube/kube-object.ts';

/** A revision of an object is read once: records are never deleted, and most of them are over. */
export function remembered<Value>(read: (object: UntypedObject) => Value): (object: UntypedObject) => Value {
  const known = new WeakMap<UntypedObject, { readonly value: Value }>();
  return (object) => {
    const found = known.get(object) ?? { value: read(object) };
    known.set(object, found);
    return found.value;
  };
}
