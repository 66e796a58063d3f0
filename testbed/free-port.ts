import { createServer } from 'node:net';

/**
 * Ports of `host` that were free a moment ago. All are held open until the last is known, so one call never answers a
 * port twice; between the answer and its use another process could still take one.
 */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(host)));
  return Promise.all(servers.map(({ port, close }) => close().then(() => port)));
}

export async function freePort(host = '127.0.0.1'): Promise<number> {
  const { port, close } = await listen(host);
  await close();
  return port;
}

function listen(host: string): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, host, () => {
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
        });
      resolve({ port: address.port, close });
    });
  });
}
