import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createAPIClient } from './api-client.ts';
import { eventually } from './eventually.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { runCommand } from './run-command.ts';
import type { CommandResult } from './run-command.ts';

/** Where a control plane is and how to get in; plain data, so that it fits an environment variable. */
export interface Coordinates {
  readonly server: string;
  readonly caFile: string;
  /** Of a user in `system:masters`: exempt from priority and fairness, so load tests take a ServiceAccount instead. */
  readonly adminToken: string;
  /** Of the administrator. */
  readonly kubeconfig: string;
  /** Logs, keys and kubeconfigs; gone after `stop`. */
  readonly directory: string;
  /** One JSON object a line and stage, metadata only. */
  readonly auditLog: string;
  readonly kubectlCommand: string;
}

export type Subject = { readonly token: string } | { readonly namespace: string; readonly serviceAccount: string };

export interface KubeconfigForOptions {
  /** Another address for the same server: a fault proxy, a bridge. */
  readonly server?: string;
  /** Null for a plain `http://` address. */
  readonly caFile?: string | null;
  readonly expirationSeconds?: number;
  /** The name in the certificate, where `server` is a bridge: `localhost`. */
  readonly tlsServerName?: string;
}

export interface ClusterAccess extends Coordinates {
  kubectl(args: readonly string[], stdin?: string): Promise<CommandResult>;
  /** A token of the ServiceAccount, by TokenRequest. */
  tokenFor(namespace: string, serviceAccount: string, expirationSeconds?: number): Promise<string>;
  /** Path of a new kubeconfig for the token, or for a token requested for the ServiceAccount. */
  kubeconfigFor(subject: Subject, options?: KubeconfigForOptions): Promise<string>;
}

/** The plain data of an access, for another process. */
export function coordinatesOf(access: Coordinates): Coordinates {
  const { server, caFile, adminToken, kubeconfig, directory, auditLog, kubectlCommand } = access;
  return { server, caFile, adminToken, kubeconfig, directory, auditLog, kubectlCommand };
}

export function accessTo(coordinates: Coordinates): ClusterAccess {
  const tokenFor = (namespace: string, serviceAccount: string, expirationSeconds = 3600): Promise<string> =>
    requestToken(coordinates, { namespace, serviceAccount, expirationSeconds });
  return {
    ...coordinates,
    kubectl: (args, stdin) =>
      runCommand(coordinates.kubectlCommand, ['--kubeconfig', coordinates.kubeconfig, ...args], stdin === undefined ? {} : { stdin }),
    tokenFor,
    kubeconfigFor: async (subject, options = {}) => {
      const token =
        'token' in subject ? subject.token : await tokenFor(subject.namespace, subject.serviceAccount, options.expirationSeconds);
      const { server = coordinates.server, caFile = coordinates.caFile, tlsServerName } = options;
      const namespace = 'token' in subject ? 'default' : subject.namespace;
      const file = join(coordinates.directory, `kubeconfig-${randomBytes(6).toString('hex')}.yaml`);
      await writeFile(
        file,
        kubeconfigText({ server, caFile, token, namespace, ...(tlsServerName === undefined ? {} : { tlsServerName }) }),
        { mode: 0o600 },
      );
      return file;
    },
  };
}

interface TokenSubject {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly expirationSeconds: number;
}

/** A namespace's `default` account is made by a controller, a moment after the namespace: it is waited for. */
async function requestToken(coordinates: Coordinates, subject: TokenSubject): Promise<string> {
  const client = createAPIClient({ server: coordinates.server, caFile: coordinates.caFile, token: coordinates.adminToken });
  const path = `/api/v1/namespaces/${subject.namespace}/serviceaccounts/${subject.serviceAccount}/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: subject.expirationSeconds } };
  try {
    return await eventually(async () => {
      const answer = await client.raw({ method: 'POST', path, body });
      const token = (answer.body as { readonly status?: { readonly token?: string } }).status?.token;
      if (token === undefined)
        throw new Error(`no token for ${subject.namespace}/${subject.serviceAccount}: ${JSON.stringify(answer.body)}`);
      return token;
    });
  } finally {
    await client.close();
  }
}
