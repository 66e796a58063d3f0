import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createAPIClient } from '../../testbed/api-client.ts';
import type { APIClient } from '../../testbed/api-client.ts';
import { startControlPlane } from '../../testbed/control-plane.ts';
import type { ControlPlane } from '../../testbed/control-plane.ts';
import { startGateway } from '../../testbed/gateway.ts';
import type { RunningGateway } from '../../testbed/gateway.ts';
import { installProduct } from '../../testbed/install.ts';
import { startPrometheus } from '../../testbed/prometheus.ts';
import type { RunningPrometheus } from '../../testbed/prometheus.ts';
import { candidateVersion, namespace, safeVersion } from '../watching/resources.ts';
import { startModelServer } from './model-servers.ts';
import type { ModelServer } from './model-servers.ts';

/** The real parts, running: API server with our CRDs, RBAC and admission policies, Prometheus, Contour and Envoy, two model servers. */
export interface Bed {
  readonly cluster: ControlPlane;
  /** The administrator's. */
  readonly client: APIClient;
  readonly prometheus: RunningPrometheus;
  readonly gateway: RunningGateway;
  readonly candidate: ModelServer;
  readonly safe: ModelServer;
  /** True where our description of FeatureFlag stands in for OpenFeature's own. */
  readonly featureFlagStandIn: boolean;
  /** For logs; gone after `stop`. */
  readonly directory: string;
  /** `kubectl apply` of a file of demo/manifests; throws with kubectl's words. */
  readonly apply: (manifest: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const manifests = join(import.meta.dirname, '..', 'manifests');
/** Each server gets an address of its own, as a pod would; not Envoy's port, which listens on all addresses. */
const modelPort = 9000;

/** `address` is that of the network this process runs in. `say` is told what was started. */
export async function startBed(address: string, say: (line: string) => void): Promise<Bed> {
  const directory = await mkdtemp(join(tmpdir(), 'modelrisk-demo-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const each of stops.toReversed()) await each();
  };
  try {
    const [cluster, candidate, safe] = await Promise.all([
      startControlPlane({ address }),
      startModelServer({
        role: 'candidate',
        version: candidateVersion,
        service: 'employment-v2',
        address: '10.244.0.12',
        port: modelPort,
        adminPort: 9102,
        directory,
      }),
      startModelServer({
        role: 'safe',
        version: safeVersion,
        service: 'employment-v1',
        address: '10.244.0.11',
        port: modelPort,
        adminPort: 9101,
        directory,
      }),
    ]);
    stops.push(
      () => Promise.all([candidate.process.stop(), safe.process.stop()]),
      () => cluster.stop(),
    );
    say('Kubernetes API server, etcd and controller manager run; so do the two model servers.');
    const client = createAPIClient({ server: cluster.server, caFile: cluster.caFile, token: cluster.adminToken });
    stops.push(() => client.close());
    const prometheus = await startPrometheus({ host: address, targets: [candidate, safe].map((server) => scrapeTarget(server)) });
    stops.push(() => prometheus.stop());
    say('Prometheus scrapes both model servers every second; the namespace label comes from its discovery.');
    const { featureFlagStandIn } = await installProduct(cluster);
    say('Installed as shipped: CRDs, RBAC and admission policies of config/default.');
    const gateway = await startGateway({ cluster, client, address });
    stops.push(() => gateway.stop());
    say('Contour and Envoy run as the Gateway.');
    const apply = (manifest: string): Promise<void> => applyManifest({ cluster, prometheus }, manifest);
    const bed = { cluster, client, prometheus, gateway, candidate, safe, featureFlagStandIn, directory, apply, stop };
    await publishModel(bed);
    return bed;
  } catch (error) {
    await stop();
    throw error;
  }
}

function scrapeTarget({ address, port }: ModelServer) {
  return { address: `${address}:${String(port)}`, labels: { namespace } };
}

/** Namespace, Services, route and flag as the team has them, and the EndpointSlices a kubelet would bring about. */
async function publishModel({ client, candidate, safe, apply }: Bed): Promise<void> {
  for (const manifest of ['namespace.yaml', 'services.yaml', 'http-route.yaml', 'feature-flag.yaml']) await apply(manifest);
  for (const { service, address, port } of [candidate, safe]) {
    await client.apply(
      { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: service, namespace, labels: { 'kubernetes.io/service-name': service } },
        addressType: 'IPv4',
        endpoints: [{ addresses: [address], conditions: { ready: true } }],
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
