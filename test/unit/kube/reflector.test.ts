import { describe, expect, it } from '@jest/globals';
import { testObject } from '../../builders/kube-object.ts';
import { settle } from '../../builders/manual-clock.ts';
import { reflectorWorld, resourceVersionsOf, startedReflector } from '../../builders/reflector-world.ts';
import { gone, listOf, throttled, unavailable } from '../../builders/scripted-transport.ts';

describe('reflector', () => {
  it('lists, then watches from the list, with bookmarks and a time limit', async () => {
    const { transport, store, kinds, reflector } = await startedReflector();
    expect(store.get('lending/credit')).toBeDefined();
    expect(transport.opened[0]).toMatchObject({
      path: '/apis/test.dev/v1/things',
      query: { watch: 'true', allowWatchBookmarks: 'true', resourceVersion: '10', timeoutSeconds: '600' },
    });
    expect(kinds()).toEqual(['Listed', 'Synced', 'WatchOpened']);
    expect(reflector.synced()).toBe(true);
  });

  it('puts a list of many pages into the store only when it is whole', async () => {
    const world = reflectorWorld({
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
    const { stream, changes, transport } = await startedReflector();
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
    const { stream, transport } = await startedReflector();
    stream(0).bookmark('99');
    stream(0).end();
    await settle();
    expect(resourceVersionsOf(transport.opened)).toEqual(['10', '99']);
  });

  it('reads characters and events cut anywhere by the connection', async () => {
    const { stream, store } = await startedReflector();
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
    const stripped = await startedReflector({ lists: [listOf([object], '10')] });
    expect(stripped.store.get('lending/credit')?.metadata).toEqual({ ...testObject().metadata, annotations: { mine: 'kept' } });
    const kept = await startedReflector({ lists: [listOf([object], '10')], keepManagedFields: true });
    expect(kept.store.get('lending/credit')).toEqual(object);
  });

  describe('when a watch ends', () => {
    it('opens the next one at once after a clean end', async () => {
      const { clock, stream, streams, kinds } = await startedReflector();
      await clock.advance(5000);
      stream(0).end();
      await settle();
      expect(streams).toHaveLength(2);
      expect(kinds().slice(3)).toEqual(['WatchEnded ServerClosed', 'WatchOpened']);
    });

    it('does not ask a server in a tight loop that closes every watch at once', async () => {
      const { clock, streams, stream } = await startedReflector();
      for (let index = 0; index < 4; index += 1) {
        stream(streams.length - 1).end();
        await clock.advance(0);
      }
      expect(streams).toHaveLength(2);
      await clock.advance(1600);
      expect(streams).toHaveLength(3);
    });

    it('reconnects from the last whole event when one is cut in half', async () => {
      const { clock, stream, transport, kinds } = await startedReflector();
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
      const { clock, stream, transport, kinds } = await startedReflector();
      stream(0).event('ADDED', testObject({ name: 'b', version: 11 }));
      stream(0).send(line);
      await clock.advance(0);
      expect(kinds()).toContain('WatchEnded Broken');
      expect(stream(0).cancelled()).toBe(true);
      expect(resourceVersionsOf(transport.opened)).toEqual(['10', '11']);
    });

    it('reconnects at once after the first break, then backs off, and anew after a healthy minute', async () => {
      const { clock, events, stream, streams } = await startedReflector();
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
      const { clock, streams, events } = await startedReflector({ opens: [unavailable(), unavailable()] });
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
      const { clock, stream, transport, store, kinds } = await startedReflector({
        lists: [listOf([testObject()], '10'), listOf([testObject({ version: 20 })], '20')],
      });
      stream(0).error(410);
      await clock.advance(0);
      expect(kinds().slice(3)).toEqual(['WatchEnded ServerError', 'Gone', 'Listed', 'WatchOpened']);
      expect(resourceVersionsOf(transport.opened)).toEqual(['10', '20']);
      expect(store.get('lending/credit')?.metadata.resourceVersion).toBe('20');
    });

    it('lists again when the watch is refused so', async () => {
      const { clock, transport, kinds } = await startedReflector({ opens: [gone()] });
      await clock.advance(800);
      expect(kinds()).toEqual(['Listed', 'Synced', 'Gone', 'Listed', 'WatchOpened']);
      expect(transport.requests).toHaveLength(2);
    });

    it('starts a list anew when a page is refused so, keeping the old objects', async () => {
      const { clock, store, transport } = await startedReflector({
        lists: [listOf([testObject({ name: 'a' })], '10', 'page-2'), gone(), listOf([testObject({ name: 'b' })], '20')],
      });
      expect(store.size()).toBe(0);
      await clock.advance(800);
      expect(store.list().map((object) => object.metadata.name)).toEqual(['b']);
      expect(transport.requests.map((request) => request.query?.['continue'])).toEqual([undefined, 'page-2', undefined]);
    });

    it('storms for a minute: at most one list in five seconds', async () => {
      const { clock, transport } = await startedReflector({ opens: Array.from({ length: 100 }, gone) });
      await clock.advance(60_000);
      expect(transport.requests.length).toBeLessThanOrEqual(12);
      expect(transport.requests.length).toBeGreaterThan(3);
    });

    it('tells a re-created object as deleted and added, though no event of either came', async () => {
      const { clock, stream, changes } = await startedReflector({
        lists: [listOf([testObject({ uid: 'first' })], '10'), listOf([testObject({ uid: 'second', version: 20 })], '20')],
      });
      stream(0).error(410);
      await clock.advance(0);
      expect(changes).toEqual(['Added first v1', 'Deleted first v1', 'Added second v20']);
    });

    it('treats other errors in the stream as a failure, without a list', async () => {
      const { clock, stream, transport, events } = await startedReflector();
      stream(0).error(504);
      await clock.advance(0);
      expect(events.find((event) => event.kind === 'Failed')).toMatchObject({ failure: { kind: 'Unavailable', status: 504 } });
      expect(transport.requests).toHaveLength(1);
      expect(resourceVersionsOf(transport.opened)).toEqual(['10', '10']);
    });
  });

  describe('a list that fails', () => {
    it('waits as long as the server asks', async () => {
      const { clock, transport, reflector } = await startedReflector({ lists: [throttled(9000), listOf([], '10')] });
      await clock.advance(8999);
      expect(transport.requests).toHaveLength(1);
      expect(reflector.synced()).toBe(false);
      await clock.advance(1);
      expect(reflector.synced()).toBe(true);
    });

    it('asks for the same page again', async () => {
      const { clock, transport, store } = await startedReflector({
        lists: [
          listOf([testObject({ name: 'a' })], '10', 'page-2'),
          throttled(1000),
          unavailable(),
          listOf([testObject({ name: 'b' })], '10'),
        ],
      });
      await clock.advance(1000 + 1600);
      expect(transport.requests.map((request) => request.query?.['continue'])).toEqual([undefined, 'page-2', 'page-2', 'page-2']);
      expect(store.size()).toBe(2);
    });

    it('backs off to the limit and no further', async () => {
      const { clock, events } = await startedReflector({ lists: [unavailable()] });
      await clock.advance(200_000);
      const delays = events.flatMap((event) => (event.kind === 'Failed' ? [event.retryInMs] : []));
      expect(delays.slice(0, 8)).toEqual([800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
    });
  });

  it('knows when the server was last heard', async () => {
    const world = reflectorWorld();
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
});
