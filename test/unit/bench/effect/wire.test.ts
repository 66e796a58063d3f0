import { createServer } from 'node:http2';

import { describe, expect, it } from '@jest/globals';

import { openClient, startModelBackend } from '../../../../bench/effect/wire.ts';
import type { Wire } from '../../../../bench/effect/wire.ts';
import { listenHTTP } from '../../../../testbed/http-server.ts';

const address = '127.0.0.1';
const at = (port: number) => ({ origin: `http://${address}:${port}`, host: 'credit.example' });

describe.each<Wire>(['HTTP/1.1', 'gRPC'])('requests over %s', (wire) => {
  it('are served by whoever says so, and counted by number where they arrive', async () => {
    const backend = await startModelBackend(wire, 'credit-v2', address);
    const client = openClient({ wire, ...at(backend.port) });
    expect(await Promise.all([7, 8, 8].map((number) => client.call(number)))).toEqual(['credit-v2', 'credit-v2', 'credit-v2']);
    expect([...backend.arrivals].toSorted()).toEqual([
      [7, 1],
      [8, 2],
    ]);
    await client.close();
    await backend.close();
  });

  it('fail where nobody listens', async () => {
    const backend = await startModelBackend(wire, 'credit-v2', address);
    await backend.close();
    const client = openClient({ wire, ...at(backend.port) });
    await expect(client.call(1)).rejects.toThrow();
    await client.close();
  });
});

it('an answer that is no success fails, over HTTP/1.1 by its status', async () => {
  const server = await listenHTTP((_, response) => response.writeHead(503).end(), address);
  const client = openClient({ wire: 'HTTP/1.1', ...at(server.port) });
  await expect(client.call(1)).rejects.toThrow('HTTP 503');
  await client.close();
  await server.close();
});

it('an answer that is no success fails, over gRPC by its own status too', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/grpc', 'grpc-status': '14', 'x-served-by': 'credit-v2' }).end();
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, address, () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0);
    });
  });
  const client = openClient({ wire: 'gRPC', ...at(port) });
  await expect(client.call(1)).rejects.toThrow('grpc-status 14');
  await client.close();
  server.close();
});

it('a gRPC backend answers no HTTP/1.1: what a gateway mirrors to it so gets nowhere', async () => {
  const backend = await startModelBackend('gRPC', 'credit-v2', address);
  const client = openClient({ wire: 'HTTP/1.1', ...at(backend.port) });
  await expect(client.call(1)).rejects.toThrow();
  expect(backend.arrivals.size).toBe(0);
  await client.close();
  await backend.close();
});
