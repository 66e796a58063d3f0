import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEventRecorder } from '../../../src/kube/event-recorder.ts';
import type { KubeObject, ResourceType } from '../../../src/kube/kube-object.ts';
import { createResourceClient } from '../../../src/kube/resource-client.ts';
import type { ResourceClient } from '../../../src/kube/resource-client.ts';
import { mergeConditions } from '../../../src/kube/conditions.ts';
import type { Condition } from '../../../src/kube/conditions.ts';
import { writeStatus } from '../../../src/kube/status-writer.ts';
import type { StatusValue } from '../../../src/kube/status-writer.ts';
import { once } from '../../builders/api-proxy.ts';
import { configMaps, startLiveRuntime } from '../../builders/live-runtime.ts';
import type { ConfigMap, LiveRuntime } from '../../builders/live-runtime.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import { defineThings } from '../../builders/thing-kind.ts';

type Thing = KubeObject & { readonly spec?: { readonly value?: string }; readonly status?: StatusValue };

describe('writes to the API server', () => {
  let runtime: LiveRuntime;
  let things: ResourceType;
  let namespace: string;
  let maps: ResourceClient<ConfigMap>;
  let proxiedMaps: ResourceClient<ConfigMap>;
  let thingClient: ResourceClient<Thing>;

  beforeAll(async () => {
    runtime = await startLiveRuntime();
    things = await defineThings(runtime.plane, 'writes.test');
    const { transport, proxied } = runtime;
    maps = createResourceClient({ transport, resource: configMaps, fieldManager: 'modelrisk' });
    proxiedMaps = createResourceClient({ transport: proxied, resource: configMaps, fieldManager: 'modelrisk' });
    thingClient = createResourceClient({ transport, resource: things, fieldManager: 'modelrisk' });
  });

  beforeEach(async () => {
    namespace = await runtime.plane.createNamespace();
  });

  afterAll(async () => {
    await runtime.close();
  });

  async function createMap(
    data: Readonly<Record<string, string>> = { a: '1' },
    annotations: Readonly<Record<string, string>> = {},
  ): Promise<ConfigMap> {
    const created = await maps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'map', namespace, annotations }, data });
    if (!created.ok) throw new Error(created.failure.message);
    return created.value;
  }

  async function createThing(): Promise<Thing> {
    const created = await thingClient.create({
      apiVersion: 'writes.test/v1',
      kind: 'Thing',
      metadata: { name: 'thing', namespace },
      spec: { value: 'a' },
    });
    if (!created.ok) throw new Error(created.failure.message);
    return created.value;
  }

  const at = (name: string): { readonly namespace: string; readonly name: string } => ({ namespace, name });

  describe('JSON Patch', () => {
    it('is applied whole, under our field manager', async () => {
      const { metadata } = await createMap();
      const patched = await maps.patch(at('map'), [
        { op: 'test', path: '/metadata/uid', value: metadata.uid },
        { op: 'add', path: '/data/b', value: '2' },
      ]);
      expect(patched).toMatchObject({ ok: true, value: { data: { a: '1', b: '2' } } });
      const live = await runtime.plane.client.get(configMaps, at('map'));
      expect(live.metadata.managedFields?.map((entry) => entry.manager)).toContain('modelrisk');
    });

    it('whose test does not hold is a conflict, and nothing of it is applied', async () => {
      await createMap();
      const patched = await maps.patch(at('map'), [
        { op: 'add', path: '/data/b', value: '2' },
        { op: 'test', path: '/data/a', value: 'other' },
      ]);
      expect(patched).toMatchObject({ ok: false, failure: { kind: 'Conflict', cause: 'TestFailed', status: 422 } });
      expect((await runtime.plane.client.get(configMaps, at('map')))['data']).toEqual({ a: '1' });
    });

    it('that the schema refuses is invalid and names the field', async () => {
      await createThing();
      const patched = await thingClient.patch(at('thing'), [{ op: 'replace', path: '/spec/value', value: 'c' }]);
      expect(patched).toMatchObject({ ok: false, failure: { kind: 'Invalid', status: 422, causes: [{ field: 'spec.value' }] } });
    });

    it('with a resourceVersion that has passed is a conflict', async () => {
      const { metadata } = await createMap();
      await maps.patch(at('map'), [{ op: 'add', path: '/data/b', value: '2' }]);
      const stale = await maps.patch(at('map'), [
        { op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
        { op: 'add', path: '/data/c', value: '3' },
      ]);
      expect(stale).toMatchObject({ ok: false, failure: { kind: 'Conflict', cause: 'ResourceVersion', status: 409 } });
    });

    // Found here: the server compares the texts of strings, and spells < > & and the line separators as escapes.
    it('regression: a test holds on text that the server escapes', async () => {
      const text = 'weight < 10 && share > 5 \u2028\u2029 é "quoted" \\ \t';
      await createMap({ a: '1' }, { 'modelrisk.dev/journal': text });
      const patched = await maps.patch(at('map'), [
        { op: 'test', path: '/metadata/annotations/modelrisk.dev~1journal', value: text },
        { op: 'replace', path: '/data/a', value: '<&>' },
      ]);
      expect(patched).toMatchObject({ ok: true, value: { data: { a: '<&>' } } });
    });

    it('of an object that is not there is NotFound', async () => {
      expect(await maps.patch(at('absent'), [{ op: 'add', path: '/data', value: {} }])).toMatchObject({ failure: { kind: 'NotFound' } });
    });

    it('whose answer is lost says that it may have landed', async () => {
      await createMap();
      runtime.proxy.act(once({ kind: 'LoseAnswer' }, (request) => request.method === 'PATCH'));
      const patched = await proxiedMaps.patch(at('map'), [{ op: 'add', path: '/data/b', value: '2' }]);
      expect(patched).toMatchObject({ ok: false, failure: { kind: 'Unavailable', landed: 'Unknown', status: null } });
      expect((await runtime.plane.client.get(configMaps, at('map')))['data']).toEqual({ a: '1', b: '2' });
    });
  });

  it('a second creation under one name is AlreadyExists', async () => {
    await createMap();
    const again = await maps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'map', namespace } });
    expect(again).toMatchObject({ ok: false, failure: { kind: 'Conflict', cause: 'AlreadyExists' } });
  });

  it('a replacement of what has changed meanwhile is refused', async () => {
    const first = await createMap();
    expect(await maps.replace({ ...first, data: { a: '2' } })).toMatchObject({ ok: true });
    expect(await maps.replace({ ...first, data: { a: '3' } })).toMatchObject({
      ok: false,
      failure: { kind: 'Conflict', cause: 'ResourceVersion' },
    });
  });

  it('a deletion meant for another object of that name is refused', async () => {
    const { metadata } = await createMap();
    expect(await maps.remove(at('map'), 'another-uid')).toMatchObject({ ok: false, failure: { kind: 'Conflict' } });
    expect(await maps.remove(at('map'), metadata.uid)).toEqual({ ok: true, value: null });
    expect(await maps.get(at('map'))).toMatchObject({ ok: false, failure: { kind: 'NotFound' } });
  });

  it('a client without rights is denied', async () => {
    const kubeconfig = await runtime.plane.kubeconfigFor({ namespace, serviceAccount: 'default' });
    expect((await runtime.plane.kubectl(['--kubeconfig', kubeconfig, 'auth', 'can-i', 'get', 'configmaps'])).stdout).toContain('no');
    const poor = await runtime.openTransport(kubeconfig);
    const client = createResourceClient<ConfigMap>({ transport: poor, resource: configMaps, fieldManager: 'modelrisk' });
    expect(await client.get(at('map'))).toMatchObject({ ok: false, failure: { kind: 'Denied', status: 403 } });
    await poor.close();
  });

  describe('status writer', () => {
    const writes = (): number => runtime.sent.filter((record) => record.path.endsWith('/things/thing/status')).length;

    it('writes the first status, then sends nothing until something changes', async () => {
      const nowMs = runtime.clock.nowMs();
      const before = writes();
      const statusAt = (previous: readonly Condition[], at: number, status: 'True' | 'False'): StatusValue => ({
        conditions: mergeConditions(previous, [{ type: 'Ready', status, reason: 'Reconciled', message: '5 < 6 & all is well' }], {
          nowMs: at,
          generation: 1,
        }),
        ratio: 0.1,
        large: 1e21,
        small: 1e-7,
      });
      const first = await writeStatus(thingClient, await createThing(), statusAt([], nowMs, 'True'));
      if (!first.ok || first.value.kind !== 'Written') throw new Error('the first status was not written');
      const { object } = first.value;
      expect(writes()).toBe(before + 1);
      const conditions = (object.status?.['conditions'] ?? []) as readonly Condition[];
      for (let minute = 1; minute <= 3; minute += 1) {
        expect(await writeStatus(thingClient, object, statusAt(conditions, nowMs + minute * 60_000, 'True'))).toEqual({
          ok: true,
          value: { kind: 'Unchanged' },
        });
      }
      expect(writes()).toBe(before + 1);
      const changed = await writeStatus(thingClient, object, statusAt(conditions, nowMs + 60_000, 'False'));
      expect(changed).toMatchObject({ ok: true, value: { kind: 'Written' } });
      expect(writes()).toBe(before + 2);
    });

    it('tests and replaces numbers and text as the server stored them', async () => {
      const values: StatusValue = { a: 0.1, b: 1e21, c: 1e-7, d: -0.05, e: 'x < y & z', f: [1, { g: null }], h: true };
      const first = await writeStatus(thingClient, await createThing(), values);
      if (!first.ok || first.value.kind !== 'Written') throw new Error('the first status was not written');
      const changed = Object.fromEntries(Object.keys(values).map((key) => [key, 'changed']));
      expect(await writeStatus(thingClient, first.value.object, changed)).toMatchObject({
        ok: true,
        value: { object: { status: changed } },
      });
    });

    it('from a cache that is behind is a conflict and overwrites nothing', async () => {
      const behind = await createThing();
      await writeStatus(thingClient, behind, { phase: 'new' });
      expect(await writeStatus(thingClient, behind, { phase: 'old' })).toMatchObject({
        ok: false,
        failure: { kind: 'Conflict', cause: 'TestFailed' },
      });
      expect(await thingClient.get(at('thing'))).toMatchObject({ value: { status: { phase: 'new' } } });
    });

    it('meant for an object that was made again is a conflict', async () => {
      const first = await createThing();
      await thingClient.remove(at('thing'), first.metadata.uid);
      await createThing();
      expect(await writeStatus(thingClient, first, { phase: 'old' })).toMatchObject({ ok: false, failure: { kind: 'Conflict' } });
    });
  });

  it('an event is there to be read, with the count of its repeats', async () => {
    const thing = await createThing();
    const dropped: string[] = [];
    const recorder = createEventRecorder({
      transport: runtime.transport,
      clock: createManualClock(),
      reportingController: 'modelrisk.dev/operator',
      reportingInstance: 'pod-1',
      windowMs: 300_000,
      capacity: 10,
      onDropped: (event, cause) => dropped.push(`${event.reason} ${cause}`),
    });
    for (let time = 0; time < 3; time += 1) {
      recorder.record({ regarding: thing, type: 'Warning', reason: 'Engaged', action: 'Engage', note: 'credit-v2 capped at 10 %' });
    }
    await recorder.stop();
    expect(dropped).toEqual([]);
    const events = await runtime.plane.client.list({ group: 'events.k8s.io', version: 'v1', plural: 'events' }, { namespace });
    expect(events).toMatchObject([
      {
        reason: 'Engaged',
        note: 'credit-v2 capped at 10 %',
        type: 'Warning',
        regarding: { kind: 'Thing', name: 'thing', uid: thing.metadata.uid },
        series: { count: 3 },
      },
    ]);
    const listed = await runtime.plane.kubectl(['events', '-n', namespace, '--for', 'thing.writes.test/thing']);
    expect(listed.stdout).toContain('credit-v2 capped at 10 %');
  });
});
