import { createServer } from 'node:http';
import type { Server } from 'node:http';

/** What the probes ask; each answers with the reasons it is not well, none = well. */
export interface Health {
  /** Event loop and watches move. */
  liveness(): readonly string[];
  /** Caches are filled. */
  readiness(): readonly string[];
}

export interface HTTPServerOptions {
  readonly host: string;
  readonly port: number;
  readonly health: Health;
  /** Exposition text and its content type. */
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>;
}

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

function probe(problems: readonly string[]): Reply {
  return problems.length === 0
    ? { status: 200, contentType: 'text/plain', text: 'ok\n' }
    : { status: 503, contentType: 'text/plain', text: `${problems.join('\n')}\n` };
}

async function answer(path: string, options: HTTPServerOptions): Promise<Reply> {
  switch (path) {
    case '/healthz':
      return probe(options.health.liveness());
    case '/readyz':
      return probe(options.health.readiness());
    case '/metrics':
      return { status: 200, ...(await options.metrics()) };
    default:
      return { status: 404, contentType: 'text/plain', text: 'not found; the paths are /healthz, /readyz and /metrics\n' };
  }
}

/** Serves /healthz, /readyz and /metrics; GET only. Port 0 takes a free one. */
export function startHTTPServer(options: HTTPServerOptions): Promise<RunningServer> {
  const server: Server = createServer((request, response) => {
    if (request.method !== 'GET') {
      response.writeHead(405).end();
      return;
    }
    answer((request.url ?? '/').split('?')[0] ?? '/', options).then(
      ({ status, contentType, text }) => {
        response.writeHead(status, { 'content-type': contentType }).end(text);
      },
      () => {
        response.writeHead(500).end();
      },
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : options.port,
        close: () =>
          new Promise((closed) => {
            server.close(() => {
              closed();
            });
            server.closeAllConnections();
          }),
      });
    });
  });
}
