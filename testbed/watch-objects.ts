import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

import { Agent } from 'undici';
import { readFileSync } from 'node:fs';

import type { Clock } from '../src/shared/clock.ts';
import type { Coordinates } from './cluster-access.ts';
import { resourcePath } from './api-client.ts';
import type { KubeObject, Resource } from './api-client.ts';

/** One state of an object, when it arrived here. `object` is null once it is deleted. */
export interface SeenState {
  readonly seenAtMs: number;
  readonly name: string;
  readonly object: KubeObject | null;
}

export interface ObjectWatch {
  /** Every state seen, oldest first. */
  readonly states: readonly SeenState[];
  /** The latest state of an object; null while there is none. */
  latest(name: string): KubeObject | null;
  /** Calls back for each new state from now on. */
  onState(listener: (state: SeenState) => void): void;
  stop(): Promise<void>;
}

export interface WatchOptions {
  readonly cluster: Coordinates;
  readonly resource: Resource;
  readonly namespace: string;
  readonly clock: Clock;
}

interface WatchEvent {
  readonly type: string;
  readonly object: KubeObject;
}

/** Pause before a watch that ended is opened again. */
const reopenAfterMs = 200;

/**
 * Watches as anybody else would, with the administrator's token and none of the operator's code. Each opening begins with
 * the current state of all objects, so nothing stays missed when a watch breaks.
 */
export function watchObjects(options: WatchOptions): ObjectWatch {
  const states: SeenState[] = [];
  const current = new Map<string, KubeObject>();
  const listeners: ((state: SeenState) => void)[] = [];
  const abort = new AbortController();
  const agent = new Agent({ connect: { ca: readFileSync(options.cluster.caFile, 'utf8') }, allowH2: false, bodyTimeout: 0 });

  const take = ({ type, object }: WatchEvent): void => {
    const { name = '', resourceVersion } = object.metadata;
    if (type === 'ERROR' || current.get(name)?.metadata.resourceVersion === resourceVersion) return;
    const state = { seenAtMs: options.clock.nowMs(), name, object: type === 'DELETED' ? null : object };
    if (state.object === null) current.delete(name);
    else current.set(name, state.object);
    states.push(state);
    for (const listener of listeners) listener(state);
  };
  const run = async (): Promise<void> => {
    while (!abort.signal.aborted) {
      await followOnce({ agent, options, signal: abort.signal, take }).catch(() => undefined);
      await new Promise<void>((resume) => options.clock.after(reopenAfterMs, resume));
    }
  };
  const running = run();
  return {
    states,
    latest: (name) => current.get(name) ?? null,
    onState: (listener) => listeners.push(listener),
    stop: async () => {
      abort.abort();
      await running;
      await agent.destroy();
    },
  };
}

interface Following {
  readonly agent: Agent;
  readonly options: WatchOptions;
  readonly signal: AbortSignal;
  readonly take: (event: WatchEvent) => void;
}

async function followOnce({ agent, options, signal, take }: Following): Promise<void> {
  const { cluster, resource, namespace } = options;
  const { statusCode, body } = await agent.request({
    origin: cluster.server,
    path: `${resourcePath(resource, { namespace })}?watch=true`,
    method: 'GET',
    headers: { authorization: `Bearer ${cluster.adminToken}`, accept: 'application/json' },
    signal,
  });
  if (statusCode !== 200) throw new Error(`watching ${resource.plural}: HTTP ${String(statusCode)}`);
  for await (const line of createInterface({ input: Readable.from(body), crlfDelay: Infinity })) {
    if (line !== '') take(JSON.parse(line) as WatchEvent);
  }
}
