import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { jest } from '@jest/globals';
import { listenHTTP } from '../../testbed/http-server.ts';

export interface ServerAnswer {
  readonly status: number;
  readonly body: object | string;
}

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The plugin's program before a server that says what it is told to. */
export interface CLIWorld {
  /** By method and path with query. */
  answer: (call: string) => ServerAnswer;
  /** What the server was asked, in order. */
  asked: string[];
  /** The program from its first line: each run evaluates it anew. */
  run(line: string, config?: string): Promise<Run>;
  closeServer(): Promise<void>;
  close(): Promise<void>;
}

export const statusAnswer = (code: number, reason: string, message: string): ServerAnswer => ({
  ...{ status: code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message } },
});
export const listAnswer = (...items: readonly object[]): ServerAnswer => ({
  ...{ status: 200, body: { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '7' }, items } },
});

const kubeconfig = (port: number): string =>
  JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'here', users: [{ name: 'me', user: { token: 'hunter2' } }] },
    clusters: [{ name: 'cluster', cluster: { server: `http://127.0.0.1:${port}` } }],
    contexts: [
      { name: 'here', context: { cluster: 'cluster', user: 'me', namespace: 'lending' } },
      { name: 'elsewhere', context: { cluster: 'cluster', user: 'me' } },
      { name: 'broken', context: { cluster: 'gone', user: 'me' } },
    ],
  });

/** Modules that were evaluated once are not again; a query makes another module of the same file. */
const turns = { next: 0 };

export async function startCLI(): Promise<CLIWorld> {
  const given = { argv: process.argv, exitCode: process.exitCode };
  const directory = await mkdtemp(join(tmpdir(), 'modelrisk-cli-'));
  const server = await listenHTTP((request: IncomingMessage, response) => {
    const call = `${request.method ?? ''} ${request.url ?? ''}`;
    world.asked.push(call);
    const { status, body } = world.answer(call);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const own = join(directory, 'config');
  await writeFile(own, kubeconfig(server.port));
  const world: CLIWorld = {
    answer: () => listAnswer(),
    asked: [],
    async run(line, config = own) {
      const written: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const)
        jest.spyOn(process[name], 'write').mockImplementation((text) => {
          written[name] += String(text);
          return true;
        });
      process.argv = ['node', 'main.ts', ...line.split(' ').filter((word) => word !== ''), '--kubeconfig', config];
      turns.next += 1;
      await import(`../../src/cli/main.ts?turn=${turns.next}`);
      const code = Number(process.exitCode);
      jest.restoreAllMocks();
      process.argv = given.argv;
      process.exitCode = given.exitCode;
      return { code, ...written };
    },
    closeServer: () => server.close(),
    async close() {
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
  return world;
}
