import { createReflector, defaultReflectorTiming } from '../../src/kube/reflector.ts';
import type { ReflectorEvent } from '../../src/kube/reflector.ts';
import { createStore } from '../../src/kube/store.ts';
import type { APIRequest, APIResponse, APIStream } from '../../src/kube/transport.ts';
import { success } from '../../src/shared/result.ts';
import { testObject, thingResource } from './kube-object.ts';
import type { TestObject } from './kube-object.ts';
import { createManualClock, settle } from './manual-clock.ts';
import { listOf, scriptedStream, scriptedTransport, unavailable } from './scripted-transport.ts';
import type { Answer, ScriptedStream } from './scripted-transport.ts';

export interface ReflectorScript {
  /** One answer a LIST request; the last one repeats. */
  readonly lists?: readonly Answer<APIResponse>[];
  /** One answer a WATCH request; then a stream of `streams`. */
  readonly opens?: readonly Answer<APIStream>[];
  /** One answer each WATCH after the first; then streams again. */
  readonly reopened?: readonly Answer<APIStream>[];
  readonly mayBeAbsent?: boolean;
  readonly keepManagedFields?: boolean;
}

/** A reflector over a scripted API server, not started. */
export function reflectorWorld(script: ReflectorScript = {}) {
  const clock = createManualClock();
  const events: ReflectorEvent[] = [];
  const store = createStore<TestObject>({});
  const changes: string[] = [];
  store.subscribe((change) => changes.push(`${change.kind} ${change.object.metadata.uid} v${change.object.metadata.resourceVersion}`));
  const lists = [...(script.lists ?? [listOf([testObject()], '10')])];
  const opens = [...(script.opens ?? [])];
  const reopened = [...(script.reopened ?? [])];
  const streams: ScriptedStream[] = [];
  const transport = scriptedTransport({
    request: () => (lists.length > 1 ? lists.shift() : lists[0]) ?? unavailable(),
    open: () => {
      const next = opens.shift() ?? (streams.length > 0 ? reopened.shift() : undefined);
      if (next !== undefined) return next;
      const stream = scriptedStream();
      streams.push(stream);
      return success(stream);
    },
  });
  const reflector = createReflector<TestObject>({
    resource: thingResource,
    namespace: null,
    keepManagedFields: script.keepManagedFields ?? false,
    mayBeAbsent: script.mayBeAbsent ?? false,
    transport,
    store,
    clock,
    random: () => 1,
    observe: (event) => events.push(event),
    timing: defaultReflectorTiming,
  });
  const stream = (index: number): ScriptedStream => {
    const found = streams[index];
    if (found === undefined) throw new Error(`no watch number ${String(index)}`);
    return found;
  };
  const kinds = (): string[] => events.map((event) => (event.kind === 'WatchEnded' ? `WatchEnded ${event.cause}` : event.kind));
  return { clock, events, kinds, store, changes, streams, stream, transport, reflector };
}

export async function startedReflector(script: ReflectorScript = {}) {
  const world = reflectorWorld(script);
  world.reflector.start();
  await settle();
  return world;
}

export function resourceVersionsOf(requests: readonly APIRequest[]): (string | undefined)[] {
  return requests.map((request) => request.query?.['resourceVersion']);
}
