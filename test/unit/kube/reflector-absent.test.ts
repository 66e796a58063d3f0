import { describe, expect, it } from '@jest/globals';
import { testObject } from '../../builders/kube-object.ts';
import { resourceVersionsOf, startedReflector } from '../../builders/reflector-world.ts';
import { success } from '../../../src/shared/result.ts';
import { listOf, notFound, scriptedStream } from '../../builders/scripted-transport.ts';

const absent = { mayBeAbsent: true } as const;

describe('a kind the cluster does not serve', () => {
  it('counts as synced and empty when it may be absent, and is told of once', async () => {
    const { clock, reflector, store, events } = await startedReflector({ ...absent, lists: [notFound()] });
    await reflector.whenSynced();
    expect([reflector.synced(), reflector.served(), store.size()]).toEqual([true, false, 0]);
    await clock.advance(600_000);
    expect(events).toEqual([
      { plural: 'things', kind: 'NotServed', mayBeAbsent: true, retryInMs: 800 },
      { plural: 'things', kind: 'Synced' },
    ]);
  });

  it('is asked for again slower and slower, at last twice a minute, by nothing but a LIST', async () => {
    const { clock, transport } = await startedReflector({ ...absent, lists: [notFound()] });
    await clock.advance(60_000);
    const before = transport.requests.length;
    await clock.advance(600_000);
    expect(transport.requests.length - before).toBe(20);
    expect(transport.opened).toEqual([]);
  });

  it('is heard of at every answer: a 404 is no silence', async () => {
    const { clock, reflector } = await startedReflector({ ...absent, lists: [notFound()] });
    await clock.advance(600_000);
    expect(clock.nowMs() - (reflector.heardAtMs() ?? 0)).toBeLessThanOrEqual(30_000);
  });

  it('is listed and watched as soon as it is there, from then on as if it had always been', async () => {
    const { clock, reflector, store, kinds, stream, transport } = await startedReflector({
      ...absent,
      lists: [notFound(), notFound(), notFound(), listOf([testObject()], '10')],
    });
    await clock.advance(800 + 1600 + 3200);
    expect(kinds()).toEqual(['NotServed', 'Synced', 'Listed', 'Served', 'WatchOpened']);
    expect([reflector.served(), store.size()]).toEqual([true, 1]);
    stream(0).cut();
    await clock.advance(0);
    expect(resourceVersionsOf(transport.opened)).toEqual(['10', '10']);
  });

  it('that goes away while it is watched leaves nothing in the cache', async () => {
    const { clock, reflector, store, changes, stream, kinds } = await startedReflector({
      ...absent,
      lists: [listOf([testObject()], '10'), notFound()],
      reopened: [notFound()],
    });
    await clock.advance(5000);
    stream(0).end();
    await clock.advance(800);
    expect(kinds().slice(3)).toEqual(['WatchEnded ServerClosed', 'Failed', 'NotServed']);
    expect([reflector.served(), store.size()]).toEqual([false, 1]);
    await clock.advance(30_000);
    expect([reflector.served(), store.size(), changes.at(-1)]).toEqual([false, 0, 'Deleted uid-credit v1']);
    expect(kinds().filter((kind) => kind === 'NotServed')).toHaveLength(1);
  });

  it.each([1, 2, 4])('regression: a 404 answered %s times while the server starts empties no cache', async (count) => {
    const { clock, reflector, store, changes, stream, kinds } = await startedReflector({
      ...absent,
      lists: [listOf([testObject()], '10'), ...Array.from({ length: count }, notFound), listOf([testObject()], '10')],
      reopened: [notFound()],
    });
    await clock.advance(5000);
    const before = changes.length;
    stream(0).end();
    await clock.advance(14_000);
    expect([reflector.served(), store.size(), changes.length - before]).toEqual([true, 1, 0]);
    expect(kinds()).toContain('NotServed');
  });

  it('that goes away twice is waited for twice', async () => {
    const between = scriptedStream();
    const there = () => listOf([testObject()], '10');
    const { clock, store, stream, kinds, changes } = await startedReflector({
      ...absent,
      lists: [there(), notFound(), there(), notFound(), notFound(), there()],
      reopened: [notFound(), success(between), notFound()],
    });
    await clock.advance(5000);
    stream(0).end();
    await clock.advance(40_000);
    between.end();
    await clock.advance(10_000);
    expect(kinds().filter((kind) => kind === 'NotServed')).toHaveLength(2);
    expect([store.size(), changes.filter((change) => change.startsWith('Deleted'))]).toEqual([1, []]);
  });

  it('is never synced when the operator cannot do without it, and its cache is kept when it goes away', async () => {
    const first = await startedReflector({ lists: [notFound()] });
    await first.clock.advance(600_000);
    expect([first.reflector.synced(), first.reflector.served()]).toEqual([false, false]);
    expect(first.events).toEqual([{ plural: 'things', kind: 'NotServed', mayBeAbsent: false, retryInMs: 800 }]);
    const later = await startedReflector({ lists: [listOf([testObject()], '10'), notFound()], reopened: [notFound()] });
    later.stream(0).cut();
    await later.clock.advance(60_000);
    expect([later.reflector.served(), later.store.size()]).toEqual([false, 1]);
  });
});
