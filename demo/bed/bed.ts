import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Clock } from '../../src/shared/clock.ts';
import { createAPIClient } from '../../testbed/api-client.ts';
import type { APIClient } from '../../testbed/api-client.ts';
import { startControlPlane } from '../../testbed/control-plane.ts';
import type { ControlPlane } from '../../testbed/control-plane.ts';
import { freePorts } from '../../testbed/free-port.ts';
import { installProduct } from '../../testbed/install.ts';
import { startPrometheus } from '../../testbed/prometheus.ts';
import type { RunningPrometheus } from '../../testbed/prometheus.ts';
import { candidateVersion, namespace, safeVersion } from '../watching/resources.ts';
import { candidateService, safeService } from '../watching/route-state.ts';
import { startEnvoyPlane, startRouteFollower } from './data-plane.ts';
import type { DataPlane } from './data-plane.ts';
import { startModelServer } from './model-servers.ts';
import type { ModelServer } from './model-servers.ts';

/** The real parts, running: API server with our CRDs, RBAC and admission policies, Prometheus, a data plane, two model servers. */
export interface Bed {
  readonly cluster: ControlPlane;
  /** The administrator's. */
  readonly client: APIClient;
  readonly prometheus: RunningPrometheus;
  readonly dataPlane: DataPlane;
  readonly candidate: ModelServer;
  readonly safe: ModelServer;
  /** True where our description of FeatureFlag stands in for OpenFeature's own. */
  readonly featureFlagStandIn: boolean;
  /** For logs; gone after `stop`. */
  readonly directory: string;
  /** `kubectl apply --server-side`, without force, of a file of demo/manifests; throws with kubectl's words. */
  readonly apply: (manifest: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface BedOptions {
  /** Address of the network namespace this process runs in; null where the machine allows none: then there is no gateway. */
  readonly address: string | null;
  readonly clock: Clock;
  /** Told what was started. */
  readonly say: (line: string) => void;
}

const manifests = join(import.meta.dirname, '..', 'manifests');
const loopback = '127.0.0.1';
/** In the network each server has an address of its own, as a pod would. Not Envoy's port: that listens on all addresses. */
const modelPort = 9000;

export async function startBed({ address, clock, say }: BedOptions): Promise<Bed> {
  const directory = await mkdtemp(join(tmpdir(), 'modelrisk-demo-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).toReversed()) await each();
  };
  try {
    const [cluster, [candidate, safe]] = await Promise.all([
      startControlPlane(address === null ? {} : { address }),
      startServers(address, directory),
    ]);
    stops.push(
      () => Promise.all([candidate.process.stop(), safe.process.stop()]),
      () => cluster.stop(),
    );
    say('Kubernetes API server, etcd and controller manager run; so do the two model servers.');
    const client = createAPIClient({ server: cluster.server, caFile: cluster.caFile, token: cluster.adminToken });
    stops.push(() => client.close());
    const targets = [candidate, safe].map((server) => ({ address: `${server.address}:${String(server.port)}`, labels: { namespace } }));
    const prometheus = await startPrometheus({ host: address ?? loopback, targets });
    stops.push(() => prometheus.stop());
    say('Prometheus scrapes both model servers every second; the namespace label comes from its discovery.');
    const { featureFlagStandIn } = await installProduct(cluster);
    say('Installed as shipped: CRDs, RBAC and admission policies of config/default.');
    const plane = { cluster, client, clock, servers: [candidate, safe] };
    const dataPlane = address === null ? startRouteFollower(plane) : await startEnvoyPlane(plane, address);
    stops.push(() => dataPlane.stop());
    say(`Requests are moved by: ${dataPlane.name}.`);
    const apply = (manifest: string): Promise<void> => applyManifest({ cluster, prometheus }, manifest);
    const bed = { cluster, client, prometheus, dataPlane, candidate, safe, featureFlagStandIn, directory, apply, stop };
    await publishModel(bed);
    return bed;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startServers(address: string | null, directory: string): Promise<readonly [ModelServer, ModelServer]> {
  const [adminA = 0, adminB = 0, portA = 0, portB = 0] = await freePorts(4);
  const place = (own: string, port: number) => (address === null ? { address: loopback, port } : { address: own, port: modelPort });
  return Promise.all([
    startModelServer({
      ...{ role: 'candidate', version: candidateVersion, service: candidateService, adminPort: adminA, directory },
      ...place('10.244.0.12', portA),
    }),
    startModelServer({
      ...{ role: 'safe', version: safeVersion, service: safeService, adminPort: adminB, directory },
      ...place('10.244.0.11', portB),
    }),
  ]);
}

/** The API server takes no loopback address in an EndpointSlice; this range is for documentation and leads nowhere. */
const placeholderAddresses: Readonly<Record<ModelServer['role'], string>> = { candidate: '192.0.2.12', safe: '192.0.2.11' };

/** Namespace, Services, route and flag as the team has them, and the EndpointSlices a kubelet would bring about. */
async function publishModel({ client, candidate, safe, apply }: Bed): Promise<void> {
  for (const manifest of ['namespace.yaml', 'services.yaml', 'http-route.yaml', 'feature-flag.yaml']) await apply(manifest);
  for (const { role, service, address, port } of [candidate, safe]) {
    await client.apply(
      { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: service, namespace, labels: { 'kubernetes.io/service-name': service } },
        addressType: 'IPv4',
        endpoints: [{ addresses: [address === loopback ? placeholderAddresses[role] : address], conditions: { ready: true } }],
        ports: [{ name: 'http', protocol: 'TCP', port }],
      },
    );
  }
}

async function applyManifest({ cluster, prometheus }: Pick<Bed, 'cluster' | 'prometheus'>, manifest: string): Promise<void> {
  const text = await readFile(join(manifests, manifest), 'utf8');
  // The one value no file can know: the port the Prometheus of this run got.
  const ours = text.replace('http://prometheus.monitoring:9090', prometheus.url);
  const applied = await cluster.kubectl(['apply', '--server-side', '-f', '-'], ours);
  if (applied.code !== 0) throw new Error(`kubectl apply of demo/manifests/${manifest} failed: ${applied.stderr.trim()}`);
}
