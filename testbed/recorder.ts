import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { Agent } from 'undici';

import { createAPIClient, resourcePath } from './api-client.ts';
import type { APIClient, KubeObject, Resource } from './api-client.ts';
import type { Coordinates } from './cluster-access.ts';
import { eventually } from './eventually.ts';
import type { ProxyRecord } from './fault-proxy.ts';
import { lineSplitter } from './faulty-watch.ts';
import { isWrite } from './kube-request.ts';
import type { ObjectEvent, Timeline, TimelineEvent, WriteEvent } from './timeline.ts';
import { versionOf } from './timeline.ts';
import { wallClockMs } from './wall-clock.ts';

const ours = (plural: string): Resource => ({ group: 'modelrisk.dev', version: 'v1alpha1', plural });

/** What the invariants speak of beside the objects acted on. */
export const recordedBeside: readonly Resource[] = [
  { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' },
  ours('mitigationplans'),
  ours('riskincidents'),
];

export interface RecorderOptions {
  readonly cluster: Coordinates;
  readonly namespace: string;
  /** All must be served when the recorder starts. */
  readonly resources: readonly Resource[];
}

/** The one witness of a test: watches of its own, past any proxy. */
export interface Recorder {
  /** In order of arrival; grows. */
  readonly timeline: Timeline;
  /** What the test does: signals it sets, edits it makes, words of people. */
  note(event: Extract<TimelineEvent, { kind: 'Signal' | 'Intent' | 'Person' }>): void;
  /** Resolves when every revision of now has been seen. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

interface Watching {
  readonly options: RecorderOptions;
  readonly client: APIClient;
  readonly agent: Agent;
  readonly timeline: TimelineEvent[];
  readonly abort: AbortController;
}

/** Lists and watches the namespace; resolves when the present state is recorded and all watches are to follow without a hole. */
export async function startRecorder(options: RecorderOptions): Promise<Recorder> {
  const { server, caFile, adminToken: token } = options.cluster;
  const client = createAPIClient({ server, caFile, token });
  const agent = new Agent({ connect: { ca: readFileSync(caFile, 'utf8') }, allowH2: false, bodyTimeout: 0 });
  const watching: Watching = { options, client, agent, timeline: [], abort: new AbortController() };
  const { resources } = options;
  const loops = await Promise.all(resources.map((resource) => follow(watching, resource)));
  return {
    timeline: watching.timeline,
    note: (event) => void watching.timeline.push(event),
    catchUp: async () => {
      await Promise.all(resources.map((resource) => untilSeen(watching, resource)));
    },
    stop: async () => {
      watching.abort.abort();
      await Promise.all(loops.map(({ ended }) => ended));
      await Promise.all([client.close(), agent.destroy()]);
    },
  };
}

interface ListBody {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly KubeObject[];
}

/** Lists, then keeps a watch open. Wrapped, because a promise inside a promise would be awaited. */
async function follow(watching: Watching, resource: Resource): Promise<{ readonly ended: Promise<void> }> {
  const path = resourcePath(resource, { namespace: watching.options.namespace });
  const answer = await watching.client.raw({ method: 'GET', path });
  if (answer.status !== 200) throw new Error(`the recorder can't list ${resource.plural}: ${answer.status} ${JSON.stringify(answer.body)}`);
  const { metadata, items } = answer.body as ListBody;
  for (const object of items) record(watching, resource, { change: 'Added', object });
  return { ended: keepWatching(watching, resource, metadata.resourceVersion) };
}

async function keepWatching(watching: Watching, resource: Resource, from: string): Promise<void> {
  const stopped = (): boolean => watching.abort.signal.aborted;
  let version = from;
  while (!stopped()) {
    try {
      version = await watchOnce(watching, resource, version);
    } catch (error) {
      if (stopped()) return;
      // A lost connection loses nothing: the next watch begins at the last version seen. Gone does.
      if (error instanceof WatchGoneError) {
        watching.timeline.push({ kind: 'Gap', atMs: wallClockMs(), message: `the watch of ${resource.plural} ended: ${error.message}` });
        return;
      }
      await delay(50);
    }
  }
}

class WatchGoneError extends Error {
  override readonly name = 'WatchGoneError';
}

const changes = { ADDED: 'Added', MODIFIED: 'Modified', DELETED: 'Deleted' } as const;

/** One watch to its end; answers the last version seen. */
async function watchOnce(watching: Watching, resource: Resource, from: string): Promise<string> {
  const { options, agent, abort } = watching;
  const state = { version: from, failure: null as string | null };
  const { statusCode, body } = await agent.request({
    origin: options.cluster.server,
    path: `${resourcePath(resource, { namespace: options.namespace })}?watch=true&allowWatchBookmarks=true&resourceVersion=${from}`,
    method: 'GET',
    headers: { authorization: `Bearer ${options.cluster.adminToken}`, accept: 'application/json' },
    signal: abort.signal,
  });
  if (statusCode !== 200) throw new WatchGoneError(`${statusCode} ${await body.text()}`);
  const split = lineSplitter((line) => {
    const { type, object } = JSON.parse(line) as { readonly type: string; readonly object: KubeObject };
    if (type === 'ERROR') {
      state.failure = line;
      return;
    }
    state.version = object.metadata.resourceVersion ?? state.version;
    if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') record(watching, resource, { change: changes[type], object });
  });
  try {
    for await (const chunk of body) split(chunk as Buffer);
  } catch {
    // The lines that came whole are recorded; the rest comes again from `state.version`.
  }
  if (state.failure !== null) throw new WatchGoneError(state.failure);
  return state.version;
}

function record(watching: Watching, resource: Resource, seen: Pick<ObjectEvent, 'change' | 'object'>): void {
  watching.timeline.push({ kind: 'Object', atMs: wallClockMs(), resource: resource.plural, ...seen });
}

async function untilSeen(watching: Watching, resource: Resource): Promise<void> {
  const items = await watching.client.list(resource, { namespace: watching.options.namespace });
  const newest = Math.max(0, ...items.map(versionOf));
  await eventually(() => {
    const seen = watching.timeline.some(
      (event) => event.kind === 'Object' && event.resource === resource.plural && versionOf(event.object) >= newest,
    );
    return Promise.resolve(newest === 0 || seen);
  });
}

/** What one operator wrote, as its fault proxy saw it. */
export function writesThrough(records: readonly ProxyRecord[]): readonly WriteEvent[] {
  return records.filter(isWrite).flatMap((request) => {
    if (request.upstreamStatus === null) return [];
    const { effective, arrivedAtMs, upstreamStatus } = request;
    return [{ kind: 'Write' as const, atMs: request.answeredAtMs ?? arrivedAtMs, request, status: upstreamStatus, effective }];
  });
}
