import { describe, expect, it } from '@jest/globals';
import type { Observation } from '../../../../src/core/model/observation.ts';
import { failure, success, type Result } from '../../../../src/shared/result.ts';
import type { QueryRecord } from '../../../../src/signals/answers.ts';
import { askPage } from '../../../../src/signals/http-json/source.ts';
import type { HTTPJSONSignal } from '../../../../src/signals/port.ts';
import type { ProviderFailure } from '../../../../src/signals/provider.ts';
import { createManualClock, someTimeMs } from '../../../builders/manual-clock.ts';
import { httpJSONSignal, requestFor } from '../../../builders/signal.ts';

async function ask(answer: Result<unknown, ProviderFailure>, ...signals: readonly HTTPJSONSignal[]) {
  const sent: string[] = [];
  const records: QueryRecord[] = [];
  const client = {
    read: (path: string) => {
      sent.push(path);
      return Promise.resolve(answer);
    },
    close: () => Promise.resolve(),
  };
  const [first = httpJSONSignal(), ...others] = signals;
  const page = [requestFor(first, { key: '0' }), ...others.map((signal, index) => requestFor(signal, { key: String(index + 1) }))] as const;
  const abort = new AbortController().signal;
  const answers = await askPage(page, { client, clock: createManualClock(), onQuery: (record) => void records.push(record), abort });
  return { observations: answers.map(({ observation }) => observation), sent, records };
}

async function read(document: unknown, changes: Partial<HTTPJSONSignal> = {}): Promise<Observation | undefined> {
  return (await ask(success(document), httpJSONSignal(changes))).observations[0];
}

const counted = { value: '/v', time: '/t', sampleCount: '/n' };

describe('askPage', () => {
  it('reads value, rows and the time of the data, and freezes what was asked', async () => {
    const { observations, sent, records } = await ask(
      success({ v: 0.25, t: '2026-06-01T11:59:00Z', n: 812.9 }),
      httpJSONSignal({ pointers: counted }),
    );
    expect(observations).toEqual([
      {
        kind: 'Value',
        ...{ value: 0.25, sampleCount: 812, noiseFloor: null, interval: null, computation: null },
        ...{ dataTimeMs: someTimeMs - 60_000, windowSeconds: 60 },
        source: { provider: 'drift-service', query: 'GET /lending/models/credit/2', queriedAtMs: someTimeMs },
      },
    ]);
    expect(sent).toEqual(['/lending/models/credit/2']);
    expect(records).toEqual([{ provider: 'drift-service', result: 'Success', durationMs: 0, series: 1, notices: [] }]);
  });

  it('regression: asks nothing in the name of a model whose version would climb out of its place', async () => {
    const request = requestFor(httpJSONSignal());
    const page = [{ ...request, identity: { ...request.identity, version: '../other/2' } }] as const;
    const client = { read: () => Promise.reject(new Error('was asked')), close: () => Promise.resolve() };
    const abort = new AbortController().signal;
    const answers = await askPage(page, { client, clock: createManualClock(), onQuery: () => undefined, abort });
    expect(answers).toMatchObject([{ observation: { kind: 'NoData', cause: 'Incomparable' } }]);
  });

  it('serves every request of one page with one request', async () => {
    const other = httpJSONSignal({ pointers: { ...counted, value: '/w' } });
    const { observations, sent } = await ask(success({ v: 1, w: 2, t: 0, n: 3 }), httpJSONSignal({ pointers: counted }), other);
    expect([sent.length, observations.map((each) => (each.kind === 'Value' ? each.value : null))]).toEqual([1, [1, 2]]);
  });

  it.each([
    ['seconds since 1970', someTimeMs / 1000 - 1.5, someTimeMs - 1500],
    ['another zone', '2026-06-01T14:00:00.5+02:00', someTimeMs + 500],
  ])('reads the time as %s', async (_what, t, dataTimeMs) => {
    expect(await read({ v: 1, t, n: 1 }, { pointers: counted })).toMatchObject({ kind: 'Value', dataTimeMs });
  });

  it.each([
    ['no value', { t: 0, n: 1 }, 'Empty', 'the answer has no value (/v)'],
    ['no time', { v: 1, n: 1 }, 'Empty', 'the answer has no time (/t)'],
    ['no count', { v: 1, t: 0 }, 'Empty', 'the answer has no sampleCount (/n)'],
    ['null', { v: null, t: 0, n: 1 }, 'NotANumber', 'value (/v) is null'],
    ['text', { v: '0.1', t: 0, n: 1 }, 'NotANumber', 'value (/v) is text'],
    ['NaN as text', { v: 'NaN', t: 0, n: 1 }, 'NotANumber', 'value (/v) is text'],
    ['an array', { v: [1], t: 0, n: 1 }, 'NotANumber', 'value (/v) is an array'],
    ['an object', { v: {}, t: 0, n: 1 }, 'NotANumber', 'value (/v) is an object'],
    ['a truth', { v: true, t: 0, n: 1 }, 'NotANumber', 'value (/v) is boolean'],
    ['1e999', JSON.parse('{"v":1e999,"t":0,"n":1}'), 'Infinite', 'value (/v)'],
    ['ten to the fifteenth', { v: 1e15, t: 0, n: 1 }, 'NotANumber', 'value (/v) is out of range'],
    ['a negative count', { v: 1, t: 0, n: -1 }, 'NotANumber', 'sampleCount (/n) is out of range'],
    ['a day for a time', { v: 1, t: '2026-06-01', n: 1 }, 'Stale', 'time (/t) is text'],
    ['milliseconds for seconds', { v: 1, t: someTimeMs, n: 1 }, 'Stale', 'time (/t) is a number no time is written as'],
    ['a page of text', 'hello', 'Empty', 'the answer has no value (/v)'],
  ])('of %s makes no data, with its cause', async (_what, document, cause, message) => {
    expect(await read(document, { pointers: counted })).toMatchObject({ kind: 'NoData', cause, message: expect.stringContaining(message) });
  });

  it('repeats nothing of what a service answered: tenants read the status', async () => {
    expect(JSON.stringify(await read({ v: 'hunter2', t: 'hunter2', n: 'hunter2' }, { pointers: counted }))).not.toContain('hunter2');
  });

  it('is an error for all when the service fails, and says which', async () => {
    const { observations, records } = await ask(
      failure({ cause: 'HTTPStatus', message: 'answered with HTTP status 500' }),
      httpJSONSignal(),
      httpJSONSignal(),
    );
    expect(observations).toHaveLength(2);
    expect(observations[1]).toMatchObject({
      kind: 'Error',
      cause: 'HTTPStatus',
      message: 'provider drift-service answered with HTTP status 500',
    });
    expect(records[0]?.result).toBe('HTTPStatus');
  });
});
