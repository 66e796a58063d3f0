import { gzipSync } from 'node:zlib';
import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSystemClock } from '../../../src/kube/system-clock.ts';
import type { QueryRecord } from '../../../src/signals/answers.ts';
import { createSignalSource, type ReplaceableSignalSource, type SignalSourceOptions } from '../../../src/signals/registry.ts';
import { listenHTTP } from '../../../testbed/http-server.ts';
import { httpJSONSignal, requestFor } from '../../builders/signal.ts';

const clock = createSystemClock();
const never = new AbortController().signal;
const closing: (() => Promise<void>)[] = [];
let asked: string[];
let records: QueryRecord[];

beforeEach(() => {
  asked = [];
  records = [];
});

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function sourceFor(
  handler: RequestListener,
  options: Partial<SignalSourceOptions> & { readonly path?: string; readonly host?: string; readonly timeoutSeconds?: number } = {},
): Promise<ReplaceableSignalSource> {
  const { path = '', host = '127.0.0.1', timeoutSeconds = 5, ...rest } = options;
  const server = await listenHTTP(
    (request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      handler(request, response);
    },
    '127.0.0.1',
    0,
  );
  const source = createSignalSource({ clock, onQuery: (record) => void records.push(record), ...rest });
  source.replaceProviders([{ name: 'drift-service', url: `http://${host}:${server.port}${path}`, timeoutSeconds, form: 'HTTPJSON' }]);
  closing.push(
    () => source.close(),
    () => server.close(),
  );
  return source;
}

const answering =
  (body: unknown): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
const fresh = () => ({ drift: { psi: 0.3 }, measuredAt: clock.nowMs() / 1000 });
const observeOne = async (source: ReplaceableSignalSource) => (await source.observe([requestFor(httpJSONSignal())], never))[0]?.observation;

describe('a service that answers JSON', () => {
  it('is asked once for each model, below the path of its URL', async () => {
    const source = await sourceFor(answering(fresh()), { path: '/base/' });
    const requests = ['credit', 'fraud', 'credit'].map((model, index) => requestFor(httpJSONSignal(), { key: String(index), model }));
    const answers = await source.observe(requests, never);
    expect(answers.map(({ key, observation }) => [key, observation.kind]).sort()).toEqual([
      ['0', 'Value'],
      ['1', 'Value'],
      ['2', 'Value'],
    ]);
    expect(asked.sort()).toEqual(['GET /base/lending/models/credit/2', 'GET /base/lending/models/fraud/2']);
    expect(records.map(({ provider, result }) => `${provider} ${result}`)).toEqual(['drift-service Success', 'drift-service Success']);
  });

  it('may pack its answer', async () => {
    const source = await sourceFor((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(fresh())));
    });
    expect(await observeOne(source)).toMatchObject({ kind: 'Value', value: 0.3 });
  });

  it.each([
    ['redirects', 302, { location: 'http://127.0.0.1:1/' }, '', 'HTTPStatus', 'redirects are not followed'],
    ['fails', 500, {}, 'stack trace with hunter2', 'HTTPStatus', 'answered with HTTP status 500'],
    ['does not know the model', 404, {}, '', 'HTTPStatus', 'answered with HTTP status 404'],
    ['answers HTML', 200, {}, '<html>hunter2', 'BadBody', 'something that is not JSON'],
    ['answers nothing', 200, {}, '', 'BadBody', 'something that is not JSON'],
    ['answers in another encoding', 200, { 'content-encoding': 'br' }, '{}', 'BadBody', 'an encoding that cannot be read'],
    ['answers without end', 200, {}, ' '.repeat(1_100_000), 'TooLarge', 'more than 1048576 bytes'],
  ])('that %s is an error with its cause, and repeats nothing', async (_what, status, headers, body, cause, message) => {
    const source = await sourceFor((_request, response) => {
      response.writeHead(status, headers).end(body);
    });
    const observation = await observeOne(source);
    expect(observation).toMatchObject({ kind: 'Error', cause, message: expect.stringContaining(message) });
    expect(JSON.stringify(observation)).not.toContain('hunter2');
    expect(asked).toHaveLength(1);
  });

  it('that does not answer is an error, and holds up no other model', async () => {
    const source = await sourceFor(
      (request, response) => {
        if (request.url?.includes('slow') !== true) answering(fresh())(request, response);
      },
      { timeoutSeconds: 0.3 },
    );
    const slow = source.observe([requestFor(httpJSONSignal(), { model: 'slow' })], never);
    expect(await observeOne(source)).toMatchObject({ kind: 'Value' });
    expect((await slow)[0]?.observation).toMatchObject({
      kind: 'Error',
      cause: 'Timeout',
      message: expect.stringContaining('did not answer within 0.3 s'),
    });
  });

  it('whose name leads to a metadata address is never asked', async () => {
    const resolve: SignalSourceOptions['resolve'] = (_host, _options, answer) => {
      answer(null, [{ address: '169.254.169.254', family: 4 }]);
    };
    const source = await sourceFor(answering(fresh()), { host: 'drift.example', resolve });
    expect(await observeOne(source)).toMatchObject({
      kind: 'Error',
      cause: 'Unreachable',
      message: expect.stringContaining('metadata address'),
    });
    expect(asked).toEqual([]);
  });

  it('is asked by a bounded number of requests at once, and by one namespace with half of them', async () => {
    let most = 0;
    let now = 0;
    const waiting: (() => void)[] = [];
    const source = await sourceFor(
      (request, response) => {
        now += 1;
        most = Math.max(most, now);
        waiting.push(() => {
          now -= 1;
          answering(fresh())(request, response);
        });
        setImmediate(() => waiting.shift()?.());
      },
      { maxConcurrentQueriesPerProvider: 4 },
    );
    const requests = Array.from({ length: 20 }, (_unused, index) =>
      requestFor(httpJSONSignal(), { key: String(index), model: `m${index}` }),
    );
    const answers = await source.observe(requests, never);
    expect(answers.filter(({ observation }) => observation.kind === 'Value')).toHaveLength(20);
    expect(most).toBeLessThanOrEqual(2);
  });
});
