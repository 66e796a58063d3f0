import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { eventually } from '../../../testbed/eventually.ts';
import { startPrometheus } from '../../../testbed/prometheus.ts';
import type { RunningPrometheus } from '../../../testbed/prometheus.ts';

let prometheus: RunningPrometheus;
const exporter = createServer((_request, response) => {
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end('model_requests_total{model="credit",namespace="forged"} 7\n');
});

beforeAll(async () => {
  await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(exporter.address() as AddressInfo).port}`;
  prometheus = await startPrometheus({ targets: [{ address, labels: { namespace: 'lending' } }] });
}, 40_000);

afterAll(async () => {
  await prometheus.stop();
  exporter.closeAllConnections();
  exporter.close();
});

it('takes the namespace from discovery, never from the exporter', async () => {
  const result = await eventually(async () => {
    const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent('model_requests_total')}`);
    const { data } = (await answer.json()) as { data: { result: { metric: Record<string, string>; value: [number, string] }[] } };
    return data.result[0] ?? null;
  });
  expect(result.metric).toMatchObject({ namespace: 'lending', exported_namespace: 'forged', model: 'credit' });
  expect(result.value[1]).toBe('7');
}, 20_000);
