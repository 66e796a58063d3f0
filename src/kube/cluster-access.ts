import type { Result } from '../shared/result.ts';

/** Material for TLS, PEM; null where the configuration names none. */
export interface ClusterTLS {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  readonly serverName: string | null;
  readonly skipVerify: boolean;
}

/** How to reach one API server. */
export interface ClusterAccess {
  /** Origin and path prefix without a trailing slash. `http:` is for loopback proxies in tests. */
  readonly server: string;
  readonly tls: ClusterTLS;
  /** Namespace of the Pod or of the context; `default` when neither names one. */
  readonly namespace: string;
  /** Value of the Authorization header now, or null (client certificates). Tokens are read again as they rotate. Throws when an exec plugin fails. */
  authorization(): Promise<string | null>;
}

/**
 * `kubeconfigPath` null: KUBECONFIG or the home folder's file where there is one, else the Pod's ServiceAccount.
 */
export interface ClusterAccessOptions {
  readonly kubeconfigPath: string | null;
  readonly context: string | null;
}

export function loadClusterAccess(_options: ClusterAccessOptions): Result<ClusterAccess, string> {
  throw new Error('not built yet');
}
