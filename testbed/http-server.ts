import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';

export interface ListeningServer {
  readonly port: number;
  readonly server: Server;
  /** Cuts open connections and closes. */
  close(): Promise<void>;
}

/** An HTTP/1.1 server on a free port of `host`, or on the port given. */
export function listenHTTP(handler: RequestListener, host = '127.0.0.1', port = 0): Promise<ListeningServer> {
  return new Promise((resolve, reject) => {
    const server = createServer(handler);
    server.on('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') {
        reject(new Error('a TCP server has no port'));
        return;
      }
      const close = (): Promise<void> =>
        new Promise((done) => {
          server.close(() => {
            done();
          });
          server.closeAllConnections();
        });
      resolve({ port: address.port, server, close });
    });
  });
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
