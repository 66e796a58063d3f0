import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { HTTPAnswer, HTTPRequest, ServedModel } from './request-handler.ts';
import { answerAdmin, answerPublic } from './request-handler.ts';

const longestBodyBytes = 65_536;

export interface ListenOptions {
  readonly host: string;
  /** 0: the system picks a free one. */
  readonly port: number;
  readonly adminPort: number;
}

export interface ListeningModel {
  readonly port: number;
  readonly adminPort: number;
  stop(): void;
}

/** Breaking a model and telling outcomes is for whoever sits at this machine, never for the network. */
const adminHost = '127.0.0.1';

export async function listen(model: ServedModel, { host, port, adminPort }: ListenOptions): Promise<ListeningModel> {
  const [open, admin] = [serve(model, (request) => answerPublic(model, request)), serve(model, (request) => answerAdmin(model, request))];
  await Promise.all([once(open.listen(port, host), 'listening'), once(admin.listen(adminPort, adminHost), 'listening')]);
  return {
    port: (open.address() as AddressInfo).port,
    adminPort: (admin.address() as AddressInfo).port,
    stop: () => {
      for (const server of [open, admin]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

function serve({ nowMs }: ServedModel, answer: (request: HTTPRequest) => HTTPAnswer | Promise<HTTPAnswer>) {
  const handle = async (request: IncomingMessage): Promise<HTTPAnswer> => {
    const receivedAtMs = nowMs();
    const { method = 'GET', url = '/', headers } = request;
    const path = url.split('?', 1)[0] ?? '/';
    return answer({ method, path, host: headers.host, body: await readBody(request), receivedAtMs });
  };
  // Envoy keeps connections for an hour; a server that closes them first would look like a failing version.
  return createServer({ keepAliveTimeout: 0 }, (request, response) => {
    handle(request)
      .catch((error: unknown) => ({ status: 500, headers: {}, body: String(error) }))
      .then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))));
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Buffer)) continue;
    length += chunk.length;
    if (length > longestBodyBytes) throw new Error(`the body is longer than ${String(longestBodyBytes)} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
