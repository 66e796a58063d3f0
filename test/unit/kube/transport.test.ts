import { afterEach, describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { ClusterAccess } from '../../../src/kube/cluster-access.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import type { RequestRecord, Transport, TransportOptions } from '../../../src/kube/transport.ts';
import { listenHTTP, readBody } from '../../../testbed/http-server.ts';
import { createManualClock, settle } from '../../builders/manual-clock.ts';
import type { ManualClock } from '../../builders/manual-clock.ts';

type Handle = (request: IncomingMessage, answer: ServerResponse) => void;

interface World {
  readonly transport: Transport;
  readonly clock: ManualClock;
  readonly records: RequestRecord[];
  readonly requests: IncomingMessage[];
  close(): Promise<void>;
}

const worlds: World[] = [];

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

const get = { method: 'GET', path: '/api/v1/things', resource: 'things' } as const;
const patch = { method: 'PATCH', path: '/api/v1/things', resource: 'things', body: [] } as const;

async function setUp(
  handle: Handle,
  changes: { readonly access?: Partial<ClusterAccess>; readonly options?: Partial<TransportOptions>; readonly prefix?: string } = {},
): Promise<World> {
  const requests: IncomingMessage[] = [];
  const server = await listenHTTP((request, answer) => {
    requests.push(request);
    handle(request, answer);
  });
  const clock = createManualClock();
  const records: RequestRecord[] = [];
  const transport = createTransport({
    access: {
      server: `http://127.0.0.1:${String(server.port)}${changes.prefix ?? ''}`,
      tls: { ca: null, cert: null, key: null, serverName: null, skipVerify: false },
      namespace: 'default',
      authorization: () => Promise.resolve('Bearer secret'),
      ...changes.access,
    },
    clock,
    requestTimeoutMs: 5000,
    connections: 2,
    userAgent: 'modelrisk/test',
    onRequest: (record) => records.push(record),
    ...changes.options,
  });
  const world = {
    transport,
    clock,
    records,
    requests,
    async close() {
      await transport.close();
      await server.close();
    },
  };
  worlds.push(world);
  return world;
}

const json: Handle = (_request, answer) => {
  answer.writeHead(200, { 'content-type': 'application/json' });
  answer.end('{"kind":"Thing"}');
};

/** Waits, by the event loop alone, until the server has seen a request. */
async function untilSeen(world: World, count = 1): Promise<void> {
  while (world.requests.length < count) await settle();
}

describe('transport', () => {
  it('sends path, query, credentials and a JSON body, and parses the answer', async () => {
    const bodies: string[] = [];
    const { transport, requests } = await setUp((request, answer) => {
      void readBody(request).then((body) => {
        bodies.push(body.toString());
        json(request, answer);
      });
    });
    const answer = await transport.request({
      ...patch,
      query: { fieldManager: 'a b' },
      body: [{ a: '<' }],
      contentType: 'application/json-patch+json',
    });
    expect(answer).toEqual({ ok: true, value: { status: 200, body: { kind: 'Thing' } } });
    expect(requests[0]).toMatchObject({ method: 'PATCH', url: '/api/v1/things?fieldManager=a%20b' });
    expect(requests[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'user-agent': 'modelrisk/test',
      'content-type': 'application/json-patch+json',
      accept: 'application/json',
    });
    expect(bodies).toEqual(['[{"a":"\\u003c"}]']);
  });

  it('keeps a path prefix of the server, and sends no credentials where there are none', async () => {
    const { transport, requests } = await setUp(json, {
      prefix: '/k8s/clusters/c-1',
      access: { authorization: () => Promise.resolve(null) },
    });
    await transport.request(get);
    expect(requests[0]?.url).toBe('/k8s/clusters/c-1/api/v1/things');
    expect(requests[0]?.headers).not.toHaveProperty('authorization');
    expect(requests[0]?.headers).not.toHaveProperty('content-type');
  });

  it('asks for the credentials of each request anew', async () => {
    let token = 0;
    const { transport, requests } = await setUp(json, {
      access: { authorization: () => Promise.resolve(`Bearer ${String((token += 1))}`) },
    });
    await transport.request(get);
    await transport.request(get);
    expect(requests.map((request) => request.headers.authorization)).toEqual(['Bearer 1', 'Bearer 2']);
  });

  it('uses its connections again', async () => {
    const { transport, requests } = await setUp(json);
    for (let time = 0; time < 20; time += 1) await transport.request(get);
    expect(new Set(requests.map((request) => request.socket.remotePort)).size).toBeLessThanOrEqual(2);
  });

  it('keeps leases and watches on connections of their own, so that busy requests hold up neither', async () => {
    const world = await setUp((request, answer) => {
      if (request.url?.startsWith('/slow') === true) return;
      json(request, answer);
    });
    const abort = new AbortController();
    const slow = Array.from({ length: 5 }, () => world.transport.request({ ...get, path: '/slow', abort: abort.signal }));
    await untilSeen(world, 2);
    expect(await world.transport.request({ ...get, pool: 'Lease' })).toMatchObject({ ok: true });
    expect(await world.transport.open(get)).toMatchObject({ ok: true });
    expect(world.requests.filter((request) => request.url === '/slow')).toHaveLength(2);
    abort.abort();
    await Promise.all(slow);
  });

  it('reports every request once, with what the server said', async () => {
    const { transport, records } = await setUp((request, answer) => {
      answer.statusCode = request.url?.includes('watch') === true ? 410 : 404;
      answer.end('{}');
    });
    await transport.request({ ...get, pool: 'Lease' });
    await transport.open({ ...get, query: { watch: 'true' } });
    expect(records).toEqual([
      { method: 'GET', path: get.path, resource: 'things', watch: false, pool: 'Lease', status: 404, durationMs: 0 },
      { method: 'GET', path: get.path, resource: 'things', watch: true, pool: 'Watch', status: 410, durationMs: 0 },
    ]);
  });

  describe('failures', () => {
    it('come sorted, with Retry-After', async () => {
      const { transport } = await setUp((_request, answer) => {
        answer.writeHead(429, { 'retry-after': '4' });
        answer.end('{"kind":"Status","message":"too many"}');
      });
      expect(await transport.request(patch)).toEqual({
        ok: false,
        failure: { kind: 'Throttled', retryAfterMs: 4000, landed: 'No', status: 429, message: 'too many' },
      });
      expect(await transport.open(get)).toMatchObject({ ok: false, failure: { kind: 'Throttled', retryAfterMs: 4000 } });
    });

    it('of a server that is not there: nothing landed', async () => {
      const world = await setUp(json);
      await world.close();
      const free = await closedPort();
      const { transport, records } = await setUp(json, { access: { server: `http://127.0.0.1:${String(free)}` } });
      expect(await transport.request(patch)).toMatchObject({ ok: false, failure: { kind: 'Unavailable', landed: 'No', status: null } });
      expect(records).toMatchObject([{ status: null }]);
    });

    it.each([
      ['before the answer', (_request: IncomingMessage, answer: ServerResponse): void => void answer.destroy()],
      [
        'in the middle of the answer',
        (_request: IncomingMessage, answer: ServerResponse): void => {
          answer.writeHead(200, { 'content-length': '100' });
          answer.write('{"half":', () => answer.destroy());
        },
      ],
    ])('of a connection reset %s: a write may have landed, a read can not', async (_when, handle) => {
      const { transport } = await setUp(handle);
      expect(await transport.request(patch)).toMatchObject({
        ok: false,
        failure: { kind: 'Unavailable', landed: 'Unknown', status: null },
      });
      expect(await transport.request(get)).toMatchObject({ ok: false, failure: { kind: 'Unavailable', landed: 'No' } });
    });

    it('of an answer that is not JSON: a write may have landed', async () => {
      const { transport } = await setUp((_request, answer) => void answer.end('<html>'));
      expect(await transport.request(patch)).toMatchObject({ ok: false, failure: { kind: 'Unavailable', landed: 'Unknown' } });
    });

    it('of credentials that cannot be had: nothing was sent', async () => {
      const { transport, requests } = await setUp(json, { access: { authorization: () => Promise.reject(new Error('plugin not found')) } });
      expect(await transport.request(patch)).toMatchObject({
        failure: { kind: 'Unavailable', landed: 'No', message: expect.stringContaining('plugin not found') },
      });
      expect(requests).toHaveLength(0);
    });
  });

  describe('time limits', () => {
    it('end a request without an answer', async () => {
      const world = await setUp(() => undefined);
      const asked = world.transport.request(patch);
      await untilSeen(world);
      await world.clock.advance(5000);
      expect(await asked).toMatchObject({
        ok: false,
        failure: { kind: 'Unavailable', landed: 'Unknown', message: expect.stringContaining('within 5000 ms') },
      });
    });

    it('bound the body too, and can be set for one request', async () => {
      const world = await setUp((_request, answer) => {
        answer.writeHead(200);
        answer.write('{"slow":');
      });
      const asked = world.transport.request({ ...get, timeoutMs: 100 });
      await untilSeen(world);
      while (world.records.length === 0) await settle();
      await world.clock.advance(100);
      expect(await asked).toMatchObject({ ok: false, failure: { kind: 'Unavailable' } });
    });

    it('of a stream bound only the wait for its headers', async () => {
      const world = await setUp((_request, answer) => {
        answer.writeHead(200);
        answer.write('one');
      });
      const opened = await world.transport.open(get);
      await world.clock.advance(3_600_000);
      if (!opened.ok) throw new Error('not opened');
      const chunks = opened.value.chunks[Symbol.asyncIterator]();
      expect(Buffer.from((await chunks.next()).value as Uint8Array).toString()).toBe('one');
      opened.value.cancel();
    });

    it('leave no timer behind', async () => {
      const { transport, clock } = await setUp(json);
      await transport.request(get);
      const opened = await transport.open(get);
      if (opened.ok) opened.value.cancel();
      expect(clock.pending()).toBe(0);
    });
  });

  describe('the caller', () => {
    it('can end a request under way', async () => {
      const world = await setUp(() => undefined);
      const abort = new AbortController();
      const asked = world.transport.request({ ...get, abort: abort.signal });
      await untilSeen(world);
      abort.abort();
      expect(await asked).toMatchObject({ ok: false, failure: { kind: 'Unavailable', message: expect.stringContaining('cancelled') } });
      expect(world.clock.pending()).toBe(0);
    });

    it('whose signal serves many requests does not gather listeners', async () => {
      const { transport } = await setUp(json);
      const { signal } = new AbortController();
      await transport.request({ ...get, abort: signal });
      const opened = await transport.open({ ...get, abort: signal });
      if (opened.ok) opened.value.cancel();
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    });

    it('who has given up before sends nothing', async () => {
      const { transport, requests } = await setUp(json);
      expect(await transport.open({ ...get, abort: AbortSignal.abort() })).toMatchObject({ ok: false, failure: { landed: 'No' } });
      expect(requests).toHaveLength(0);
    });

    it('who cancels a stream, read or not, closes its connection', async () => {
      let closed = 0;
      const { transport } = await setUp((request, answer) => {
        request.socket.on('close', () => (closed += 1));
        answer.writeHead(200);
        answer.write('x');
      });
      for (const read of [false, true]) {
        const opened = await transport.open(get);
        if (!opened.ok) throw new Error('not opened');
        const chunks = opened.value.chunks[Symbol.asyncIterator]();
        if (read) await chunks.next();
        opened.value.cancel();
        opened.value.cancel();
        await chunks.next().catch(() => undefined);
      }
      while (closed < 2) await settle();
    });
  });

  it('tells the end of a stream from its break', async () => {
    const { transport } = await setUp((request, answer) => {
      answer.writeHead(200);
      answer.write('x', () => {
        if (request.url === '/break') answer.destroy();
        else answer.end();
      });
    });
    const readAll = async (path: string): Promise<string> => {
      const opened = await transport.open({ ...get, path });
      if (!opened.ok) return opened.failure.kind;
      try {
        for await (const _chunk of opened.value.chunks) await settle();
        return 'ended';
      } catch {
        return 'broke';
      }
    };
    expect(await readAll('/end')).toBe('ended');
    expect(await readAll('/break')).toBe('broke');
  });

  it('close ends streams', async () => {
    const { transport } = await setUp((_request, answer) => {
      answer.writeHead(200);
      answer.write('x');
    });
    const opened = await transport.open(get);
    if (!opened.ok) throw new Error('not opened');
    const chunks = opened.value.chunks[Symbol.asyncIterator]();
    await chunks.next();
    await transport.close();
    await expect(chunks.next()).rejects.toThrow();
  });
});

function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
