import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cancel, Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import { readCertificate, type Certificate, type CertificateFiles } from './certificate.ts';
import type { PushRequest } from './endpoint.ts';
import type { Reply } from './reply.ts';

export interface PushListenerOptions extends CertificateFiles {
  readonly host: string;
  readonly port: number;
  readonly answer: (request: PushRequest) => Promise<Reply>;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long who has not shown who they are may hold a place. Left out: 5 s. */
  readonly patienceMs?: number;
}

export interface PushListener {
  readonly port: number;
  close(): Promise<void>;
}

/** A renewed certificate is served this long after it was written, at most; cert-manager renews days ahead. */
export const rereadEveryMs = 60_000;

const limits = { requestTimeout: 10_000, keepAliveTimeout: 60_000, maxHeaderSize: 32_768 };
const mostConnections = 256;
const defaultPatienceMs = 5000;

/** Node waits two minutes for a handshake, and looks for late headers twice a minute: some hundred silent connections took every place. */
function patience(ms: number) {
  return { handshakeTimeout: ms, headersTimeout: ms, connectionsCheckingInterval: Math.ceil(ms / 5) };
}

/** Serves pushes over TLS only. Throws one sentence when the certificate can't be served. */
export async function startPushListener(options: PushListenerOptions): Promise<PushListener> {
  const first = await readCertificate(options);
  if (!first.ok) throw new Error(first.failure);
  const server = createServer({ ...limits, ...patience(options.patienceMs ?? defaultPatienceMs), ...first.value }, (request, response) => {
    void serve(request, response, options);
  });
  server.maxConnections = mostConnections;
  await listening(server, options);
  const stopRereading = keepFresh(server, first.value, options);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () => {
      stopRereading();
      return new Promise((closed) => {
        server.close(() => {
          closed();
        });
        server.closeAllConnections();
      });
    },
  };
}

function listening(server: Server, { host, port }: PushListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Connections that are open keep what they began with. */
function keepFresh(server: Server, first: Certificate, options: PushListenerOptions): Cancel {
  const { clock, log } = options;
  let served = first;
  let closed = false;
  let cancel: Cancel = () => undefined;
  const reread = async (): Promise<void> => {
    const read = await readCertificate(options);
    if (closed) return;
    if (!read.ok) log.error({ cause: read.failure }, 'the certificate for pushes could not be read again; the last one is served');
    else if (read.value.cert !== served.cert || read.value.key !== served.key) {
      served = read.value;
      server.setSecureContext(served);
      log.info({ certFile: options.certFile }, 'a new certificate for pushes is served');
    }
    schedule();
  };
  const schedule = (): void => {
    cancel = clock.after(rereadEveryMs, () => void reread());
  };
  schedule();
  return () => {
    closed = true;
    cancel();
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, { answer, log }: PushListenerOptions): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  try {
    const reply = await answer({
      method: request.method ?? '',
      path: path === '' ? '/' : path,
      query,
      authorization: request.headers.authorization,
      readBody: (maxBytes) => readBody(request, maxBytes),
    });
    response.writeHead(reply.status, {
      ...reply.headers,
      'content-type': 'application/json',
      // A body nobody read would be taken for the next request, and whom nobody knows keeps no place.
      ...(request.complete && reply.status !== 401 ? {} : { connection: 'close' }),
    });
    response.end(`${JSON.stringify(reply.body)}\n`);
  } catch (error) {
    if (request.destroyed || response.headersSent) return;
    log.error({ err: error }, 'a push could not be answered');
    response.writeHead(500).end();
  }
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Left early, the connection must stay for the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
