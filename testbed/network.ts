import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCommand } from './run-command.ts';

/** Everything in 10.244.0.0/24 is this namespace's own loopback: backends may take any address of it. */
export const networkAddress = '10.244.0.1';

const insideVariable = 'MODELRISK_TESTBED_NETWORK';

/** What became of the wish for a network of our own. */
export type NetworkEntry =
  /** This process runs in it. `exposeOutside` bridges a TCP port there (of `address`, or of another host) to a port of the machine's 127.0.0.1. */
  | { readonly kind: 'Inside'; readonly address: string; readonly exposeOutside: (port: number, host?: string) => Promise<number> }
  /** The script ran again inside, to its end; the caller exits with this code. */
  | { readonly kind: 'RanInside'; readonly exitCode: number }
  /** Not on this machine: the caller says why and goes on without a data plane. */
  | { readonly kind: 'Unavailable'; readonly reason: string };

/** This run is the inner one, started by `enterNetwork` of an outer one. */
export function isInsideNetwork(): boolean {
  return process.env[insideVariable] !== undefined;
}

/**
 * Runs the current script again in a network namespace of its own, without root. Called first thing by a script that
 * needs a gateway: the API server refuses loopback addresses in EndpointSlices, and there 10.244.0.0/24 is not loopback
 * to it and nobody else's to us. Signals go to the inner run; when the outer process dies the inner one gets TERM.
 */
export async function enterNetwork(): Promise<NetworkEntry> {
  const directory = process.env[insideVariable];
  if (directory !== undefined) return insideNetwork(directory);
  const reason = await reasonAgainst();
  if (reason !== null) return { kind: 'Unavailable', reason };
  return { kind: 'RanInside', exitCode: await runAgainInside() };
}

const prepare = `ip link set lo up && ip addr add ${networkAddress}/24 dev lo`;

async function reasonAgainst(): Promise<string | null> {
  const ip = await runCommand('ip', ['-V']);
  if (ip.code !== 0) return 'no network of our own: the command "ip" is missing (Debian package iproute2).';
  const attempt = await runCommand('unshare', ['-rn', 'sh', '-c', prepare]);
  if (attempt.code === 0) return null;
  const said = attempt.stderr.trim().split('\n').at(-1) ?? '';
  return `no network of our own: this machine forbids unprivileged user and network namespaces ("unshare -rn" said: ${said}).`;
}

interface ExposeRequest {
  readonly socket: string;
}

interface ExposeAnswer {
  readonly socket: string;
  readonly port: number;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

async function runAgainInside(): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'modelrisk-network-'));
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const child = spawn('unshare', ['-rn', 'sh', '-c', `${prepare} && exec "$@"`, 'sh', ...command], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // Whatever the inner run and its children leave behind, however they end, is in the one folder that is removed here.
    env: { ...process.env, [insideVariable]: directory, TMPDIR: directory },
  });
  const bridges: Server[] = [];
  child.on('message', (message: ExposeRequest) => {
    void bridge({ port: message.socket }, 0).then(({ server, port }) => {
      bridges.push(server);
      child.send({ socket: message.socket, port } satisfies ExposeAnswer);
    });
  });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  // A terminal sends INT to both, but npm, `timeout` or an editor's stop button only to us: the inner run takes it twice for once.
  for (const signal of signals) process.on(signal, forward);
  const exitCode = await new Promise<number>((resolve) => {
    child.on('error', () => {
      resolve(127);
    });
    child.on('exit', (code) => {
      resolve(code ?? 137);
    });
  });
  for (const signal of signals) process.off(signal, forward);
  for (const server of bridges) server.close();
  // Children of an inner run that was killed go on for some seconds more, and may write meanwhile.
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  return exitCode;
}

function insideNetwork(directory: string): NetworkEntry {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
  return {
    kind: 'Inside',
    address: networkAddress,
    exposeOutside: async (port, host = networkAddress) => {
      const socket = join(directory, `${port}.sock`);
      await bridge({ port, host }, socket);
      const answered = new Promise<number>((resolve) => {
        const listener = (answer: ExposeAnswer): void => {
          if (answer.socket !== socket) return;
          process.off('message', listener);
          process.channel?.unref();
          resolve(answer.port);
        };
        process.on('message', listener);
      });
      process.send?.({ socket } satisfies ExposeRequest);
      return answered;
    },
  };
}

interface BridgeTarget {
  /** A TCP port, or the path of a Unix socket. */
  readonly port: number | string;
  readonly host?: string;
}

/** Copies bytes both ways between what connects to `listenOn` and the target. Does not keep the process alive. */
function bridge(target: BridgeTarget, listenOn: number | string): Promise<{ readonly server: Server; readonly port: number }> {
  return new Promise((resolve, reject) => {
    const server = createServer((inner) => {
      const { port } = target;
      const outer = typeof port === 'string' ? createConnection(port) : createConnection(port, target.host);
      inner.pipe(outer).pipe(inner);
      inner.on('error', () => outer.destroy());
      outer.on('error', () => inner.destroy());
    });
    server.on('error', reject);
    server.unref();
    const listening = (): void => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 });
    };
    if (typeof listenOn === 'string') server.listen(listenOn, listening);
    else server.listen(listenOn, '127.0.0.1', listening);
  });
}
