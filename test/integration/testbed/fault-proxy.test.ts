import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createAPIClient } from '../../../testbed/api-client.ts';
import type { APIClient } from '../../../testbed/api-client.ts';
import { connectControlPlane } from '../../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../../testbed/connect.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { startFaultProxy } from '../../../testbed/fault-proxy.ts';
import type { FaultProxy } from '../../../testbed/fault-proxy.ts';
import { lineSplitter } from '../../../testbed/faulty-watch.ts';

const configMaps = { group: '', version: 'v1', plural: 'configmaps' };

let plane: ConnectedControlPlane;
let proxy: FaultProxy;
let through: APIClient;
let namespace: string;

beforeAll(async () => {
  plane = connectControlPlane();
  proxy = await startFaultProxy(plane);
  through = createAPIClient({ server: proxy.url, caFile: null, token: plane.adminToken });
});

afterAll(async () => {
  await through.close();
  await proxy.stop();
  await plane.close();
});

beforeEach(async () => {
  namespace = await plane.createNamespace();
  proxy.clearRules();
});

const configMap = (name: string, value = '1') => ({ metadata: { namespace, name }, data: { value } });
const stored = (name: string) => plane.client.find(configMaps, { namespace, name });
const last = () => proxy.records.at(-1);

interface OpenWatch {
  readonly names: string[];
  readonly raw: () => string;
  readonly ended: Promise<string>;
  readonly abort: () => void;
}

async function watch(): Promise<OpenWatch> {
  const abort = new AbortController();
  const response = await fetch(`${proxy.url}/api/v1/namespaces/${namespace}/configmaps?watch=true&labelSelector=watched`, {
    headers: { authorization: `Bearer ${plane.adminToken}` },
    signal: abort.signal,
  });
  const names: string[] = [];
  const chunks: Buffer[] = [];
  const split = lineSplitter((line) => {
    const event = JSON.parse(line) as { type: string; object: { metadata?: { name?: string }; code?: number } };
    names.push(`${event.type} ${event.object.metadata?.name ?? String(event.object.code)}`);
  });
  const ended = (async () => {
    for await (const chunk of response.body ?? []) {
      chunks.push(Buffer.from(chunk as Uint8Array));
      split(Buffer.from(chunk as Uint8Array));
    }
    return 'ended';
  })().catch((error: unknown) => (error as Error).name);
  return {
    names,
    raw: () => Buffer.concat(chunks).toString('utf8'),
    ended,
    abort: () => {
      abort.abort();
    },
  };
}

async function createWatched(...names: readonly string[]): Promise<void> {
  for (const name of names) await plane.client.create(configMaps, { metadata: { namespace, name, labels: { watched: '' } } });
}

describe('requests through the fault proxy', () => {
  it('pass with their credentials and are recorded', async () => {
    await through.create(configMaps, configMap('plain'));
    expect(last()).toMatchObject({
      verb: 'create',
      resource: 'configmaps',
      namespace,
      status: 201,
      upstreamStatus: 201,
      effective: true,
      fault: null,
    });
    expect(JSON.parse(last()?.body ?? '')).toEqual(configMap('plain'));
    const stranger = createAPIClient({ server: proxy.url, caFile: null, token: 'wrong' });
    await expect(stranger.get(configMaps, { namespace, name: 'plain' })).rejects.toMatchObject({ status: 401 });
    await stranger.close();
  });

  it('count as effective only when they change something', async () => {
    await through.create(configMaps, configMap('noop'));
    await through.merge(configMaps, { namespace, name: 'noop' }, { data: { value: '1' } });
    expect(last()).toMatchObject({ verb: 'patch', status: 200, effective: false });
    await through.merge(configMaps, { namespace, name: 'noop' }, { data: { value: '2' } });
    expect(last()).toMatchObject({ verb: 'patch', status: 200, effective: true });
  });

  it('land and are answered before the callback', async () => {
    const order: string[] = [];
    proxy.addRule({ match: { resource: 'configmaps' }, fault: { kind: 'AfterAnswer', then: () => void order.push('killed') } });
    await through.create(configMaps, configMap('acked'));
    await eventually(() => Promise.resolve(order.length === 1));
    expect(last()).toMatchObject({ status: 201, fault: 'AfterAnswer' });
  });

  it('land while the answer is lost', async () => {
    proxy.addRule({ match: { verbs: ['create'] }, nth: 1, fault: { kind: 'DropAnswer' } });
    await expect(through.create(configMaps, configMap('lost'))).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/),
    });
    expect(await stored('lost')).not.toBeNull();
    expect(last()).toMatchObject({ status: null, upstreamStatus: 201, effective: true });
  });

  it('never land when dropped before', async () => {
    proxy.addRule({ match: { verbs: ['create'] }, nth: 1, fault: { kind: 'DropRequest' } });
    await expect(through.create(configMaps, configMap('never'))).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/),
    });
    expect(await stored('never')).toBeNull();
    expect(last()).toMatchObject({ status: null, upstreamStatus: null, effective: false });
  });

  it.each([409, 410, 422, 429, 500, 503, 504] as const)('are answered %d in the server’s place', async (status) => {
    proxy.addRule({ match: { verbs: ['create'] }, fault: { kind: 'Reply', status, retryAfterSeconds: 7 } });
    await expect(through.create(configMaps, configMap('refused'))).rejects.toMatchObject({ status });
    expect(await stored('refused')).toBeNull();
  });

  it('wait as long as they are told', async () => {
    proxy.addRule({ match: { verbs: ['create'] }, fault: { kind: 'Delay', delayMs: 80 } });
    await through.create(configMaps, configMap('late'));
    const { arrivedAtMs = 0, answeredAtMs } = last() ?? {};
    expect((answeredAtMs ?? 0) - arrivedAtMs).toBeGreaterThanOrEqual(79);
  });
});

describe('watches through the fault proxy', () => {
  it('stall after an event and keep the connection', async () => {
    proxy.addRule({ match: { verbs: ['watch'] }, fault: { kind: 'StallWatch', afterEvents: 1 } });
    const open = await watch();
    await createWatched('a', 'b');
    const marker = await watch();
    await eventually(() => Promise.resolve(marker.names.length === 1));
    expect(open.names).toEqual(['ADDED a']);
    open.abort();
    marker.abort();
    expect(await open.ended).toBe('AbortError');
  });

  it('end in the middle of an object', async () => {
    proxy.addRule({ match: { verbs: ['watch'] }, fault: { kind: 'TruncateWatch', afterEvents: 1 } });
    const open = await watch();
    await createWatched('a', 'b');
    await open.ended;
    expect(open.names).toEqual(['ADDED a']);
    expect(open.raw()).toMatch(/\n\{"type":"ADDED"[^\n]*$/);
  });

  it('say 410 inside the stream and end', async () => {
    proxy.addRule({ match: { verbs: ['watch'] }, fault: { kind: 'GoneInWatch', afterEvents: 1 } });
    const open = await watch();
    await createWatched('a', 'b');
    await open.ended;
    expect(open.names).toEqual(['ADDED a', 'ERROR 410']);
  });

  it('hold events back while frozen and lose none', async () => {
    const open = await watch();
    const thaw = proxy.freezeWatches({ resource: 'configmaps', namespace });
    const late = await watch();
    await createWatched('a', 'b', 'c');
    const witness = await plane.client.list(configMaps, { namespace });
    expect(witness.length).toBeGreaterThanOrEqual(3);
    expect([open.names, late.names]).toEqual([[], []]);
    thaw();
    await eventually(() => Promise.resolve(open.names.length === 3 && late.names.length === 3));
    expect(open.names).toEqual(['ADDED a', 'ADDED b', 'ADDED c']);
    open.abort();
    late.abort();
  });
});
