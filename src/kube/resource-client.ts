import type { JSONPatchOperation } from '../shared/json.ts';
import type { Result } from '../shared/result.ts';
import type { APIFailure, WriteFailure } from './api-failure.ts';
import type { KubeObject, NewObject, ObjectReference, ResourceType } from './kube-object.ts';
import type { PoolName, Transport } from './transport.ts';

export interface ListOptions {
  /** Null: all namespaces (or a cluster-scoped kind). */
  readonly namespace: string | null;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continueToken?: string;
}

export interface ListPage<T extends KubeObject> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** Null on the last page. */
  readonly continueToken: string | null;
}

export type Subresource = 'status';

/** Typed calls for one kind. Every write names our field manager; every failure is a value. */
export interface ResourceClient<T extends KubeObject> {
  readonly resource: ResourceType;
  get(reference: ObjectReference): Promise<Result<T, APIFailure>>;
  listPage(options: ListOptions): Promise<Result<ListPage<T>, APIFailure>>;
  /** Namespace from the object's metadata. 409 is `Conflict` with cause `AlreadyExists`. */
  create(object: NewObject<T>): Promise<Result<T, WriteFailure>>;
  /** PUT; `metadata.resourceVersion` makes it conditional. */
  replace(object: T, subresource?: Subresource): Promise<Result<T, WriteFailure>>;
  /** RFC 6902, atomic. A `test` that does not hold is `Conflict` with cause `TestFailed`. */
  patch(reference: ObjectReference, operations: readonly JSONPatchOperation[], subresource?: Subresource): Promise<Result<T, WriteFailure>>;
  /** Deletes that very object: another one under the name is `Conflict`. */
  remove(reference: ObjectReference, uid: string): Promise<Result<null, WriteFailure>>;
}

export interface ResourceClientOptions {
  readonly transport: Transport;
  readonly resource: ResourceType;
  readonly fieldManager: string;
  readonly pool?: PoolName;
  readonly timeoutMs?: number;
}

export function createResourceClient<T extends KubeObject>(_options: ResourceClientOptions): ResourceClient<T> {
  throw new Error('not built yet');
}
