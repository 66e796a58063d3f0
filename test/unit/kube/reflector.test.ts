import { describe, expect, it } from '@jest/globals';
import { createReflector, defaultReflectorTiming } from '../../../src/kube/reflector.ts';
import type { ReflectorEvent, ReflectorTiming } from '../../../src/kube/reflector.ts';
import { createStore } from '../../../src/kube/store.ts';
import type { APIRequest } from '../../../src/kube/transport.ts';
import { success } from '../../../src/shared/result.ts';
import { testObject, thingResource } from '../../builders/kube-object.ts';
import type { TestObject } from '../../builders/kube-object.ts';
import { createManualClock, settle } from '../../builders/manual-clock.ts';
import { gone, listOf, scriptedStream, scriptedTransport, throttled, unavailable } from '../../builders/scripted-transport.ts';
import type { Answer, ScriptedStream } from '../../builders/scripted-transport.ts';
import type { APIResponse, APIStream } from '../../../src/kube/transport.ts';

interface Script {
  /** One answer a LIST request; the last one repeats. */
  readonly lists?: readonly Answer<APIResponse>[];
  /** One answer a WATCH request; then a stream of `streams`. */
  readonly opens?: readonly Answer<APIStream>[];
  readonly timing?: Partial<ReflectorTiming>;
  readonly keepManagedFields?: boolean;
}

function setUp(script: Script = {}) {
  const clock = createManualClock();
  const events: ReflectorEvent[] = [];
  const store = createStore<TestObject>({});
  const changes: string[] = [];
  store.subscribe((change) => changes.push(`${change.kind} ${change.object.metadata.uid} v${change.object.metadata.resourceVersion}`));
  const lists = [...(script.lists ?? [listOf([testObject()], '10')])];
  const opens = [...(script.opens ?? [])];
  const streams: ScriptedStream[] = [];
  const transport = scriptedTransport({
    request: () => (lists.length > 1 ? lists.shift() : lists[0]) ?? unavailable(),
    open: () => {
      const next = opens.shift();
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
    transport,
    store,
    clock,
    random: () => 1,
    observe: (event) => events.push(event),
    timing: { ...defaultReflectorTiming, ...script.timing },
  });
  const stream = (index: number): ScriptedStream => {
    const found = streams[index];
    if (found === undefined) throw new Error(`no watch number ${String(index)}`);
    return found;
  };
  const kinds = (): string[] => events.map((event) => (event.kind === 'WatchEnded' ? `WatchEnded ${event.cause}` : event.kind));
  return { clock, events, kinds, store, changes, streams, stream, transport, reflector };
}

async function start(script: Script = {}) {
  const world = setUp(script);
  world.reflector.start();
  await settle();
  return world;
}

function resourceVersionsOf(requests: readonly APIRequest[]): (string | undefined)[] {
  return requests.map((request) => request.query?.['resourceVersion']);
}

describe('reflector', () => {
  it('lists, then watches from the list, with bookmarks and a time limit', async () => {
    const { transport, store, kinds, reflector } = await start();
    expect(store.get('lending/credit')).toBeDefined();
    expect(transport.opened[0]).toMatchObject({
      path: '/apis/test.dev/v1/things',
      query: { watch: 'true', allowWatchBookmarks: 'true', resourceVersion: '10', timeoutSeconds: '600' },
    });
    expect(kinds()).toEqual(['Listed', 'Synced', 'WatchOpened']);
    expect(reflector.synced()).toBe(true);
  });

  it('puts a list of many pages into the store only when it is whole', async () => {
    const world = setUp({
      lists: [
        listOf([testObject({ name: 'a' })], '10', 'page-2'),
        new Promise((resolve) => {
          setImmediate(() => {
            resolve(listOf([testObject({ name: 'b' })], '10'));
          });
        }),
      ],
    });
    world.reflector.start();
    await Promise.resolve();
    expect(world.store.size()).toBe(0);
    await settle();
    await settle();
    expect(world.store.size()).toBe(2);
    expect(world.transport.requests.map((request) => request.query)).toEqual([{ limit: '500' }, { limit: '500', continue: 'page-2' }]);
    expect(world.events[0]).toMatchObject({ kind: 'Listed', pages: 2, objects: 2, resourceVersion: '10' });
  });

  it('applies events and goes on from the resourceVersion of the last one', async () => {
    const { stream, changes, transport } = await start();
    stream(0).event('ADDED', testObject({ name: 'b', version: 11 }));
    stream(0).event('MODIFIED', testObject({ version: 12 }));
    stream(0).event('DELETED', testObject({ name: 'b', version: 13 }));
    await settle();
    expect(changes).toEqual(['Added uid-credit v1', 'Added uid-b v11', 'Updated uid-credit v12', 'Deleted uid-b v11']);
    stream(0).end();
    await settle();
    expect(resourceVersionsOf(transport.opened)).toEqual(['10', '13']);
  });

  it('goes on from a bookmark', async () => {
    const { stream, transport } = await start();
    stream(0).bookmark('99');
    stream(0).end();
    await settle();
    expect(resourceVersionsOf(transport.opened)).toEqual(['10', '99']);
  });

  it('reads characters and events cut anywhere by the connection', async () => {
    const { stream, store } = await start();
    const text = JSON.stringify({ type: 'ADDED', object: testObject({ name: 'é', value: 'größer 😀', version: 11 }) }) + '\n';
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 3) stream(0).sendBytes(bytes.subarray(at, at + 3));
    await settle();
    expect(store.get('lending/é')?.spec.value).toBe('größer 😀');
  });

  it('strips managedFields and last-applied, and nothing else', async () => {
    const object = {
      ...testObject(),
      metadata: {
        ...testObject().metadata,
        managedFields: [{ manager: 'kubectl' }],
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', mine: 'kept' },
      },
    };
    const stripped = await start({ lists: [listOf([object], '10')] });
    expect(stripped.store.get('lending/credit')?.metadata).toEqual({ ...testObject().metadata, annotations: { mine: 'kept' } });
    const kept = await start({ lists: [listOf([object], '10')], keepManagedFields: true });
    expect(kept.store.get('lending/credit')).toEqual(object);
  });

  describe('when a watch ends', () => {
    it('opens the next one at once after a clean end', async () => {
      const { clock, stream, streams, kinds } = await start();
      await clock.advance(5000);
      stream(0).end();
      await settle();
      expect(streams).toHaveLength(2);
      expect(kinds().slice(3)).toEqual(['WatchEnded ServerClosed', 'WatchOpened']);
    });

    it('does not ask a server in a tight loop that closes every watch at once', async () => {
      const { clock, streams, stream } = await start();
      for (let index = 0; index < 4; index += 1) {
        stream(streams.length - 1).end();
        await clock.advance(0);
      }
      expect(streams).toHaveLength(2);
      await clock.advance(1600);
      expect(streams).toHaveLength(3);
    });

    it('reconnects from the last whole event when one is cut in half', async () => {
      const { clock, stream, transport, kinds } = await start();
      stream(0).event('ADDED', testObject({ name: 'b', version: 11 }));
      stream(0).send('{"type":"MODIFIED","object":{"metadata":{"name":"b"');
      await settle();
      stream(0).end();
      await clock.advance(0);
      expect(kinds()).toContain('WatchEnded Truncated');
      expect(resourceVersionsOf(transport.opened)).toEqual(['10', '11']);
    });

    it.each([
      ['is not JSON', 'oops\n'],
      ['is not an event', '{"type":"ADDED"}\n'],
      ['has no identity', '{"type":"ADDED","object":{"metadata":{}}}\n'],
      ['is of an unknown type', `${JSON.stringify({ type: 'MOVED', object: testObject() })}\n`],
    ])('reconnects from the last good event when a line %s', async (_name, line) => {
      const { clock, stream, transport, kinds } = await start();
      stream(0).event('ADDED', testObject({ name: 'b', version: 11 }));
      stream(0).send(line);
      await clock.advance(0);
      expect(kinds()).toContain('WatchEnded Broken');
      expect(stream(0).cancelled()).toBe(true);
      expect(resourceVersionsOf(transport.opened)).toEqual(['10', '11']);
    });

    it('reconnects at once after the first break, then backs off, and anew after a healthy minute', async () => {
      const { clock, events, stream, streams } = await start();
      for (let index = 0; index < 4; index += 1) {
        stream(streams.length - 1).cut();
        await clock.advance(10_000);
      }
      await clock.advance(60_000);
      stream(streams.length - 1).cut();
      await settle();
      const delays = events.flatMap((event) => (event.kind === 'Failed' ? [event.retryInMs] : []));
      expect(delays).toEqual([0, 1600, 3200, 6400, 0]);
    });

    it('backs off when the watch is refused', async () => {
      const { clock, streams, events } = await start({ opens: [unavailable(), unavailable()] });
      await clock.advance(800 + 1600);
      expect(streams).toHaveLength(1);
      expect(events.filter((event) => event.kind === 'Failed')).toMatchObject([
        { during: 'Watch', retryInMs: 800 },
        { during: 'Watch', retryInMs: 1600 },
      ]);
    });
  });

  describe('410', () => {
    it('lists again when the stream says so', async () => {
      const { clock, stream, transport, store, kinds } = await start({ lists: [listOf([testObject()], '10'), listOf([testObject({ version: 20 })], '20')] });
      stream(0).error(410);
      await clock.advance(0);
      expect(kinds().slice(3)).toEqual(['WatchEnded ServerError', 'Gone', 'Listed', 'WatchOpened']);
      expect(resourceVersionsOf(transport.opened)).toEqual(['10', '20']);
      expect(store.get('lending/credit')?.metadata.resourceVersion).toBe('20');
    });

    it('lists again when the watch is refused so', async () => {
      const { clock, transport, kinds } = await start({ opens: [gone()] });
      await clock.advance(800);
      expect(kinds()).toEqual(['Listed', 'Synced', 'Gone', 'Listed', 'WatchOpened']);
      expect(transport.requests).toHaveLength(2);
    });

    it('starts a list anew when a page is refused so, keeping the old objects', async () => {
      const { clock, store, transport } = await start({
        lists: [listOf([testObject({ name: 'a' })], '10', 'page-2'), gone(), listOf([testObject({ name: 'b' })], '20')],
      });
      expect(store.size()).toBe(0);
      await clock.advance(800);
      expect(store.list().map((object) => object.metadata.name)).toEqual(['b']);
      expect(transport.requests.map((request) => request.query?.['continue'])).toEqual([undefined, 'page-2', undefined]);
    });

    it('storms for a minute: at most one list in five seconds', async () => {
      const { clock, transport } = await start({ opens: Array.from({ length: 100 }, gone) });
      await clock.advance(60_000);
      expect(transport.requests.length).toBeLessThanOrEqual(12);
      expect(transport.requests.length).toBeGreaterThan(3);
    });

    it('tells a re-created object as deleted and added, though no event of either came', async () => {
      const { clock, stream, changes } = await start({
        lists: [listOf([testObject({ uid: 'first' })], '10'), listOf([testObject({ uid: 'second', version: 20 })], '20')],
      });
      stream(0).error(410);
      await clock.advance(0);
      expect(changes).toEqual(['Added first v1', 'Deleted first v1', 'Added second v20']);
    });

    it('treats other errors in the stream as a failure, without a list', async () => {
      const { clock, stream, transport, events } = await start();
      stream(0).error(504);
      await clock.advance(0);
      expect(events.find((event) => event.kind === 'Failed')).toMatchObject({ failure: { kind: 'Unavailable', status: 504 } });
      expect(transport.requests).toHaveLength(1);
      expect(resourceVersionsOf(transport.opened)).toEqual(['10', '10']);
    });
  });

  describe('a list that fails', () => {
    it('waits as long as the server asks', async () => {
      const { clock, transport, reflector } = await start({ lists: [throttled(9000), listOf([], '10')] });
      await clock.advance(8999);
      expect(transport.requests).toHaveLength(1);
      expect(reflector.synced()).toBe(false);
      await clock.advance(1);
      expect(reflector.synced()).toBe(true);
    });

    it('asks for the same page again', async () => {
      const { clock, transport, store } = await start({
        lists: [listOf([testObject({ name: 'a' })], '10', 'page-2'), throttled(1000), unavailable(), listOf([testObject({ name: 'b' })], '10')],
      });
      await clock.advance(1000 + 1600);
      expect(transport.requests.map((request) => request.query?.['continue'])).toEqual([undefined, 'page-2', 'page-2', 'page-2']);
      expect(store.size()).toBe(2);
    });

    it('backs off to the limit and no further', async () => {
      const { clock, events } = await start({ lists: [unavailable()] });
      await clock.advance(200_000);
      const delays = events.flatMap((event) => (event.kind === 'Failed' ? [event.retryInMs] : []));
      expect(delays.slice(0, 8)).toEqual([800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
    });
  });

  describe('a silent watch', () => {
    it('is replaced from the last resourceVersion, and closed only when the new one has answered', async () => {
      const answers: ((stream: APIStream) => void)[] = [];
      const first = scriptedStream();
      const second = scriptedStream();
      const { clock, transport, kinds } = await start({
        opens: [
          success(first),
          new Promise((resolve) => {
            answers.push((stream) => {
              resolve(success(stream));
            });
          }),
        ],
      });
      first.event('MODIFIED', testObject({ version: 11 }));
      await clock.advance(24_999);
      expect(transport.opened).toHaveLength(1);
      await clock.advance(1);
      expect(resourceVersionsOf(transport.opened)).toEqual(['10', '11']);
      expect(first.cancelled()).toBe(false);
      answers[0]?.(second);
      await settle();
      expect(first.cancelled()).toBe(true);
      expect(kinds().slice(3)).toEqual(['WatchReplaced', 'WatchEnded Replaced']);
    });

    it('goes on being followed through its replacement', async () => {
      const { clock, stream, store, events } = await start();
      await clock.advance(25_000);
      stream(1).event('MODIFIED', testObject({ version: 12 }));
      await settle();
      expect(store.get('lending/credit')?.metadata.resourceVersion).toBe('12');
      await clock.advance(25_000);
      expect(events.filter((event) => event.kind === 'WatchReplaced')).toMatchObject([
        { resourceVersion: '10', silentMs: 25_000 },
        { resourceVersion: '12', silentMs: 25_000 },
      ]);
    });

    it('that speaks while it is being replaced stays, and the other is dropped: no event is told twice', async () => {
      const first = scriptedStream();
      const late = scriptedStream();
      const pending: { answer: () => void } = { answer: () => undefined };
      const { clock, changes, kinds, transport } = await start({
        opens: [
          success(first),
          new Promise((resolve) => {
            pending.answer = () => {
              resolve(success(late));
            };
          }),
        ],
      });
      await clock.advance(25_000);
      first.event('MODIFIED', testObject({ version: 11 }));
      await settle();
      pending.answer();
      await settle();
      expect(transport.opened[1]?.abort?.aborted).toBe(true);
      expect(late.cancelled()).toBe(true);
      expect(first.cancelled()).toBe(false);
      expect(changes).toEqual(['Added uid-credit v1', 'Updated uid-credit v11']);
      expect(kinds()).not.toContain('WatchReplaced');
    });

    it('is tried again when its replacement fails, and keeps being listened to', async () => {
      const first = scriptedStream();
      const { clock, store, transport, kinds } = await start({ opens: [success(first), unavailable(), unavailable()] });
      await clock.advance(25_000 + 800);
      first.event('MODIFIED', testObject({ version: 11 }));
      await settle();
      expect(store.get('lending/credit')?.metadata.resourceVersion).toBe('11');
      await clock.advance(25_000);
      expect(transport.opened).toHaveLength(4);
      expect(kinds().at(-2)).toBe('WatchReplaced');
    });

    it('whose replacement is refused as gone leads to a list', async () => {
      const first = scriptedStream();
      const { clock, kinds, transport } = await start({ opens: [success(first), gone()] });
      await clock.advance(25_000);
      expect(first.cancelled()).toBe(true);
      expect(kinds().slice(3, 6)).toEqual(['WatchEnded Gone', 'Gone', 'Listed']);
      expect(transport.requests).toHaveLength(2);
    });

    it('costs no list, ever', async () => {
      const { clock, transport } = await start();
      await clock.advance(3_600_000);
      expect(transport.requests).toHaveLength(1);
      expect(transport.opened).toHaveLength(1 + 3600 / 25);
    });
  });

  it('bytes keep a watch from being taken for silent, events or not', async () => {
    const { clock, stream, transport } = await start();
    for (let second = 0; second < 120; second += 20) {
      stream(0).bookmark('10');
      await clock.advance(20_000);
    }
    expect(transport.opened).toHaveLength(1);
  });

  it('knows when the server was last heard', async () => {
    const world = setUp();
    expect(world.reflector.heardAtMs()).toBeNull();
    world.reflector.start();
    await settle();
    const startedMs = world.clock.nowMs();
    expect(world.reflector.heardAtMs()).toBe(startedMs);
    await world.clock.advance(7000);
    expect(world.reflector.heardAtMs()).toBe(startedMs);
    world.stream(0).bookmark('11');
    await settle();
    expect(world.reflector.heardAtMs()).toBe(startedMs + 7000);
  });

  describe('stop', () => {
    it('closes the watch and asks for nothing more', async () => {
      const { clock, reflector, stream, transport, kinds } = await start();
      await reflector.stop();
      await clock.advance(3_600_000);
      expect(stream(0).cancelled()).toBe(true);
      expect(transport.opened).toHaveLength(1);
      expect(kinds().at(-1)).toBe('WatchEnded Stopped');
      expect(clock.pending()).toBe(0);
    });

    it('during a list opens no watch afterwards and stores nothing', async () => {
      const pending: { answer: () => void } = { answer: () => undefined };
      const { reflector, transport, store } = await start({
        lists: [
          new Promise((resolve) => {
            pending.answer = () => {
              resolve(listOf([testObject()], '10'));
            };
          }),
        ],
      });
      const stopping = reflector.stop();
      expect(transport.requests[0]?.abort?.aborted).toBe(true);
      pending.answer();
      await stopping;
      expect(transport.opened).toHaveLength(0);
      expect(store.size()).toBe(0);
    });

    it('while a watch is being opened closes it when it comes', async () => {
      const late = scriptedStream();
      const pending: { answer: () => void } = { answer: () => undefined };
      const { reflector, clock } = await start({
        opens: [
          new Promise((resolve) => {
            pending.answer = () => {
              resolve(success(late));
            };
          }),
        ],
      });
      const stopping = reflector.stop();
      pending.answer();
      await stopping;
      expect(late.cancelled()).toBe(true);
      expect(clock.pending()).toBe(0);
    });

    it('while a silent watch is being replaced closes both', async () => {
      const first = scriptedStream();
      const late = scriptedStream();
      const pending: { answer: () => void } = { answer: () => undefined };
      const { reflector, clock } = await start({
        opens: [
          success(first),
          new Promise((resolve) => {
            pending.answer = () => {
              resolve(success(late));
            };
          }),
        ],
      });
      await clock.advance(25_000);
      await reflector.stop();
      pending.answer();
      await settle();
      expect([first.cancelled(), late.cancelled()]).toEqual([true, true]);
      expect(clock.pending()).toBe(0);
    });

    it('during a delay ends the delay', async () => {
      const { clock, reflector, transport } = await start({ lists: [throttled(3_600_000)] });
      await reflector.stop();
      expect(clock.pending()).toBe(0);
      expect(transport.requests).toHaveLength(1);
    });

    it('lets those go who wait for the first sync', async () => {
      const { reflector } = await start({ lists: [unavailable()] });
      const waiting = reflector.whenSynced();
      await reflector.stop();
      await waiting;
      expect(reflector.synced()).toBe(false);
    });

    it('before start keeps it from ever starting', async () => {
      const { reflector, transport } = setUp();
      await reflector.stop();
      reflector.start();
      await settle();
      expect(transport.requests).toHaveLength(0);
    });
  });
});
