import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { stringify } from 'yaml';

import type { APIClient } from './api-client.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { crdSource, installCRDs } from './crds.ts';
import { freePorts } from './free-port.ts';
import { startProcess } from './process.ts';
import type { ManagedProcess } from './process.ts';
import { runCommand } from './run-command.ts';
import { resolveTool } from './tools/resolve.ts';

export interface GatewayOptions {
  readonly cluster: ClusterAccess;
  /** The administrator's client. */
  readonly client: APIClient;
  /** Where Envoy listens and what Contour writes as the Gateway's address. */
  readonly address: string;
}

export interface RunningGateway {
  /** Of Envoy's HTTP listener, which opens with the first accepted route. */
  readonly url: string;
  /** For `spec.parentRefs` of a route in any namespace. */
  readonly parentRef: { readonly namespace: string; readonly name: string };
  /** Logs of Contour and Envoy; gone after `stop`. */
  readonly directory: string;
  /** Envoy keeps its last split without it. */
  readonly stopController: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

// Contour has Envoy listen on a listener's port + 8000; in a network of our own nobody else has it.
const listenerPort = 80;
const envoyPort = listenerPort + 8_000;

const namespace = 'projectcontour';
const name = 'contour';

/** Contour and Envoy as processes: a real Gateway API data plane without pods. Needs the network of `enterNetwork`. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const [contour, envoy] = await Promise.all([resolveTool('contour'), resolveTool('envoy')]);
  const directory = await mkdtemp(join(tmpdir(), 'modelrisk-gateway-'));
  for (const set of ['gateway-api', 'contour'] as const) await installCRDs(options.cluster, (await crdSource(set)).path);
  await applyGateway(options.client);
  const [xds = '', health = '', metrics = '', debug = '', stats = ''] = (await freePorts(5)).map(String);
  const ports = { xds, health, metrics, debug, stats };
  const controller = await startContour({ options, contour, directory, ports });
  try {
    const proxy = await startEnvoy({ contour, envoy, directory, xdsPort: ports.xds });
    const stop = async (): Promise<void> => {
      await Promise.all([proxy.stop(), controller.stop()]);
      await rm(directory, { recursive: true, force: true });
    };
    const url = `http://${options.address}:${envoyPort}`;
    return { url, parentRef: { namespace, name }, directory, stopController: () => controller.stop().then(() => undefined), stop };
  } catch (error) {
    await controller.stop();
    throw error;
  }
}

async function applyGateway(client: APIClient): Promise<void> {
  const group = 'gateway.networking.k8s.io';
  const apiVersion = `${group}/v1`;
  await client.apply(
    { group: '', version: 'v1', plural: 'namespaces' },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  );
  await client.apply(
    { group, version: 'v1', plural: 'gatewayclasses' },
    { apiVersion, kind: 'GatewayClass', metadata: { name }, spec: { controllerName: 'projectcontour.io/gateway-controller' } },
  );
  const listeners = [{ name: 'http', protocol: 'HTTP', port: listenerPort, allowedRoutes: { namespaces: { from: 'All' } } }];
  await client.apply(
    { group, version: 'v1', plural: 'gateways' },
    { apiVersion, kind: 'Gateway', metadata: { namespace, name }, spec: { gatewayClassName: name, listeners } },
  );
}

interface ContourSetup {
  readonly options: GatewayOptions;
  readonly contour: string;
  readonly directory: string;
  readonly ports: Readonly<Record<'xds' | 'health' | 'metrics' | 'debug' | 'stats', string>>;
}

async function startContour({ options, contour, directory, ports }: ContourSetup): Promise<ManagedProcess> {
  const config = join(directory, 'contour.yaml');
  await writeFile(config, stringify({ gateway: { gatewayRef: { namespace, name } } }));
  // Their versions are not served by these definitions, and Contour ends when it can't watch them.
  const absent = ['tlsroutes', 'tcproutes', 'backendtlspolicies', 'extensionservices'];
  return startProcess({
    name: 'contour',
    command: contour,
    args: [
      ...['serve', '--kubeconfig', options.cluster.kubeconfig, '-c', config, '--insecure', '--disable-leader-election'],
      ...['--xds-address', '127.0.0.1', '--xds-port', ports.xds, '--health-address', '127.0.0.1', '--health-port', ports.health],
      ...['--http-address', '127.0.0.1', '--http-port', ports.metrics, '--debug-http-port', ports.debug],
      ...['--stats-address', '127.0.0.1', '--stats-port', ports.stats, '--ingress-status-address', options.address],
      ...absent.map((feature) => `--disable-feature=${feature}`),
    ],
    logFile: join(directory, 'contour.log'),
    ready: async () => (await fetch(`http://127.0.0.1:${ports.health}/healthz`)).ok,
  });
}

interface EnvoySetup {
  readonly contour: string;
  readonly envoy: string;
  readonly directory: string;
  readonly xdsPort: string;
}

async function startEnvoy({ contour, envoy, directory, xdsPort }: EnvoySetup): Promise<ManagedProcess> {
  const bootstrap = join(directory, 'envoy.json');
  const resources = join(directory, 'resources');
  await mkdir(resources);
  const admin = join(directory, 'admin.sock');
  const xds = ['--xds-address', '127.0.0.1', '--xds-port', xdsPort, '--resources-dir', resources];
  const made = await runCommand(contour, ['bootstrap', bootstrap, '--admin-address', admin, ...xds]);
  if (made.code !== 0) throw new Error(`contour bootstrap ended with ${made.code}: ${made.stderr.trim()}`);
  return startProcess({
    name: 'envoy',
    command: envoy,
    args: ['-c', bootstrap, '--service-cluster', namespace, '--service-node', 'dp1', '--concurrency', '1', '--use-dynamic-base-id'],
    logFile: join(directory, 'envoy.log'),
  });
}
