import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from '../../builders/api-proxy.ts';
import type { ProxiedRequest, ProxyAction } from '../../builders/api-proxy.ts';
import { configMaps, startLiveRuntime, startReflector } from '../../builders/live-runtime.ts';
import type { LiveReflector, LiveReflectorOptions, LiveRuntime } from '../../builders/live-runtime.ts';
import { defineThings } from '../../builders/thing-kind.ts';
import { eventually } from '../../../testbed/eventually.ts';

describe('reflector against the API server', () => {
  let runtime: LiveRuntime;
  const running: LiveReflector[] = [];

  beforeAll(async () => {
    runtime = await startLiveRuntime();
  });

  afterAll(async () => {
    await runtime.close();
  });

  /** No story leaves a watch behind. */
  afterEach(async () => {
    for (const one of running.splice(0)) await one.reflector.stop();
    runtime.proxy.act(() => null);
    await eventually(() => Promise.resolve(runtime.proxy.open() === 0));
  });

  function reflect(options: LiveReflectorOptions): LiveReflector {
    const reflector = startReflector(runtime, options);
    running.push(reflector);
    return reflector;
  }

  const inside =
    (namespace: string, what: 'list' | 'watch') =>
    (request: ProxiedRequest): boolean =>
      request.url.pathname.includes(`/${namespace}/`) && request.watch === (what === 'watch');

  const requests = (namespace: string, what: 'list' | 'watch'): readonly ProxiedRequest[] =>
    runtime.proxy.seen.filter(inside(namespace, what));

  it('lists and then follows additions, changes and deletions, without managedFields', async () => {
    const namespace = await runtime.plane.createNamespace();
    await runtime.createConfigMap(namespace, 'before');
    const { reflector, said, has, told, store, changes } = reflect({ namespace });
    await reflector.whenSynced();
    expect(store.get(`${namespace}/before`)).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    await said('WatchOpened');
    await runtime.createConfigMap(namespace, 'after', { a: '1' });
    expect(await has('after')).toMatchObject({ data: { a: '1' } });
    await runtime.plane.client.merge(configMaps, { namespace, name: 'after' }, { data: { a: '2' } });
    await runtime.plane.client.delete(configMaps, { namespace, name: 'after' });
    await eventually(() => Promise.resolve(told().includes('Deleted after')));
    expect(told()).toEqual(['Added before', 'Added after', 'Updated after', 'Deleted after']);
    expect(changes.every((change) => change.object.metadata.managedFields === undefined)).toBe(true);
  });

  it('a watch cut in the middle of an object goes on from the last whole one, told once each', async () => {
    const namespace = await runtime.plane.createNamespace();
    // The bytes of one event and a half: the second object is cut.
    runtime.proxy.act(once({ kind: 'CutAfter', bytes: 1500 }, inside(namespace, 'watch')));
    const { reflector, said, has, told } = reflect({ namespace });
    await reflector.whenSynced();
    await said('WatchOpened');
    await runtime.createConfigMap(namespace, 'whole', { text: 'x'.repeat(600) });
    await has('whole');
    await runtime.createConfigMap(namespace, 'cut', { text: 'y'.repeat(3000) });
    expect(await has('cut')).toMatchObject({ data: { text: 'y'.repeat(3000) } });
    expect(await said('WatchEnded')).toMatchObject({ cause: 'Truncated' });
    expect(told()).toEqual(['Added whole', 'Added cut']);
    expect(requests(namespace, 'list')).toHaveLength(1);
  });

  it('a resourceVersion the server no longer has leads to a list (its own 410)', async () => {
    // A kind defined just now: the server can't know what was before.
    const things = await defineThings(runtime.plane, 'reflector.test');
    const namespace = await runtime.plane.createNamespace();
    const create = (name: string): Promise<unknown> =>
      runtime.plane.client.create(things, { apiVersion: 'reflector.test/v1', kind: 'Thing', metadata: { namespace, name } });
    await create('there');
    const path = `/apis/reflector.test/v1/namespaces/${namespace}/things?watch=true&resourceVersion=1`;
    runtime.proxy.act(once({ kind: 'Rewrite', path }, inside(namespace, 'watch')));
    const { said, has, told, events } = reflect({ namespace, resource: things });
    expect(await said('Gone')).toMatchObject({ during: 'Watch' });
    await said(
      'WatchOpened',
      events.findIndex((event) => event.kind === 'Gone'),
    );
    await create('later');
    await has('later');
    expect(told()).toEqual(['Added there', 'Added later']);
    expect(requests(namespace, 'list')).toHaveLength(2);
  });

  it('410 on a page begins the list anew', async () => {
    const namespace = await runtime.plane.createNamespace();
    for (const name of ['a', 'b', 'c']) await runtime.createConfigMap(namespace, name);
    const secondPage = (request: ProxiedRequest): boolean => inside(namespace, 'list')(request) && request.url.searchParams.has('continue');
    runtime.proxy.act(once({ kind: 'Reply', status: 410, body: { kind: 'Status', code: 410, message: 'expired' } }, secondPage));
    const { reflector, told, said } = reflect({ namespace, timing: { pageLimit: 1 } });
    await reflector.whenSynced();
    expect(await said('Gone')).toMatchObject({ during: 'List' });
    expect(told()).toEqual(['Added a', 'Added b', 'Added c']);
  });

  it.each<[string, ProxyAction]>([
    ['503', { kind: 'Reply', status: 503 }],
    ['429 with Retry-After', { kind: 'Reply', status: 429, headers: { 'retry-after': '1' } }],
    ['a reset in the middle', { kind: 'CutAfter', bytes: 100 }],
  ])('a list answered with %s is asked for again', async (_name, action) => {
    const namespace = await runtime.plane.createNamespace();
    await runtime.createConfigMap(namespace, 'there');
    runtime.proxy.act(once(action, inside(namespace, 'list')));
    const { reflector, events, told } = reflect({ namespace });
    await reflector.whenSynced();
    const failed = events.find((event) => event.kind === 'Failed');
    expect(failed).toMatchObject({
      during: 'List',
      ...(action.kind === 'Reply' && action.headers !== undefined ? { retryInMs: 1000 } : {}),
    });
    expect(told()).toEqual(['Added there']);
  });

  it('a silent half-open watch is found and replaced; what happened meanwhile arrives', async () => {
    const namespace = await runtime.plane.createNamespace();
    runtime.proxy.act(once({ kind: 'Mute' }, inside(namespace, 'watch')));
    const { reflector, said, has, told } = reflect({ namespace, timing: { silenceMs: 400 } });
    await reflector.whenSynced();
    await said('WatchOpened');
    await runtime.createConfigMap(namespace, 'unheard');
    expect((await said('WatchReplaced')).silentMs).toBeGreaterThanOrEqual(400);
    await has('unheard');
    expect(told()).toEqual(['Added unheard']);
    expect(await said('WatchEnded')).toMatchObject({ cause: 'Replaced' });
    expect(requests(namespace, 'list')).toHaveLength(1);
  });

  it('quiet watches replaced again and again lose and repeat nothing', async () => {
    const namespace = await runtime.plane.createNamespace();
    const { events, said, has, told } = reflect({ namespace, timing: { silenceMs: 60 } });
    await said('WatchOpened');
    for (let index = 0; index < 20; index += 1) {
      await runtime.createConfigMap(namespace, `n-${String(index)}`);
      if (index % 5 === 0) await said('WatchReplaced', events.length);
    }
    await has('n-19');
    expect(told()).toEqual(Array.from({ length: 20 }, (_unused, index) => `Added n-${String(index)}`));
    expect(requests(namespace, 'list')).toHaveLength(1);
  });

  it('an object deleted and made again under its name between two lists is told as both', async () => {
    const namespace = await runtime.plane.createNamespace();
    await runtime.createConfigMap(namespace, 'reborn', { life: 'first' });
    const firstWatch = once({ kind: 'Mute' }, inside(namespace, 'watch'));
    const thenGone = once({ kind: 'Reply', status: 410 }, inside(namespace, 'watch'));
    runtime.proxy.act((request) => firstWatch(request) ?? thenGone(request));
    const { said, told, changes } = reflect({ namespace, timing: { silenceMs: 1000 } });
    await said('WatchOpened');
    await runtime.plane.client.delete(configMaps, { namespace, name: 'reborn' });
    await runtime.createConfigMap(namespace, 'reborn', { life: 'second' });
    await eventually(() => Promise.resolve(told().length === 3));
    expect(told()).toEqual(['Added reborn', 'Deleted reborn', 'Added reborn']);
    const [first, deleted, second] = changes.map((change) => change.object);
    expect(deleted?.metadata.uid).toBe(first?.metadata.uid);
    expect(second?.metadata.uid).not.toBe(first?.metadata.uid);
    expect(second?.data).toEqual({ life: 'second' });
  });

  it('the end of a watch by its time limit costs no list', async () => {
    const namespace = await runtime.plane.createNamespace();
    const { said, has, events } = reflect({ namespace, timing: { watchTimeoutSeconds: 1 } });
    expect(await said('WatchEnded')).toMatchObject({ cause: 'ServerClosed' });
    await said(
      'WatchOpened',
      events.findIndex((event) => event.kind === 'WatchEnded'),
    );
    await runtime.createConfigMap(namespace, 'later');
    await has('later');
    expect(requests(namespace, 'list')).toHaveLength(1);
    expect(events.filter((event) => event.kind === 'Failed')).toEqual([]);
  });

  it('10,000 objects arrive in pages, whole and once', async () => {
    const namespace = await runtime.plane.createNamespace();
    const count = 10_000;
    let next = 0;
    const create = async (): Promise<void> => {
      for (let index = next++; index < count; index = next++) {
        const metadata = { namespace, name: `n-${String(index)}`, labels: { crowd: 'yes' } };
        await runtime.plane.client.create(configMaps, { metadata });
      }
    };
    await Promise.all(Array.from({ length: 24 }, create));
    const { said, store, changes } = reflect({ namespace, labelSelector: 'crowd=yes' });
    expect(await said('Listed')).toMatchObject({ pages: 20, objects: count });
    expect(store.size()).toBe(count);
    expect(new Set(changes.map((change) => change.object.metadata.uid)).size).toBe(count);
    expect(requests(namespace, 'list')).toHaveLength(20);
  }, 120_000);
});
