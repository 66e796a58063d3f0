import { readFileSync } from 'node:fs';

import { Agent } from 'undici';

import type { JSONPatchOperation, JSONValue } from '../src/shared/json.ts';

/** Any Kubernetes object; `Spec` and the like are the caller's business. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMetadata;
  readonly [field: string]: unknown;
}

export interface ObjectMetadata {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly managedFields?: readonly { readonly manager?: string; readonly operation?: string; readonly subresource?: string }[];
  readonly [field: string]: unknown;
}

/** A kind of object: `{group: '', version: 'v1', plural: 'services'}`. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

/** A collection or one object of it; without `namespace` the cluster's, or all namespaces for a list. */
export interface Location {
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

export interface WriteOptions {
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  readonly force?: boolean;
}

export interface RawAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly warnings: readonly string[];
}

/** The API server said no. `causes` names the fields; empty for a failed JSON Patch `test`. */
export class APIError extends Error {
  override readonly name = 'APIError';
  readonly status: number;
  readonly reason: string;
  readonly causes: readonly { readonly field?: string; readonly message?: string }[];

  constructor(call: string, status: number, body: unknown) {
    const answer = typeof body === 'object' && body !== null ? (body as StatusBody) : {};
    super(`${call}: ${String(status)} ${answer.reason ?? ''}: ${answer.message ?? JSON.stringify(body)}`);
    this.status = status;
    this.reason = answer.reason ?? '';
    this.causes = answer.details?.causes ?? [];
  }
}

interface StatusBody {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] };
}

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

/** A small JSON client for tests: one call, one request, no retries, no cache. All but `raw` throw APIError on a refusal. */
export interface APIClient {
  raw(request: RawRequest): Promise<RawAnswer>;
  get(resource: Resource, location: Location): Promise<KubeObject>;
  /** Null when there is no such object. */
  find(resource: Resource, location: Location): Promise<KubeObject | null>;
  list(resource: Resource, location?: Location): Promise<readonly KubeObject[]>;
  create(resource: Resource, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  update(resource: Resource, object: KubeObject, options?: WriteOptions & { readonly subresource?: string }): Promise<KubeObject>;
  patch(resource: Resource, location: Location, operations: readonly JSONPatchOperation[]): Promise<KubeObject>;
  merge(resource: Resource, location: Location, patch: JSONValue): Promise<KubeObject>;
  /** Server-side apply. */
  apply(resource: Resource, object: KubeObject, options?: ApplyOptions & { readonly subresource?: string }): Promise<KubeObject>;
  /** Succeeds when the object is already gone. */
  delete(resource: Resource, location: Location): Promise<void>;
  /** Closes its connections. */
  close(): Promise<void>;
}

export interface APIClientOptions {
  readonly server: string;
  readonly caFile: string | null;
  readonly token: string;
}

export function resourcePath(resource: Resource, location: Location = {}): string {
  const base = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const namespace = location.namespace === undefined ? '' : `/namespaces/${encodeURIComponent(location.namespace)}`;
  const name = location.name === undefined ? '' : `/${encodeURIComponent(location.name)}`;
  return `${base}${namespace}/${resource.plural}${name}${location.subresource === undefined ? '' : `/${location.subresource}`}`;
}

export function createAPIClient(options: APIClientOptions): APIClient {
  const agent = new Agent({ connect: options.caFile === null ? {} : { ca: readFileSync(options.caFile, 'utf8') }, allowH2: false });
  const raw = (request: RawRequest): Promise<RawAnswer> => send(agent, options, request);
  const object = async (request: RawRequest): Promise<KubeObject> => (await accepted(raw, request)).body as KubeObject;
  const at = (resource: Resource, of: KubeObject, subresource?: string): string =>
    resourcePath(resource, { ...locationOf(of), ...(subresource === undefined ? {} : { subresource }) });
  const patch = (path: string, body: unknown, contentType: string): Promise<KubeObject> =>
    object({ method: 'PATCH', path, body, contentType });

  return {
    raw,
    get: (resource, location) => object({ method: 'GET', path: resourcePath(resource, location) }),
    find: async (resource, location) => {
      const request = { method: 'GET', path: resourcePath(resource, location) };
      const answer = await raw(request);
      if (answer.status === 404) return null;
      return check(request, answer).body as KubeObject;
    },
    list: async (resource, location) => {
      const { body } = await accepted(raw, { method: 'GET', path: resourcePath(resource, location) });
      return (body as { readonly items: readonly KubeObject[] }).items;
    },
    create: (resource, body, write) => {
      const { namespace } = body.metadata;
      const path = resourcePath(resource, namespace === undefined ? {} : { namespace });
      return object({ method: 'POST', path: path + query(write), body });
    },
    update: (resource, body, write) => object({ method: 'PUT', path: at(resource, body, write?.subresource) + query(write), body }),
    patch: (resource, location, operations) => patch(resourcePath(resource, location), operations, 'application/json-patch+json'),
    merge: (resource, location, body) => patch(resourcePath(resource, location), body, 'application/merge-patch+json'),
    apply: (resource, body, write) => {
      const options = { fieldManager: 'tests', ...write };
      return patch(at(resource, body, write?.subresource) + query(options), body, 'application/apply-patch+yaml');
    },
    delete: async (resource, location) => {
      const request = { method: 'DELETE', path: resourcePath(resource, location) };
      const answer = await raw(request);
      if (answer.status !== 404) check(request, answer);
    },
    close: () => agent.close(),
  };
}

function locationOf(object: KubeObject): Location {
  const { namespace, name } = object.metadata;
  return { ...(namespace === undefined ? {} : { namespace }), ...(name === undefined ? {} : { name }) };
}

function query(options: ApplyOptions | undefined): string {
  const parameters = new URLSearchParams();
  if (options?.fieldManager !== undefined) parameters.set('fieldManager', options.fieldManager);
  if (options?.force === true) parameters.set('force', 'true');
  if (options?.dryRun === true) parameters.set('dryRun', 'All');
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

async function accepted(raw: APIClient['raw'], request: RawRequest): Promise<RawAnswer> {
  return check(request, await raw(request));
}

function check(request: RawRequest, answer: RawAnswer): RawAnswer {
  if (answer.status >= 400) throw new APIError(`${request.method} ${request.path}`, answer.status, answer.body);
  return answer;
}

async function send(agent: Agent, options: APIClientOptions, request: RawRequest): Promise<RawAnswer> {
  const { statusCode, headers, body } = await agent.request({
    origin: options.server,
    path: request.path,
    method: request.method,
    headers: {
      authorization: `Bearer ${options.token}`,
      accept: 'application/json',
      ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
    },
    body: request.body === undefined ? null : JSON.stringify(request.body),
  });
  const text = await body.text();
  const warnings = headers['warning'] ?? [];
  return { status: statusCode, body: parse(text), warnings: typeof warnings === 'string' ? [warnings] : warnings };
}

/** Health endpoints and some refusals answer plain text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
