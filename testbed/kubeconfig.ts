import { stringify } from 'yaml';

export interface KubeconfigOptions {
  /** `https://host:port`, or `http://` for a proxy on loopback. */
  readonly server: string;
  /** Null for a plain `http://` server. */
  readonly caFile: string | null;
  readonly token: string;
  readonly namespace?: string;
  /** The name in the server's certificate, where the address is that of a bridge. */
  readonly tlsServerName?: string;
}

/** One cluster, one user, one current context, as YAML. */
export function kubeconfigText(options: KubeconfigOptions): string {
  const name = 'testbed';
  const cluster = {
    server: options.server,
    ...(options.caFile === null ? {} : { 'certificate-authority': options.caFile }),
    ...(options.tlsServerName === undefined ? {} : { 'tls-server-name': options.tlsServerName }),
  };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name, user: { token: options.token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: options.namespace ?? 'default' } }],
    'current-context': name,
  });
}
