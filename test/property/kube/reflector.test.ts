import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keyOf } from '../../../src/kube/kube-object.ts';
import { createReflector, defaultReflectorTiming } from '../../../src/kube/reflector.ts';
import type { ReflectorEvent } from '../../../src/kube/reflector.ts';
import { createStore } from '../../../src/kube/store.ts';
import type { StoreChange } from '../../../src/kube/store.ts';
import { success } from '../../../src/shared/result.ts';
import { testObject, thingResource } from '../../builders/kube-object.ts';
import type { TestObject } from '../../builders/kube-object.ts';
import { createManualClock, settle } from '../../builders/manual-clock.ts';
import { gone, listOf, scriptedStream, scriptedTransport, throttled, unavailable } from '../../builders/scripted-transport.ts';
import type { ScriptedStream } from '../../builders/scripted-transport.ts';

type Step =
  | { readonly kind: 'Put'; readonly name: string }
  | { readonly kind: 'Delete'; readonly name: string }
  /** The connection goes, cleanly or not, in the middle of an event or between two. */
  | { readonly kind: 'End' | 'Cut' | 'CutInside' | 'Bookmark' | 'Deafen' }
  | { readonly kind: 'ErrorInStream'; readonly code: number }
  /** What is older than now can't be watched from any more. */
  | { readonly kind: 'Compact' }
  | { readonly kind: 'Refuse'; readonly what: 'List' | 'Watch'; readonly how: 'Away' | 'Throttled' | 'Gone' }
  | { readonly kind: 'Advance'; readonly byMs: number };

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('Put' as const), name }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('Delete' as const), name }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('End', 'Cut', 'CutInside', 'Bookmark', 'Deafen') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('ErrorInStream' as const), code: fc.constantFrom(410, 500, 429) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('Compact' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('Refuse' as const),
      what: fc.constantFrom('List', 'Watch'),
      how: fc.constantFrom('Away', 'Throttled', 'Gone'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('Advance' as const), byMs: fc.constantFrom(0, 100, 1000, 10_000, 30_000) }) },
);

interface Told {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: TestObject;
}

interface OpenWatch {
  readonly stream: ScriptedStream;
  deaf: boolean;
}

const refusals = { Away: unavailable, Throttled: () => throttled(2000), Gone: gone } as const;
const pageLimit = 2;

/** An API server of one kind with a history, lists by pages of one snapshot, and connections that can go wrong in every way. */
function createServer() {
  const objects = new Map<string, TestObject>();
  const history: Told[] = [];
  const watches = new Set<OpenWatch>();
  const refused = { List: [] as (keyof typeof refusals)[], Watch: [] as (keyof typeof refusals)[] };
  let version = 10;
  let oldest = 0;
  let uids = 0;
  const tell = (told: Told): void => {
    history.push(told);
    for (const { stream, deaf } of watches) if (!deaf) stream.event(told.type, told.object);
  };
  const each = (run: (stream: ScriptedStream) => void): void => {
    for (const watch of watches) {
      run(watch.stream);
      watches.delete(watch);
    }
  };
  const snapshots = new Map<number, readonly TestObject[]>();
  const transport = scriptedTransport({
    request: ({ query }) => {
      const how = refused.List.shift();
      if (how !== undefined) return refusals[how]();
      const [at = version, from = 0] = (query?.['continue'] ?? '')
        .split('/')
        .filter((part) => part !== '')
        .map(Number);
      if (at < oldest) return gone();
      const snapshot = snapshots.get(at) ?? [...objects.values()];
      snapshots.set(at, snapshot);
      const next = from + pageLimit < snapshot.length ? `${at}/${from + pageLimit}` : undefined;
      return listOf(snapshot.slice(from, from + pageLimit), String(at), next);
    },
    open: ({ query, abort }) => {
      const how = refused.Watch.shift();
      if (how !== undefined) return refusals[how]();
      const from = Number(query?.['resourceVersion']);
      if (from < oldest) return gone();
      const stream = scriptedStream();
      for (const { version: at, type, object } of history) if (at > from) stream.event(type, object);
      const watch = { stream, deaf: false };
      watches.add(watch);
      abort?.addEventListener('abort', () => watches.delete(watch));
      return success(stream);
    },
  });
  return {
    objects,
    transport,
    do(step: Exclude<Step, { kind: 'Advance' }>): void {
      switch (step.kind) {
        case 'Put': {
          version += 1;
          const known = objects.get(step.name);
          if (known === undefined) uids += 1;
          const object = testObject({ name: step.name, uid: known?.metadata.uid ?? `uid-${uids}`, version });
          objects.set(step.name, object);
          tell({ version, type: known === undefined ? 'ADDED' : 'MODIFIED', object });
          return;
        }
        case 'Delete': {
          const known = objects.get(step.name);
          if (known === undefined) return;
          version += 1;
          objects.delete(step.name);
          tell({ version, type: 'DELETED', object: testObject({ name: step.name, uid: known.metadata.uid, version }) });
          return;
        }
        case 'End':
          each((stream) => {
            stream.end();
          });
          return;
        case 'Cut':
          each((stream) => {
            stream.cut();
          });
          return;
        case 'CutInside':
          each((stream) => {
            stream.send('{"type":"ADDED","object":{"metadata":');
            stream.cut();
          });
          return;
        case 'ErrorInStream':
          each((stream) => {
            stream.error(step.code);
          });
          return;
        case 'Bookmark':
          for (const { stream, deaf } of watches) if (!deaf) stream.bookmark(String(version));
          return;
        case 'Deafen':
          for (const watch of watches) watch.deaf = true;
          return;
        case 'Compact':
          oldest = version;
          return;
        case 'Refuse':
          refused[step.what].push(step.how);
      }
    },
    forgive(): void {
      refused.List.length = 0;
      refused.Watch.length = 0;
    },
  };
}

async function follow(steps: readonly Step[]) {
  const clock = createManualClock();
  const server = createServer();
  const store = createStore<TestObject>({});
  const changes: StoreChange<TestObject>[] = [];
  store.subscribe((change) => changes.push(change));
  const events: ReflectorEvent[] = [];
  const reflector = createReflector<TestObject>({
    ...{ resource: thingResource, namespace: null, keepManagedFields: false, transport: server.transport, store, clock },
    ...{ random: () => 0.5, observe: (event) => events.push(event), timing: { ...defaultReflectorTiming, pageLimit } },
  });
  for (const each of ['a', 'b', 'c']) server.do({ kind: 'Put', name: each });
  reflector.start();
  await settle();
  for (const each of steps) {
    if (each.kind === 'Advance') await clock.advance(each.byMs);
    else server.do(each);
    await settle();
  }
  return { clock, server, store, changes, events, reflector };
}

const versions = (objects: Iterable<TestObject>): readonly string[] =>
  [...objects].map((each) => `${keyOf(each)} ${each.metadata.uid} v${each.metadata.resourceVersion}`).toSorted();

describe('a reflector, whatever becomes of its connections', () => {
  it('holds in the end what the server holds, without being started again', async () => {
    const seen = { replaced: 0, gone: 0, truncated: 0, listed: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 25, maxLength: 40 }), async (steps) => {
        const { clock, server, store, events, reflector } = await follow(steps);
        server.forgive();
        // Long enough for the longest backoff, for a deaf watch to be found out, and for a server that asked for patience.
        await clock.advance(120_000);
        expect(versions(store.list())).toEqual(versions(server.objects.values()));
        expect(reflector.synced()).toBe(true);
        for (const event of events) {
          if (event.kind === 'WatchReplaced') seen.replaced += 1;
          if (event.kind === 'Gone') seen.gone += 1;
          if (event.kind === 'Listed') seen.listed += 1;
          if (event.kind === 'WatchEnded' && event.cause === 'Truncated') seen.truncated += 1;
        }
        await reflector.stop();
        expect(clock.pending()).toBe(0);
      }),
      { numRuns: 80 },
    );
    expect(Math.min(seen.replaced, seen.gone, seen.truncated, seen.listed)).toBeGreaterThan(10);
  });

  it('tells each object as it became: never back to an older version, never the same twice, deleted before it is added anew', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { clock, changes, reflector } = await follow(steps);
        await clock.advance(60_000);
        const last = new Map<string, { readonly uid: string; readonly version: number }>();
        for (const { kind, object } of changes) {
          const { uid, resourceVersion } = object.metadata;
          const known = last.get(keyOf(object));
          if (kind === 'Added') expect(known).toBeUndefined();
          else expect(known?.uid).toBe(uid);
          if (kind === 'Updated') expect(Number(resourceVersion)).toBeGreaterThan(known?.version ?? Infinity);
          if (kind === 'Deleted') last.delete(keyOf(object));
          else last.set(keyOf(object), { uid, version: Number(resourceVersion) });
        }
        await reflector.stop();
      }),
      { numRuns: 80 },
    );
  });

  it('lists again only where it must: a connection that breaks costs no list', async () => {
    const harmless = step.filter(({ kind }) => kind !== 'Compact' && kind !== 'Refuse' && kind !== 'ErrorInStream');
    await fc.assert(
      fc.asyncProperty(fc.array(harmless, { maxLength: 40 }), async (steps) => {
        const { clock, events, reflector } = await follow(steps);
        await clock.advance(60_000);
        expect(events.filter(({ kind }) => kind === 'Listed')).toHaveLength(1);
        await reflector.stop();
      }),
      { numRuns: 60 },
    );
  });

  it('a list that is refused while it is read leaves the cache as it was', async () => {
    const { clock, server, store, reflector } = await follow([{ kind: 'Compact' }]);
    const before = versions(store.list());
    server.do({ kind: 'ErrorInStream', code: 410 });
    server.do({ kind: 'Put', name: 'd' });
    for (let times = 0; times < 3; times += 1) server.do({ kind: 'Refuse', what: 'List', how: 'Away' });
    await clock.advance(1000);
    expect(versions(store.list())).toEqual(before);
    await clock.advance(60_000);
    expect(versions(store.list())).toEqual(versions(server.objects.values()));
    await reflector.stop();
  });
});
