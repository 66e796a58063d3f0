/** Run by gateway.test.ts as a program, because only a program can move into a network of its own. Tells what it saw as JSON lines. */
import { request } from 'undici';

import type { KubeObject } from '../../../testbed/api-client.ts';
import { publishBackend } from '../../../testbed/backend.ts';
import { connectTo } from '../../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../../testbed/connect.ts';
import { startControlPlane } from '../../../testbed/control-plane.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { startGateway } from '../../../testbed/gateway.ts';
import type { RunningGateway } from '../../../testbed/gateway.ts';
import { listenHTTP } from '../../../testbed/http-server.ts';
import type { ListeningServer } from '../../../testbed/http-server.ts';
import { enterNetwork } from '../../../testbed/network.ts';

const routes = { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes' };
const host = 'credit.example';

function tell(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function publishTwo(cluster: ConnectedControlPlane, namespace: string, address: string): Promise<readonly ListeningServer[]> {
  const servers = await Promise.all(['stable', 'candidate'].map((name) => listenHTTP((_, response) => response.end(name), address)));
  const [stable, candidate] = servers.map(({ port }) => port);
  await publishBackend(cluster.client, { name: 'stable', namespace, address, port: stable ?? 0 });
  await publishBackend(cluster.client, { name: 'candidate', namespace, address, port: candidate ?? 0 });
  return servers;
}

function route(gateway: RunningGateway, namespace: string, ports: readonly number[]): KubeObject {
  const backendRefs = [
    { name: 'stable', port: ports[0], weight: 90 },
    { name: 'candidate', port: ports[1], weight: 10 },
  ];
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { namespace, name: 'credit' },
    spec: { parentRefs: [gateway.parentRef], hostnames: [host], rules: [{ backendRefs }] },
  };
}

async function answers(gateway: RunningGateway, count: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const { statusCode, body } = await request(gateway.url, { headers: { host } });
    const text = await body.text();
    const who = statusCode === 200 ? text : String(statusCode);
    counts[who] = (counts[who] ?? 0) + 1;
  }
  return counts;
}

async function story(cluster: ConnectedControlPlane, address: string, exposeOutside: (port: number) => Promise<number>): Promise<void> {
  const gateway = await startGateway({ cluster, client: cluster.client, address });
  const namespace = await cluster.createNamespace();
  const servers = await publishTwo(cluster, namespace, address);
  const ports = servers.map(({ port }) => port);
  await cluster.client.create(routes, route(gateway, namespace, ports));
  await eventually(async () => Object.keys(await answers(gateway, 1))[0] !== '404');
  tell({ step: 'split', counts: await answers(gateway, 1_000) });
  await cluster.client.patch(routes, { namespace, name: 'credit' }, [
    { op: 'replace', path: '/spec/rules/0/backendRefs/0/weight', value: 100 },
    { op: 'replace', path: '/spec/rules/0/backendRefs/1/weight', value: 0 },
  ]);
  await eventually(async () => (await answers(gateway, 60))['candidate'] === undefined);
  tell({ step: 'closed', counts: await answers(gateway, 300) });
  await gateway.stopController();
  tell({ step: 'without controller', counts: await answers(gateway, 100) });
  const port = await exposeOutside(Number(new URL(cluster.server).port));
  const options = { server: `https://127.0.0.1:${port}`, tlsServerName: 'localhost' };
  tell({ step: 'outside', kubeconfig: await cluster.kubeconfigFor({ token: cluster.adminToken }, options), namespace });
  await new Promise((resolve) => process.stdin.once('data', resolve));
  await gateway.stop();
  await Promise.all(servers.map((server) => server.close()));
}

const network = await enterNetwork();
if (network.kind === 'RanInside') process.exit(network.exitCode);
if (network.kind === 'Unavailable') {
  tell({ step: 'unavailable', reason: network.reason });
  process.exit(0);
}
const plane = await startControlPlane({ address: network.address });
const cluster = connectTo(plane);
try {
  await story(cluster, network.address, network.exposeOutside);
} finally {
  await cluster.close();
  await plane.stop();
}
process.exit(0);
