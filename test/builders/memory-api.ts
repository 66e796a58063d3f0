import type { APIFailure } from '../../src/kube/api-failure.ts';
import type { UntypedObject } from '../../src/kube/kube-object.ts';
import type { APIRequest, APIResponse, Transport } from '../../src/kube/transport.ts';
import type { Clock } from '../../src/shared/clock.ts';
import { canonicalJSON } from '../../src/shared/canonical-json.ts';
import type { JSONPatchOperation, JSONValue } from '../../src/shared/json.ts';
import { failure, success } from '../../src/shared/result.ts';
import type { Result } from '../../src/shared/result.ts';
import { isWrite, parseKubeRequest } from '../../testbed/kube-request.ts';
import type { KubeRequest } from '../../testbed/kube-request.ts';
import { applyPatch, PatchConflict } from './json-patch.ts';
import { answer, conflict, notFound, scriptedStream, unavailable } from './scripted-transport.ts';
import type { ScriptedStream } from './scripted-transport.ts';

type Stored = UntypedObject;
type Metadata = Record<string, JSONValue>;

export interface MemoryWrite extends KubeRequest {
  readonly atMs: number;
  readonly body: JSONValue;
}

/** What happens to one write: `Lose` never lands, `LoseAnswer` lands and looks as if it had not, `Slow` lands and is answered late, `Deny` is answered 403, `Terminating` too, of `KeepSpec` only what is not spec is kept. */
export type WriteFault = 'Pass' | 'Lose' | 'LoseAnswer' | 'Slow' | 'Deny' | 'Terminating' | 'KeepSpec';

const slowAnswerMs = 400;

/**
 * Objects in memory behind the transport's port: JSON Patch, status apart, generations, finalizers, watches. A stand-in for
 * controllers under a clock that stands still; it knows no schema, no admission and no managedFields. What a real API server
 * does is tried in the integration and end-to-end tests.
 */
export interface MemoryAPI extends Transport {
  /** Everything that was asked, reads and watches too. */
  readonly requests: readonly KubeRequest[];
  /** In order; effective or not. */
  readonly writes: readonly MemoryWrite[];
  /** As a person: creates the object, or replaces all of it but its status. `plural` names its collection. */
  apply(plural: string, manifest: object): Stored;
  get(plural: string, name: string, namespace?: string): Stored | null;
  list(plural: string): readonly Stored[];
  remove(plural: string, name: string, namespace?: string): void;
  /** As the documented way out does it, past every controller. */
  stripFinalizers(plural: string, name: string): void;
  /** Whatever the object's kind, a status as its own controller would write it. */
  setStatus(plural: string, name: string, status: JSONValue, namespace?: string): void;
  /** Writes to this collection wait on the wire until the function it answers is called; more of them wait behind. */
  hold(plural: string): () => void;
  /** Whether the kind exists at all; one that is taken away takes its objects and watches along, as a deleted CRD does. */
  serve(plural: string, served: boolean): void;
  /** Reads of this collection are refused from now on, as without rights. That of the metrics API is called `podmetrics`. */
  forbid(plural: string): void;
  /** Takes that back. */
  allow(plural: string): void;
  /** Judges every write from now on. */
  onWrite(fault: (write: KubeRequest) => WriteFault): void;
}

interface Watch {
  readonly place: KubeRequest;
  readonly selects: Selects;
  readonly stream: ScriptedStream;
}

type Selects = (object: Stored) => boolean;

/** Of `key=value` or `key`, the forms anybody asks for. */
function selectorOf({ query }: APIRequest): Selects {
  const [key = '', value] = (query?.['labelSelector'] ?? '').split('=');
  return ({ metadata: { labels } }) => key === '' || (value === undefined ? labels?.[key] !== undefined : labels?.[key] === value);
}

interface State {
  readonly clock: Clock;
  readonly objects: Map<string, Stored>;
  readonly watches: Set<Watch>;
  readonly unserved: Set<string>;
  readonly forbidden: Set<string>;
  /** Highest resourceVersion and last uid given out. */
  version: number;
}

const defaultNamespace = 'lending';

export function createMemoryAPI(clock: Clock): MemoryAPI {
  const state: State = { clock, objects: new Map(), watches: new Set(), unserved: new Set(), forbidden: new Set(), version: 1 };
  const requests: KubeRequest[] = [];
  const writes: MemoryWrite[] = [];
  let judge: (write: KubeRequest) => WriteFault = () => 'Pass';
  const held = new Map<string, Promise<void>>();
  const keyAt = (plural: string, name: string, namespace: string): string =>
    [`${plural}/${namespace}/${name}`, `${plural}//${name}`].find((key) => state.objects.has(key)) ?? `${plural}/${namespace}/${name}`;
  return {
    requests,
    writes,
    request: async (request) => {
      const place = parseKubeRequest(request.method, request.path);
      requests.push(place);
      if (createsByApply(state, request, place)) requests.push({ ...place, verb: 'create' });
      if (request.method !== 'GET') await held.get(place.resource);
      const faults: WriteFault[] = [];
      const answered = exchange(state, request, {
        writes,
        judge: (write) => {
          const fault = judge(write);
          faults.push(fault);
          return fault;
        },
      });
      return new Promise((resolve) => {
        if (faults.includes('Slow'))
          clock.after(slowAnswerMs, () => {
            resolve(answered);
          });
        else resolve(answered);
      });
    },
    open: (request) => {
      const place = parseKubeRequest('GET', `${request.path}?watch=true`);
      requests.push(place);
      if (state.unserved.has(place.resource)) return Promise.resolve(notFound());
      const stream = scriptedStream();
      state.watches.add({ place, stream, selects: selectorOf(request) });
      return Promise.resolve(success(stream));
    },
    close: () => Promise.resolve(),
    apply: (plural, manifest) => store(state, plural, manifest as Stored),
    get: (plural, name, namespace = defaultNamespace) => state.objects.get(keyAt(plural, name, namespace)) ?? null,
    list: (plural) => [...state.objects].flatMap(([key, object]) => (key.startsWith(`${plural}/`) ? [object] : [])),
    remove: (plural, name, namespace = defaultNamespace) => {
      removeAt(state, plural, keyAt(plural, name, namespace));
    },
    stripFinalizers: (plural, name) => {
      const key = keyAt(plural, name, defaultNamespace);
      const object = state.objects.get(key);
      if (object === undefined) throw new Error(`no ${plural} ${name}`);
      const { finalizers: _finalizers, ...metadata } = object.metadata;
      put(state, { plural, key }, { ...object, metadata });
    },
    setStatus: (plural, name, status, namespace = defaultNamespace) => {
      const key = keyAt(plural, name, namespace);
      const object = state.objects.get(key);
      if (object === undefined) throw new Error(`no ${plural} ${name}`);
      put(state, { plural, key }, { ...object, status });
    },
    hold: (plural) => {
      let open: () => void = () => undefined;
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      held.set(plural, opened);
      return () => {
        held.delete(plural);
        open();
      };
    },
    serve: (plural, served) => {
      if (served) state.unserved.delete(plural);
      else takeAway(state, plural);
    },
    forbid: (plural) => {
      state.forbidden.add(plural);
    },
    allow: (plural) => {
      state.forbidden.delete(plural);
    },
    onWrite: (fault) => {
      judge = fault;
    },
  };
}

function createsByApply({ objects }: State, { contentType }: APIRequest, place: KubeRequest): boolean {
  return contentType === 'application/apply-patch+yaml' && !objects.has(keyOf(place));
}

interface WriteBook {
  readonly writes: MemoryWrite[];
  readonly judge: (write: KubeRequest) => WriteFault;
}

function exchange(state: State, request: APIRequest, { writes, judge }: WriteBook): Result<APIResponse, APIFailure> {
  const place = parseKubeRequest(request.method, request.path);
  if (!isWrite(place)) return read(state, place, selectorOf(request));
  const fault = judge(place);
  if (fault === 'Lose') return unavailable();
  if (fault === 'Deny') return failure({ kind: 'Denied', status: 403, message: 'this policy allows no such patch' });
  if (fault === 'Terminating')
    return failure({ kind: 'Denied', status: 403, message: 'the namespace is being terminated', namespaceTerminates: true });
  if (request.query?.['dryRun'] === 'All') return tried(state, place, request.body ?? null);
  writes.push({ ...place, atMs: state.clock.nowMs(), body: request.body ?? null });
  if (request.contentType === 'application/apply-patch+yaml') return answer(serverSideApply(state, place, request.body as Stored));
  const answered = write(state, place, { body: request.body ?? null, keepsSpec: fault === 'KeepSpec' });
  return fault === 'LoseAnswer' ? unavailable() : answered;
}

/** The object as it would be, its generation too; nothing of it is kept. */
function tried(state: State, place: KubeRequest, body: JSONValue): Result<APIResponse, APIFailure> {
  const known = state.objects.get(keyOf(place));
  if (known === undefined) return notFound();
  const wanted = patched(known, body as unknown as readonly JSONPatchOperation[]);
  if (wanted === null) return conflict();
  const hasMoved = canonicalJSON(known['spec'] ?? null) !== canonicalJSON(wanted['spec'] ?? null);
  const generation = (known.metadata.generation ?? 1) + (hasMoved ? 1 : 0);
  return answer({ ...wanted, ...statusOf(known), metadata: { ...wanted.metadata, generation } });
}

function keyOf({ resource, namespace, name }: KubeRequest): string {
  return `${resource}/${namespace ?? ''}/${name ?? ''}`;
}

function takeAway(state: State, plural: string): void {
  state.unserved.add(plural);
  for (const [key, object] of state.objects) {
    if (!key.startsWith(`${plural}/`)) continue;
    state.objects.delete(key);
    tell(state, plural, { type: 'DELETED', object });
  }
  for (const watch of state.watches) {
    if (watch.place.resource !== plural) continue;
    state.watches.delete(watch);
    watch.stream.end();
  }
}

/** The metrics API has a plural of the core's; here collections are told apart by it. */
function collectionOf(place: KubeRequest): KubeRequest {
  return place.group === 'metrics.k8s.io' ? { ...place, resource: 'podmetrics' } : place;
}

function read(state: State, asked: KubeRequest, selects: Selects): Result<APIResponse, APIFailure> {
  const place = collectionOf(asked);
  if (state.unserved.has(place.resource)) return notFound();
  if (state.forbidden.has(place.resource))
    return failure({ kind: 'Denied', status: 403, message: `${place.resource} is forbidden: the operator cannot list it` });
  if (place.name !== null) {
    const object = state.objects.get(keyOf(place));
    return object === undefined ? notFound() : answer(object);
  }
  const items = [...state.objects].flatMap(([key, object]) => (key.startsWith(keyOf(place).slice(0, -1)) ? [object] : []));
  const scoped =
    place.namespace === null
      ? [...state.objects].flatMap(([key, object]) => (key.startsWith(`${place.resource}/`) ? [object] : []))
      : items;
  return answer({ metadata: { resourceVersion: String(state.version) }, items: scoped.filter(selects) });
}

interface WrittenBody {
  readonly body: JSONValue;
  readonly keepsSpec: boolean;
}

function write(state: State, place: KubeRequest, { body, keepsSpec }: WrittenBody): Result<APIResponse, APIFailure> {
  if (place.verb === 'create') return create(state, place, body as Stored);
  const key = keyOf(place);
  const known = state.objects.get(key);
  if (known === undefined) return notFound();
  if (place.verb === 'delete') {
    const { preconditions = {} } = (body ?? {}) as {
      readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
    };
    const { uid = known.metadata.uid, resourceVersion = known.metadata.resourceVersion } = preconditions;
    if (uid !== known.metadata.uid || resourceVersion !== known.metadata.resourceVersion) return conflict();
    removeAt(state, place.resource, key);
    return answer({ kind: 'Status', status: 'Success' });
  }
  const wanted =
    place.verb === 'patch' ? patched(known, body as unknown as readonly JSONPatchOperation[]) : replaced(known, body as Stored);
  if (wanted === null) return conflict();
  const kept = keepsSpec ? { ...wanted, spec: known['spec'] ?? null } : wanted;
  const next = place.subresource === 'status' ? { ...known, status: wanted['status'] ?? null } : { ...kept, ...statusOf(known) };
  return answer(put(state, { plural: place.resource, key }, next));
}

/** What is written becomes so, what others wrote beside it stays; creating takes the right to create. */
function serverSideApply(state: State, place: KubeRequest, body: Stored): Stored {
  const known = state.objects.get(keyOf(place));
  const { labels, annotations, ownerReferences } = known?.metadata ?? {};
  const metadata = {
    ...(ownerReferences === undefined ? {} : { ownerReferences }),
    ...body.metadata,
    labels: { ...labels, ...body.metadata.labels },
    annotations: { ...annotations, ...body.metadata.annotations },
  };
  return store(state, place.resource, { ...known, ...body, metadata });
}

function create(state: State, place: KubeRequest, body: Stored): Result<APIResponse, APIFailure> {
  const name = body.metadata.name;
  if (state.objects.has(keyOf({ ...place, name })))
    return failure({ kind: 'Conflict', cause: 'AlreadyExists', status: 409, message: `${place.resource} ${name} exists` });
  return answer(store(state, place.resource, body));
}

function statusOf(object: Stored): { readonly status?: JSONValue } {
  return object['status'] === undefined ? {} : { status: object['status'] };
}

function patched(known: Stored, operations: readonly JSONPatchOperation[]): Stored | null {
  try {
    return applyPatch(known, operations);
  } catch (error) {
    if (error instanceof PatchConflict) return null;
    throw error;
  }
}

function replaced(known: Stored, body: Stored): Stored | null {
  if (body.metadata.resourceVersion !== known.metadata.resourceVersion) return null;
  const { uid, creationTimestamp } = known.metadata;
  return { ...body, metadata: { ...body.metadata, uid, creationTimestamp } };
}

/** Creates or replaces as a person does: identity and status stay. */
function store(state: State, plural: string, manifest: Stored): Stored {
  const { namespace = '', name } = manifest.metadata;
  const key = `${plural}/${namespace}/${name}`;
  const known = state.objects.get(key);
  const {
    uid,
    creationTimestamp,
    generation = 1,
    finalizers = [],
  } = known?.metadata ?? {
    uid: `uid-${String(state.version)}`,
    creationTimestamp: instant(state.clock),
  };
  const kept = { uid, creationTimestamp, generation, ...(finalizers.length === 0 ? {} : { finalizers }) };
  const metadata = { ...manifest.metadata, ...kept };
  return put(state, { plural, key }, { ...manifest, ...(known === undefined ? {} : statusOf(known)), metadata });
}

function instant(clock: Clock): string {
  return new Date(clock.nowMs()).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Nothing changed: no new version, no event, as on the real server. */
function put(state: State, at: { readonly plural: string; readonly key: string }, wanted: Stored): Stored {
  const known = state.objects.get(at.key);
  if (known !== undefined && canonicalJSON(known) === canonicalJSON(wanted)) return known;
  state.version += 1;
  const counted = (object: Stored): string =>
    // The strategy of Deployments takes annotations for part of what users want.
    canonicalJSON([object['spec'] ?? null, at.plural === 'deployments' ? (object.metadata.annotations ?? null) : null]);
  const specChanged = known !== undefined && counted(known) !== counted(wanted);
  const generation = Math.max(known?.metadata.generation ?? 1, wanted.metadata.generation ?? 1) + (specChanged ? 1 : 0);
  const metadata: Metadata = { ...(wanted.metadata as unknown as Metadata), generation, resourceVersion: String(state.version) };
  const object = { ...wanted, metadata } as unknown as Stored;
  if (object.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).length === 0) {
    state.objects.delete(at.key);
    tell(state, at.plural, { type: 'DELETED', object });
    return object;
  }
  state.objects.set(at.key, object);
  tell(state, at.plural, { type: known === undefined ? 'ADDED' : 'MODIFIED', object, ...(known === undefined ? {} : { known }) });
  return object;
}

function removeAt(state: State, plural: string, key: string): void {
  const known = state.objects.get(key);
  if (known === undefined) return;
  const { deletionTimestamp, generation = 1 } = known.metadata;
  // As the API server does: that it is to go is a wish of its users too.
  const asked = deletionTimestamp === undefined ? { deletionTimestamp: instant(state.clock), generation: generation + 1 } : {};
  const metadata = { ...known.metadata, ...asked };
  if ((known.metadata.finalizers ?? []).length > 0) put(state, { plural, key }, { ...known, metadata });
  else {
    state.objects.delete(key);
    tell(state, plural, { type: 'DELETED', object: known });
  }
}

interface Told {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Stored;
  /** What it was before; a watch with a selector tells of what enters and leaves its view. */
  readonly known?: Stored;
}

function tell(state: State, plural: string, { type, object, known }: Told): void {
  const namespace = object.metadata.namespace ?? null;
  for (const { place, stream, selects } of state.watches) {
    if (place.resource !== plural || (place.namespace !== null && place.namespace !== namespace)) continue;
    const [was, is] = [known === undefined || selects(known), selects(object)];
    if (is) stream.event(type === 'MODIFIED' && !was ? 'ADDED' : type, object);
    else if (was && known !== undefined) stream.event('DELETED', object);
  }
}
