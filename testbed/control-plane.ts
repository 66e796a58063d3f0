import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createAPIClient } from './api-client.ts';
import { accessTo } from './cluster-access.ts';
import type { ClusterAccess, Coordinates } from './cluster-access.ts';
import { freePorts } from './free-port.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { startProcess } from './process.ts';
import type { ManagedProcess } from './process.ts';
import { resolveTool } from './tools/resolve.ts';

const loopback = '127.0.0.1';

export interface ControlPlaneOptions {
  /** Default true. Without it no ServiceAccount `default` appears and deleted namespaces stay Terminating. */
  readonly controllerManager?: boolean;
  /**
   * Default 127.0.0.1. In a network namespace the address gateways reach it by: the server then listens on all addresses
   * there, and its certificate also holds for the name `localhost`, which a bridge to the outside needs.
   */
  readonly address?: string;
  /** Further kube-apiserver flags; a flag given again wins. */
  readonly apiServerFlags?: readonly string[];
  /** Keep logs and state after `stop`, for a look. */
  readonly keepDirectory?: boolean;
}

export interface ControlPlane extends ClusterAccess {
  /** The API server first: it can outlive its deadline when etcd goes before it. Removes the directory. */
  stop(): Promise<void>;
}

/**
 * A real etcd, kube-apiserver (RBAC, audit log of every request's metadata) and kube-controller-manager on loopback.
 * Ready in about two seconds; ends with this process. etcd does not sync to disk: absolute write times beat production's.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const [program, kubectlCommand] = await Promise.all([resolveTool('controlplane'), resolveTool('kubectl')]);
  const directory = await mkdtemp(join(tmpdir(), 'modelrisk-control-plane-'));
  const started: ManagedProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const managed of started.toReversed()) await managed.stop();
    if (options.keepDirectory !== true) await rm(directory, { recursive: true, force: true });
  };
  try {
    const coordinates = await startAll({ program, kubectlCommand, directory, options, started });
    return { ...accessTo(coordinates), stop };
  } catch (error) {
    for (const managed of started.toReversed()) await managed.stop();
    throw error;
  }
}

interface Setup {
  readonly program: string;
  readonly kubectlCommand: string;
  readonly directory: string;
  readonly options: ControlPlaneOptions;
  /** In order of start; grows. */
  readonly started: ManagedProcess[];
}

async function startAll(setup: Setup): Promise<Coordinates> {
  const { directory, options, started } = setup;
  const address = options.address ?? loopback;
  const [clientPort, peerPort] = await freePorts(2);
  const [port] = await freePorts(1, address);
  const adminToken = randomBytes(24).toString('hex');
  const coordinates: Coordinates = {
    server: `https://${address}:${String(port)}`,
    caFile: join(directory, 'certificates', 'apiserver.crt'),
    adminToken,
    kubeconfig: join(directory, 'admin.kubeconfig'),
    directory,
    auditLog: join(directory, 'audit.log'),
    kubectlCommand: setup.kubectlCommand,
  };
  await writeInputs(coordinates);
  const etcd = `http://127.0.0.1:${String(clientPort)}`;
  started.push(await startEtcd(setup, etcd, `http://127.0.0.1:${String(peerPort)}`));
  started.push(await startAPIServer(setup, coordinates, { etcd, address, port: String(port) }));
  if (options.controllerManager !== false) started.push(await startControllerManager(setup, coordinates));
  return coordinates;
}

/** Metadata of every request, once, when it was answered; nothing else is read back from the log. */
const auditPolicy = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [{ level: 'Metadata' }],
});

async function writeInputs(coordinates: Coordinates): Promise<void> {
  const { directory, server, caFile, adminToken: token } = coordinates;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await mkdir(join(directory, 'certificates'));
  await Promise.all([
    writeFile(join(directory, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 }),
    writeFile(join(directory, 'tokens.csv'), `${token},testbed-admin,testbed-admin,"system:masters"\n`, { mode: 0o600 }),
    writeFile(join(directory, 'audit-policy.yaml'), auditPolicy),
    writeFile(coordinates.kubeconfig, kubeconfigText({ server, caFile, token }), { mode: 0o600 }),
  ]);
}

function startEtcd(setup: Setup, clientURL: string, peerURL: string): Promise<ManagedProcess> {
  return startProcess({
    name: 'etcd',
    command: setup.program,
    args: [
      'etcd',
      ...['--data-dir', join(setup.directory, 'etcd'), '--unsafe-no-fsync', '--log-level', 'warn'],
      ...['--listen-client-urls', clientURL, '--advertise-client-urls', clientURL],
      ...['--listen-peer-urls', peerURL, '--initial-advertise-peer-urls', peerURL, '--initial-cluster', `default=${peerURL}`],
    ],
    logFile: join(setup.directory, 'etcd.log'),
    ready: async () => (await fetch(`${clientURL}/health`)).ok,
  });
}

interface APIServerAddress {
  readonly etcd: string;
  readonly address: string;
  readonly port: string;
}

async function startAPIServer(setup: Setup, coordinates: Coordinates, where: APIServerAddress): Promise<ManagedProcess> {
  const file = (name: string): string => join(setup.directory, name);
  const flags = {
    'etcd-servers': where.etcd,
    'bind-address': where.address === loopback ? loopback : '0.0.0.0',
    'advertise-address': where.address,
    'secure-port': where.port,
    'cert-dir': file('certificates'),
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': file('sa.key'),
    'service-account-signing-key-file': file('sa.key'),
    'token-auth-file': file('tokens.csv'),
    'authorization-mode': 'RBAC',
    'service-cluster-ip-range': '10.96.0.0/16',
    'audit-log-path': coordinates.auditLog,
    'audit-policy-file': file('audit-policy.yaml'),
  };
  return startProcess({
    name: 'kube-apiserver',
    command: setup.program,
    args: [
      'kube-apiserver',
      ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
      ...(setup.options.apiServerFlags ?? []),
    ],
    logFile: file('kube-apiserver.log'),
    readyTimeoutMs: 60_000,
    ready: async () => {
      const client = createAPIClient({ server: coordinates.server, caFile: coordinates.caFile, token: coordinates.adminToken });
      try {
        return (await client.raw({ method: 'GET', path: '/readyz' })).status === 200;
      } finally {
        await client.close();
      }
    },
  });
}

function startControllerManager(setup: Setup, coordinates: Coordinates): Promise<ManagedProcess> {
  const client = createAPIClient({ server: coordinates.server, caFile: coordinates.caFile, token: coordinates.adminToken });
  return startProcess({
    name: 'kube-controller-manager',
    command: setup.program,
    args: [
      'kube-controller-manager',
      ...['--kubeconfig', coordinates.kubeconfig, '--leader-elect=false', '--secure-port=0'],
      ...['--service-account-private-key-file', join(setup.directory, 'sa.key')],
    ],
    logFile: join(setup.directory, 'kube-controller-manager.log'),
    readyTimeoutMs: 60_000,
    // It has no port of its own here; what it makes first shows that it works.
    ready: async () =>
      (await client.find({ group: '', version: 'v1', plural: 'serviceaccounts' }, { namespace: 'default', name: 'default' })) !== null,
  }).finally(() => client.close());
}
