import { gzipSync } from 'node:zlib';
import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSystemClock } from '../../../src/kube/system-clock.ts';
import { partLabel } from '../../../src/signals/prometheus/query-plan.ts';
import { createSignalSource, type ReplaceableSignalSource } from '../../../src/signals/registry.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { listenHTTP, readBody, type ListeningServer } from '../../../testbed/http-server.ts';
import { startPrometheusStandIn, type PrometheusStandIn } from '../../../testbed/prometheus-stand-in.ts';
import type { StandInAnswer } from '../../../testbed/prometheus-answer.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import { creditLabels, inlineSignal, requestFor, templateSignal } from '../../builders/signal.ts';

const clock = createSystemClock();
const never = new AbortController().signal;
const closing: (() => Promise<void>)[] = [];
let standIn: PrometheusStandIn;
let source: ReplaceableSignalSource;

beforeEach(async () => {
  standIn = await startPrometheusStandIn();
  source = createSignalSource({ clock, onQuery: () => undefined, maxConcurrentQueriesPerProvider: 2 });
  source.replaceProviders([{ name: 'prometheus', url: `${standIn.url}/`, timeoutSeconds: 5 }]);
});

afterEach(async () => {
  await standIn.stop();
  for (const close of closing.splice(0)) await close();
  await source.close();
});

/** A server that ends with the test, whatever becomes of it. */
async function listen(handler: RequestListener, port = 0): Promise<ListeningServer> {
  const server = await listenHTTP(handler, '127.0.0.1', port);
  closing.push(() => server.close());
  return server;
}

function answering(value: number): StandInAnswer {
  return {
    kind: 'Vector',
    series: [
      { labels: { ...creditLabels, [partLabel]: 'value' }, value },
      { labels: { ...creditLabels, [partLabel]: 'time0' }, value: clock.nowMs() / 1000 },
    ],
  };
}

const shapes = (count: number) =>
  Array.from({ length: count }, (_unused, index) =>
    requestFor(templateSignal({ shape: String(index), query: `m${index}` }), { key: String(index) }),
  );

describe('the signal source over HTTP', () => {
  it('asks one query a shape, however many models share it', async () => {
    standIn.answerOthers(answering(1));
    const models = Array.from({ length: 200 }, (_unused, index) =>
      requestFor(templateSignal(), { key: String(index), model: `m${index}` }),
    );
    await source.observe([...models, ...shapes(3)], never);
    expect(standIn.queries).toHaveLength(4);
  });

  it('leaves a good shape good beside bad ones', async () => {
    standIn.answerOthers(answering(1));
    const bad = requestFor(templateSignal({ shape: 'bad', query: 'sum(' }), { key: 'bad' });
    const missing = requestFor(templateSignal({ shape: 'missing', provider: 'gone' }), { key: 'missing' });
    const broken = requestFor(templateSignal({ shape: 'broken', query: 'broken' }), { key: 'broken' });
    const text = 'label_replace(broken{__modelrisk_part__=""}, "__modelrisk_part__", "value", "", "")';
    standIn.answer(
      `${text} or label_replace(max by (namespace, model, version, served) (timestamp(broken)), "__modelrisk_part__", "time0", "", "")`,
      { kind: 'Reset' },
    );
    const answers = await source.observe([bad, missing, broken, ...shapes(1)], never);
    expect(Object.fromEntries(answers.map(({ key, observation }) => [key, observation]))).toMatchObject({
      bad: { cause: 'QueryRejected' },
      missing: { cause: 'ProviderMissing' },
      broken: { cause: 'Unreachable' },
      '0': { kind: 'Value', value: 1 },
    });
  });

  it('keeps its connections between polls', async () => {
    const ports = new Set<number | undefined>();
    const server = await listen((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{"status":"success","data":{"resultType":"vector","result":[]}}');
    });
    source.replaceProviders([{ name: 'prometheus', url: `http://127.0.0.1:${server.port}`, timeoutSeconds: 5 }]);
    for (let poll = 0; poll < 10; poll++) await source.observe(shapes(1), never);
    // A pool may open a second one while the first is still being put back; never one a poll.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('asks again at once when the server had closed the idle connection', async () => {
    let seen = 0;
    const server = await listen((_request, response) => {
      seen += 1;
      if (seen === 2) response.socket?.destroy();
      else response.end('{"status":"success","data":{"resultType":"vector","result":[]}}');
    });
    source.replaceProviders([{ name: 'prometheus', url: `http://127.0.0.1:${server.port}`, timeoutSeconds: 5 }]);
    await source.observe(shapes(1), never);
    const [answer] = await source.observe(shapes(1), never);
    expect([answer?.observation, seen]).toMatchObject([{ kind: 'NoData', cause: 'Empty' }, 3]);
  });

  it('sends a form that leaves the time to the provider, below a path prefix, and reads gzip', async () => {
    const asked: { path: string | undefined; form: string; type: string | undefined }[] = [];
    const server = await listen((request, response) => {
      void readBody(request).then((body) => {
        asked.push({ path: request.url, form: body.toString(), type: request.headers['content-type'] });
        const result = ['value', 'time0'].map((part) => ({ metric: { ...creditLabels, [partLabel]: part }, value: [1, '3'] }));
        response
          .setHeader('content-encoding', 'gzip')
          .end(gzipSync(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } })));
      });
    });
    source.replaceProviders([{ name: 'prometheus', url: `http://127.0.0.1:${server.port}/tenant/`, timeoutSeconds: 2.5 }]);
    const [answer] = await source.observe(shapes(1), never);
    expect(answer?.observation).toMatchObject({ kind: 'Value', value: 3, dataTimeMs: 3000 });
    expect(asked).toMatchObject([{ path: '/tenant/api/v1/query', type: 'application/x-www-form-urlencoded' }]);
    const form = new URLSearchParams(asked[0]?.form);
    expect([form.get('query'), form.get('timeout'), form.get('time')]).toEqual([answer?.observation.source.query, '2.5', null]);
  });

  it('has no more queries under way at one provider than allowed', async () => {
    let running = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    const server = await listen((_request, response) => {
      running += 1;
      most = Math.max(most, running);
      waiting.push(() => {
        running -= 1;
        response.end('{"status":"success","data":{"resultType":"vector","result":[]}}');
      });
    });
    source.replaceProviders([{ name: 'prometheus', url: `http://127.0.0.1:${server.port}`, timeoutSeconds: 5 }]);
    const polled = source.observe(shapes(6), never);
    let answered = 0;
    while (answered < 6) {
      const ready = await eventually(() => Promise.resolve(waiting.length >= Math.min(2, 6 - answered) ? waiting.splice(0) : null));
      answered += ready.length;
      for (const answer of ready) answer();
    }
    expect(await polled).toHaveLength(6);
    expect(most).toBe(2);
  });

  it('regression: slow inline queries of one namespace hold up nobody else, and each ends at its own deadline although it never got its turn', async () => {
    const slow: (() => void)[] = [];
    const server = await listen((request, response) => {
      void readBody(request).then((body) => {
        const answer = (): void => void response.end('{"status":"success","data":{"resultType":"vector","result":[]}}');
        if (String(new URLSearchParams(String(body)).get('query')).includes('"noisy"')) slow.push(answer);
        else answer();
      });
    });
    const frozen = createManualClock();
    const results: string[] = [];
    const fair = createSignalSource({ clock: frozen, onQuery: ({ result }) => results.push(result) });
    closing.unshift(async () => {
      for (const answer of slow) answer();
      await fair.close();
    });
    fair.replaceProviders([{ name: 'prometheus', url: `http://127.0.0.1:${server.port}`, timeoutSeconds: 5 }]);
    const noisy = Array.from({ length: 20 }, (_unused, index) =>
      requestFor(inlineSignal({ shape: String(index) }), { key: String(index), namespace: 'noisy' }),
    );
    const starved = fair.observe(noisy, never);
    await eventually(() => Promise.resolve(slow.length === 2));
    // The clock stands still: whoever had to wait for a slow query would wait for ever.
    const others = await fair.observe([...shapes(3), requestFor(inlineSignal(), { key: 'inline', namespace: 'quiet' })], never);
    expect(others.map(({ observation }) => observation)).toMatchObject(Array.from({ length: 4 }, () => ({ cause: 'Empty' })));
    await frozen.advance(5000);
    const messages = (await starved).map(({ observation }) => (observation.kind === 'Error' ? observation.message : ''));
    expect(messages.filter((message) => message.includes('did not answer within 5 s'))).toHaveLength(2);
    expect(messages.filter((message) => message.includes('waited 5 of its 5 s') && message.includes('namespace noisy'))).toHaveLength(18);
    expect(results.filter((result) => result === 'Crowded')).toHaveLength(18);
  });

  it('ends a poll at once when its caller stops, and answers every request all the same', async () => {
    standIn.answerOthers({ kind: 'Hang' });
    const stop = new AbortController();
    const polled = source.observe(shapes(4), stop.signal);
    await eventually(() => Promise.resolve(standIn.queries.length >= 2));
    stop.abort();
    const answers = await polled;
    expect(answers.map(({ observation }) => observation)).toMatchObject(
      Array.from({ length: 4 }, () => ({ kind: 'Error', cause: 'Timeout' })),
    );
    expect(standIn.queries).toHaveLength(2);
  });

  it('gives a poll under way its answer although its provider is replaced, and asks the new one next', async () => {
    standIn.answerOthers(answering(1), { delayMs: 100 });
    const polled = source.observe(shapes(4), never);
    const second = await startPrometheusStandIn();
    closing.push(() => second.stop());
    second.answerOthers(answering(2));
    source.replaceProviders([{ name: 'prometheus', url: second.url, timeoutSeconds: 5 }]);
    const [after] = await source.observe(shapes(1), never);
    expect(after?.observation).toMatchObject({ kind: 'Value', value: 2 });
    expect((await polled).map(({ observation }) => observation)).toMatchObject(
      Array.from({ length: 4 }, () => ({ kind: 'Value', value: 1 })),
    );
    expect(second.queries).toHaveLength(1);
  });

  it.each(['169.254.169.254', '::ffff:169.254.169.254', 'fd00:ec2::254'])(
    'connects to no provider whose name leads to %s, and says so without the address',
    async (address) => {
      const family = address.includes(':') ? 6 : 4;
      const guarded = createSignalSource({
        clock,
        onQuery: () => undefined,
        resolve: (_name, _options, done) => {
          done(null, [{ address, family }]);
        },
      });
      closing.push(() => guarded.close());
      guarded.replaceProviders([{ name: 'prometheus', url: 'http://prometheus.example:9090', timeoutSeconds: 5 }]);
      const [answer] = await guarded.observe(shapes(1), never);
      expect(answer?.observation).toMatchObject({ kind: 'Error', cause: 'Unreachable', message: expect.stringContaining('never asked') });
      expect(answer?.observation).toMatchObject({ message: expect.not.stringContaining(address) });
    },
  );

  it('connects to what the name leads to when that may be asked', async () => {
    standIn.answerOthers(answering(1));
    const guarded = createSignalSource({
      ...{ clock, onQuery: () => undefined },
      resolve: (_name, _options, done) => {
        done(null, [{ address: '127.0.0.1', family: 4 }]);
      },
    });
    closing.push(() => guarded.close());
    guarded.replaceProviders([{ name: 'prometheus', url: standIn.url.replace('127.0.0.1', 'prometheus.example'), timeoutSeconds: 5 }]);
    expect((await guarded.observe(shapes(1), never))[0]?.observation).toMatchObject({ kind: 'Value', value: 1 });
  });

  it('finds a provider again by itself when it comes back', async () => {
    const stopped = await startPrometheusStandIn();
    await stopped.stop();
    source.replaceProviders([{ name: 'prometheus', url: stopped.url, timeoutSeconds: 5 }]);
    expect((await source.observe(shapes(1), never))[0]?.observation).toMatchObject({
      kind: 'Error',
      cause: 'Unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await listen(
      (_request, response) => response.end('{"status":"success","data":{"resultType":"vector","result":[]}}'),
      Number(new URL(stopped.url).port),
    );
    expect((await source.observe(shapes(1), never))[0]?.observation).toMatchObject({ kind: 'NoData', cause: 'Empty' });
  });
});
