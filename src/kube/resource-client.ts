import type { JSONPatchOperation, JSONValue } from '../shared/json.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { APIFailure, WriteFailure } from './api-failure.ts';
import type { KubeObject, NewObject, ObjectReference, ResourceType } from './kube-object.ts';
import { referenceOf } from './kube-object.ts';
import type { APIRequest, APIResponse, PoolName, Transport } from './transport.ts';

export interface ListOptions {
  /** Null: all namespaces (or a cluster-scoped kind). */
  readonly namespace: string | null;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continueToken?: string;
}

interface ListPage<T extends KubeObject> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** Null on the last page. */
  readonly continueToken: string | null;
}

type Subresource = 'status';

/** Typed calls for one kind. Every write names our field manager; every failure is a value. */
export interface ResourceClient<T extends KubeObject> {
  readonly resource: ResourceType;
  get(reference: ObjectReference): Promise<Result<T, APIFailure>>;
  listPage(options: ListOptions, abort?: AbortSignal): Promise<Result<ListPage<T>, APIFailure>>;
  /** Namespace from the object's metadata. 409 is `Conflict` with cause `AlreadyExists`. */
  create(object: NewObject<T>): Promise<Result<T, WriteFailure>>;
  /** PUT; `metadata.resourceVersion` makes it conditional. */
  replace(object: T, subresource?: Subresource): Promise<Result<T, WriteFailure>>;
  /** RFC 6902, atomic. A `test` that does not hold is `Conflict` with cause `TestFailed`. */
  patch(reference: ObjectReference, operations: readonly JSONPatchOperation[], subresource?: Subresource): Promise<Result<T, WriteFailure>>;
  /** The same with `dryRun=All`: rights, admission and validation say what they would, the object comes back as it would be, nothing is kept. */
  tryPatch(reference: ObjectReference, operations: readonly JSONPatchOperation[]): Promise<Result<T, WriteFailure>>;
  /** Server-side apply: creates the object, or makes ours of it what is written here. Fields others own are taken over. */
  apply(object: NewObject<T>): Promise<Result<T, WriteFailure>>;
  /** Deletes that very object, and only as it was read where a version is given: else `Conflict`. Resolves when the server accepted, finalizers may still run. */
  remove(reference: ObjectReference, uid: string, resourceVersion?: string): Promise<Result<null, WriteFailure>>;
}

export interface ResourceClientOptions {
  readonly transport: Transport;
  readonly resource: ResourceType;
  readonly fieldManager: string;
  /** The server refuses a patch with fields it does not know, and does not drop them. Default: it drops them. */
  readonly strict?: boolean;
  /** Default `Request`. */
  readonly pool?: PoolName;
  /** Default: the transport's. */
  readonly timeoutMs?: number;
}

/** Path of a collection, or of one object in it. */
export function resourcePath(resource: ResourceType, namespace: string | null, name?: string): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const scope = namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const tail = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `${root}${scope}/${resource.plural}${tail}`;
}

export function createResourceClient<T extends KubeObject>(options: ResourceClientOptions): ResourceClient<T> {
  const { resource, fieldManager } = options;
  const query = { fieldManager };
  const forObject = async (call: Call): Promise<Result<T, APIFailure>> => objectIn(call, await send(options, call));
  const pathOf = (reference: ObjectReference, subresource?: Subresource): string =>
    resourcePath(resource, reference.namespace, reference.name) + (subresource === undefined ? '' : `/${subresource}`);

  return {
    resource,
    get: (reference) => forObject({ method: 'GET', path: pathOf(reference) }),
    async listPage(list, abort) {
      const call: Call = {
        method: 'GET',
        path: resourcePath(resource, list.namespace),
        query: listQuery(list),
        ...(abort === undefined ? {} : { abort }),
      };
      const answer = await send(options, call);
      if (!answer.ok) return answer;
      const page = pageOf<T>(answer.value.body, resource);
      return page === null ? failure(notAnObject(call, answer.value.status)) : success(page);
    },
    create: (object) =>
      forObject({ method: 'POST', path: resourcePath(resource, object.metadata.namespace ?? null), query, body: asJSON(object) }),
    replace: (object, subresource) =>
      forObject({ method: 'PUT', path: pathOf(referenceOf(object), subresource), query, body: asJSON(object) }),
    patch: (reference, operations, subresource) =>
      forObject({
        method: 'PATCH',
        path: pathOf(reference, subresource),
        query: options.strict === true ? { ...query, fieldValidation: 'Strict' } : query,
        body: operations,
        contentType: 'application/json-patch+json',
      }),
    apply: (object) =>
      forObject({
        method: 'PATCH',
        path: resourcePath(resource, object.metadata.namespace ?? null, object.metadata.name),
        query: { ...query, force: 'true' },
        body: asJSON(object),
        // JSON is YAML.
        contentType: 'application/apply-patch+yaml',
      }),
    tryPatch: (reference, operations) =>
      forObject({
        method: 'PATCH',
        path: pathOf(reference),
        query: { ...query, dryRun: 'All' },
        body: operations,
        contentType: 'application/json-patch+json',
      }),
    async remove(reference, uid, resourceVersion) {
      const preconditions = { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
      const answer = await send(options, { method: 'DELETE', path: pathOf(reference), body });
      return answer.ok ? success(null) : answer;
    },
  };
}

type Call = Omit<APIRequest, 'resource' | 'pool' | 'timeoutMs'>;

function send(options: ResourceClientOptions, call: Call): Promise<Result<APIResponse, APIFailure>> {
  return options.transport.request({
    ...call,
    resource: options.resource.plural,
    ...(options.pool === undefined ? {} : { pool: options.pool }),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
}

function objectIn<T extends KubeObject>(call: Call, answer: Result<APIResponse, APIFailure>): Result<T, APIFailure> {
  if (!answer.ok) return answer;
  return isObject(answer.value.body) ? success(answer.value.body as T) : failure(notAnObject(call, answer.value.status));
}

/** Kinds are declared with JSON members only; interfaces among them keep the compiler from seeing it. */
function asJSON(object: object): JSONValue {
  return object as JSONValue;
}

function listQuery(list: ListOptions): Record<string, string> {
  return {
    ...(list.labelSelector === undefined ? {} : { labelSelector: list.labelSelector }),
    ...(list.fieldSelector === undefined ? {} : { fieldSelector: list.fieldSelector }),
    ...(list.limit === undefined ? {} : { limit: String(list.limit) }),
    ...(list.continueToken === undefined ? {} : { continue: list.continueToken }),
  };
}

/** The server validated the rest against the kind's schema; without these three nothing of ours would work. */
export function isObject(value: unknown): value is KubeObject {
  if (!isRecord(value) || !isRecord(value['metadata'])) return false;
  const { name, uid, resourceVersion } = value['metadata'];
  return typeof name === 'string' && typeof uid === 'string' && typeof resourceVersion === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Null when the answer is not a list. Items of built-in kinds come without apiVersion and kind: they are filled in. */
function pageOf<T extends KubeObject>(body: JSONValue, resource: ResourceType): ListPage<T> | null {
  if (!isRecord(body) || !isRecord(body['metadata']) || typeof body['metadata']['resourceVersion'] !== 'string') return null;
  // Go writes an empty list as null.
  const items: unknown = body['items'] === null ? [] : body['items'];
  if (!Array.isArray(items)) return null;
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  const token = body['metadata']['continue'];
  return {
    items: items.filter(isObject).map((item) => ({ ...item, apiVersion, kind: resource.kind }) as T),
    resourceVersion: body['metadata']['resourceVersion'],
    continueToken: typeof token === 'string' && token !== '' ? token : null,
  };
}

function notAnObject(call: { readonly method: string; readonly path: string }, status: number): APIFailure {
  return { kind: 'Unavailable', landed: 'Unknown', status, message: `${call.method} ${call.path}: the answer is not a Kubernetes object` };
}
