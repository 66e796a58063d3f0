import { afterEach, describe, expect, it } from '@jest/globals';
import { startHTTPServer } from '../../../src/server/http-server.ts';
import type { Health, RunningServer } from '../../../src/server/http-server.ts';

const well: Health = { liveness: () => [], readiness: () => [] };
const running: RunningServer[] = [];

async function serve(
  health: Health,
  metrics = () => Promise.resolve({ text: 'up 1\n', contentType: 'text/plain; version=0.0.4' }),
): Promise<string> {
  const server = await startHTTPServer({ host: '127.0.0.1', port: 0, health, metrics });
  running.push(server);
  return `http://127.0.0.1:${server.port}`;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

describe('the probe server', () => {
  it('answers 200 on both probes while all is well', async () => {
    const url = await serve(well);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('says on each probe only what that probe is about', async () => {
    const url = await serve({ liveness: () => ['watch of httproutes is silent'], readiness: () => ['cache of modelrisks is not filled'] });
    const live = await fetch(`${url}/healthz`);
    const ready = await fetch(`${url}/readyz?verbose`);
    expect([live.status, await live.text()]).toEqual([503, 'watch of httproutes is silent\n']);
    expect([ready.status, await ready.text()]).toEqual([503, 'cache of modelrisks is not filled\n']);
  });

  it('serves the exposition with its content type', async () => {
    const answer = await fetch(`${await serve(well)}/metrics`);
    expect(answer.headers.get('content-type')).toContain('version=0.0.4');
    expect(await answer.text()).toBe('up 1\n');
  });

  it('answers 500 when the exposition fails, and goes on', async () => {
    const url = await serve(well, () => Promise.reject(new Error('no registry')));
    expect((await fetch(`${url}/metrics`)).status).toBe(500);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('changes nothing: other verbs are refused, other paths are not found', async () => {
    const url = await serve(well);
    expect((await fetch(`${url}/healthz`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${url}/debug`)).status).toBe(404);
  });
});
