import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ClusterAccess } from './cluster-access.ts';
import { freePort } from './free-port.ts';
import { startProcess } from './process.ts';
import type { ManagedProcess } from './process.ts';

export const operatorAccount = { namespace: 'modelrisk-system', serviceAccount: 'modelrisk-operator' } as const;

export interface OperatorProcessOptions {
  readonly access: ClusterAccess;
  /** Another way to the same server: a fault proxy. */
  readonly server?: { readonly url: string; readonly caFile: string | null };
  /** Flags of the operator beside kubeconfig, host and port. */
  readonly flags: Readonly<Record<string, string>>;
  /** Beside what the shipped Deployment sets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** Default true: answers once it is healthy. A process that is to be killed at any moment is wanted at once. */
  readonly awaitHealth?: boolean;
}

export interface OperatorProcess {
  readonly url: string;
  readonly process: ManagedProcess;
  /** Resolves when the process leads; rejects when it ended before. */
  leading(): Promise<void>;
}

interface Deployment {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly env: readonly { readonly name: string; readonly value?: string }[] }[] };
    };
  };
}

/** What the shipped Deployment sets, but for what it takes from its pod: limits of memory are part of how the operator behaves. */
async function shippedEnvironment(): Promise<Readonly<Record<string, string>>> {
  const { spec } = parse(await readFile('config/manager/deployment.yaml', 'utf8')) as Deployment;
  const variables = spec.template.spec.containers.flatMap(({ env }) => env);
  return Object.fromEntries(variables.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
}

async function isLeading(url: string): Promise<boolean> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return metrics.includes('\nmodelrisk_leader 1');
}

/** Starts the bundle as it ships, with the environment of the shipped Deployment, the token of its ServiceAccount and nothing more. */
export async function startOperator(options: OperatorProcessOptions): Promise<OperatorProcess> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'modelrisk-operator-')));
  const port = await freePort();
  const through = options.server === undefined ? {} : { server: options.server.url, caFile: options.server.caFile };
  const kubeconfig = await options.access.kubeconfigFor(operatorAccount, through);
  const url = `http://127.0.0.1:${port}`;
  const flags = Object.entries({ kubeconfig, host: '127.0.0.1', port: String(port), ...options.flags }).flatMap(([name, value]) => [
    `--${name}`,
    value,
  ]);
  const running = await startProcess({
    name: 'operator',
    command: process.execPath,
    args: ['dist/operator.mjs', ...flags],
    env: { ...(await shippedEnvironment()), ...options.env },
    logFile: join(directory, 'operator.log'),
    ...(options.awaitHealth === false ? {} : { ready: async () => (await fetch(`${url}/healthz`)).ok }),
  });
  return {
    url,
    process: running,
    leading: async () => {
      const state = { ended: false };
      void running.exited.then(() => {
        state.ended = true;
      });
      while (!(await isLeading(url).catch(() => false))) {
        if (state.ended) throw new Error(`the operator ended before it led; see ${running.logFile}`);
        await new Promise((wake) => setTimeout(wake, 20));
      }
    },
  };
}
