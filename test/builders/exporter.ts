import { listenHTTP } from '../../testbed/http-server.ts';

/** A model server's /metrics, and nothing else of it. */
export interface Exporter {
  /** `host:port`. */
  readonly address: string;
  /** What is exposed from the next scrape on; null makes every scrape fail. */
  expose(lines: readonly string[] | null): void;
  stop(): Promise<void>;
}

export async function startExporter(): Promise<Exporter> {
  let exposed: readonly string[] | null = [];
  const server = await listenHTTP((_request, response) => {
    if (exposed === null) response.writeHead(503).end();
    else response.setHeader('content-type', 'text/plain; version=0.0.4').end(exposed.map((line) => `${line}\n`).join(''));
  });
  return {
    address: `127.0.0.1:${server.port}`,
    expose: (lines) => {
      exposed = lines;
    },
    stop: () => server.close(),
  };
}
