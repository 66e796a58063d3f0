import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { selfSigned } from '../test/builders/certificate.ts';
import { readBody } from './http-server.ts';
import { wallClockMs } from './wall-clock.ts';

/** One line as it arrived. */
export interface SunkLine {
  readonly text: string;
  readonly receivedAtMs: number;
}

/** An append-only store of lines behind a webhook, over TLS, with a certificate of its own. */
export interface AuditSinkServer {
  readonly url: string;
  /** What a client has to trust: NODE_EXTRA_CA_CERTS. */
  readonly caFile: string;
  readonly lines: readonly SunkLine[];
  /** Media types of all requests so far. */
  readonly contentTypes: ReadonlySet<string>;
  stop(): Promise<void>;
}

export async function startAuditSink(): Promise<AuditSinkServer> {
  const { cert, key } = selfSigned('audit-sink');
  const directory = await mkdtemp(join(tmpdir(), 'modelrisk-sink-'));
  const caFile = join(directory, 'ca.pem');
  await writeFile(caFile, cert);
  const lines: SunkLine[] = [];
  const contentTypes = new Set<string>();
  const server = createServer({ cert, key }, (request, response) => {
    void readBody(request).then((body) => {
      const receivedAtMs = wallClockMs();
      contentTypes.add(request.headers['content-type'] ?? '');
      for (const text of body.toString().split('\n')) if (text !== '') lines.push({ text, receivedAtMs });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${String(port)}/audit`,
    caFile,
    lines,
    contentTypes,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true });
    },
  };
}
