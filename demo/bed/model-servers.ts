import { join } from 'node:path';

import { startProcess } from '../../testbed/process.ts';
import type { ManagedProcess } from '../../testbed/process.ts';
import type { FeatureColumn } from '../census/row.ts';
import type { PipelineState } from '../serving/feature-pipeline.ts';

/** One version of the model as a process with an address of its own, like a pod. */
export interface ModelServer {
  readonly role: 'candidate' | 'safe';
  readonly version: string;
  readonly service: string;
  readonly address: string;
  readonly port: number;
  readonly process: ManagedProcess;
  /** For outcomes and faults; loopback only. */
  readonly adminOrigin: string;
  /** Breaks the feature pipeline of this version; null mends it. */
  setEmptyColumn(column: FeatureColumn | null): Promise<void>;
  pipeline(): Promise<PipelineState>;
}

export interface ModelServerOptions {
  readonly role: 'candidate' | 'safe';
  readonly version: string;
  readonly service: string;
  readonly address: string;
  readonly port: number;
  readonly adminPort: number;
  readonly directory: string;
}

export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const { role, version, service, address, port, adminPort } = options;
  const adminOrigin = `http://127.0.0.1:${String(adminPort)}`;
  const admin = `${adminOrigin}/fault`;
  const started = await startProcess({
    name: `model server ${version}`,
    command: process.execPath,
    args: [
      join(import.meta.dirname, '..', 'model-server.ts'),
      ...['--role', role, '--version', version, '--host', address, '--port', String(port), '--admin-port', String(adminPort)],
    ],
    logFile: join(options.directory, `model-server-${version}.log`),
    ready: async () => (await fetch(`http://${address}:${String(port)}/healthz`)).ok,
  });
  const pipeline = async (): Promise<PipelineState> => (await (await fetch(admin)).json()) as PipelineState;
  return {
    ...{ role, version, service, address, port, process: started, adminOrigin },
    setEmptyColumn: async (column) => {
      const answer = await fetch(admin, { method: 'PUT', body: JSON.stringify({ column }) });
      if (!answer.ok) throw new Error(`the fault could not be set on ${service}: ${await answer.text()}`);
    },
    pipeline,
  };
}
