import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';

/** Material for TLS; null where the configuration names none. */
interface ClusterTLS {
  readonly ca: Buffer | string | null;
  readonly cert: Buffer | string | null;
  readonly key: Buffer | string | null;
  readonly serverName: string | null;
  readonly skipVerify: boolean;
}

/** How to reach one API server. */
export interface ClusterAccess {
  /** Origin and path prefix without a trailing slash. `http:` is for loopback proxies in tests. */
  readonly server: string;
  /** As read at start: rotated certificates need a restart, rotated tokens don't. */
  readonly tls: ClusterTLS;
  /** Namespace of the Pod or of the context; `default` when neither names one. */
  readonly namespace: string;
  /** Value of the Authorization header now, or null (client certificates). Tokens are read again as they rotate. Rejects when an exec plugin fails. */
  authorization(): Promise<string | null>;
}

export interface ClusterAccessOptions {
  /** Null: KUBECONFIG or the home folder's file where there is one, else the Pod's ServiceAccount. */
  readonly kubeconfigPath: string | null;
  /** Null: the current context. */
  readonly context: string | null;
}

/** Reads the configuration once. The failure is a sentence for the user. */
export async function loadClusterAccess(options: ClusterAccessOptions): Promise<Result<ClusterAccess, string>> {
  const origin = options.kubeconfigPath ?? 'the default kubeconfig or the ServiceAccount of the Pod';
  try {
    const config = readConfig(options);
    const cluster = config.getCurrentCluster();
    if (cluster === null)
      return failure(`No cluster in ${origin}: context "${config.getCurrentContext()}" does not name one. Choose another context.`);
    if (cluster.proxyUrl !== undefined)
      return failure(`Cluster "${cluster.name}" in ${origin} asks for a proxy, which is not supported. Remove proxy-url.`);
    const credentials = await applied(config);
    return success({
      server: cluster.server.replace(/\/+$/, ''),
      tls: {
        ca: pem(credentials.ca),
        cert: pem(credentials.cert),
        key: pem(credentials.key),
        serverName: cluster.tlsServerName ?? null,
        skipVerify: cluster.skipTLSVerify,
      },
      namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
      authorization: singleFlight(async () => authorizationOf(await applied(config))),
    });
  } catch (error) {
    return failure(`Can't read access to the cluster from ${origin}: ${String(error)}`);
  }
}

function readConfig(options: ClusterAccessOptions): KubeConfig {
  const config = new KubeConfig();
  if (options.kubeconfigPath === null) config.loadFromDefault();
  else config.loadFromFile(options.kubeconfigPath);
  if (options.context !== null) config.setCurrentContext(options.context);
  // client-node refuses plain http unless told that TLS does not matter; there is none to verify.
  config.clusters = config.clusters.map((cluster) => (cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster));
  return config;
}

/** Runs client-node's authenticators (token file, exec plugin, ...), which cache as they see fit. */
async function applied(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return options;
}

function authorizationOf(options: RequestOptions): string | null {
  if (typeof options.auth === 'string') return `Basic ${Buffer.from(options.auth).toString('base64')}`;
  const { headers } = options;
  if (headers === undefined || Array.isArray(headers)) return null;
  const header = (headers as Readonly<Record<string, unknown>>)['Authorization'];
  // Token files end with a newline more often than not.
  return typeof header === 'string' ? header.trim() : null;
}

function pem(material: RequestOptions['key']): Buffer | string | null {
  return typeof material === 'string' || Buffer.isBuffer(material) ? material : null;
}

/** Callers that come while one call is under way share its answer: N requests must not start N exec plugins. */
function singleFlight<T>(call: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | null = null;
  return () => {
    pending ??= call().finally(() => {
      pending = null;
    });
    return pending;
  };
}
