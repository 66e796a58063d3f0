import type { JSONValue } from '../shared/json.ts';

type OwnerReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
};

/** Metadata as the API server returns it; type aliases (not interfaces) so that objects stay assignable to JSON. */
type ObjectMeta = {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly { readonly [key: string]: JSONValue }[];
};

/** What every object of the API has. Kinds extend it with their `spec` and `status`. */
export type KubeObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
};

/** An object whose kind is known only at run time (targets of actuators). */
export type UntypedObject = KubeObject & { readonly [key: string]: JSONValue };

/** What a create needs: the server fills the rest of the metadata. */
export type NewObject<T extends KubeObject> = Omit<T, 'metadata' | 'status'> & {
  readonly metadata: Pick<ObjectMeta, 'name' | 'namespace' | 'labels' | 'annotations' | 'finalizers' | 'ownerReferences'>;
};

export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** `namespace` is null for cluster-scoped objects. */
export interface ObjectReference {
  readonly namespace: string | null;
  readonly name: string;
}

/** `namespace/name`, or `name` for cluster-scoped objects: the key of stores and queues. */
export type ObjectKey = string;

export function keyOf(object: KubeObject): ObjectKey {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

export function referenceOf(object: KubeObject): ObjectReference {
  return { namespace: object.metadata.namespace ?? null, name: object.metadata.name };
}
