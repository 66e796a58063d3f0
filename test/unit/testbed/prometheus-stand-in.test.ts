import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { StandInAnswer } from '../../../testbed/prometheus-answer.ts';
import { startPrometheusStandIn } from '../../../testbed/prometheus-stand-in.ts';
import type { PrometheusStandIn } from '../../../testbed/prometheus-stand-in.ts';

let standIn: PrometheusStandIn;

beforeEach(async () => {
  standIn = await startPrometheusStandIn();
});

afterEach(() => standIn.stop());

const query = (text: string, init?: RequestInit): Promise<Response> =>
  fetch(`${standIn.url}/api/v1/query?query=${encodeURIComponent(text)}`, init);
const post = (text: string): Promise<Response> =>
  fetch(`${standIn.url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query: text, time: '1' }) });

describe('the Prometheus stand-in', () => {
  it('answers a vector to GET and to POST, and an empty one to what it was not told', async () => {
    standIn.answer('up', { kind: 'Vector', series: [{ labels: { job: 'a' }, value: 0.5, timestampMs: 1_500 }], warnings: ['dropped'] });
    const expected = {
      status: 'success',
      data: { resultType: 'vector', result: [{ metric: { job: 'a' }, value: [1.5, '0.5'] }] },
      warnings: ['dropped'],
    };
    expect(await (await query('up')).json()).toEqual(expected);
    expect(await (await post('up')).json()).toEqual(expected);
    expect(await (await query('down')).json()).toEqual({ status: 'success', data: { resultType: 'vector', result: [] } });
  });

  it('asks a function at each query and writes odd numbers as Prometheus does', async () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 'x'];
    standIn.answer('v', { kind: 'Vector', series: () => [{ labels: {}, value: values.shift() ?? 0, timestampMs: 0 }] });
    const seen = [];
    for (let i = 0; i < 4; i++) {
      const { data } = (await (await query('v')).json()) as { data: { result: { value: [number, string] }[] } };
      seen.push(data.result[0]?.value[1]);
    }
    expect(seen).toEqual(['NaN', '+Inf', '-Inf', 'x']);
  });

  it('stamps each answer after it arrived and tells listeners', async () => {
    const told: number[] = [];
    standIn.onServed(({ servedAtMs }) => told.push(servedAtMs ?? -1));
    standIn.answerOthers({ kind: 'Vector', series: [] }, { delayMs: 30 });
    await (await query('slow')).text();
    const [served] = standIn.queries;
    expect(served).toMatchObject({ query: 'slow', status: 200 });
    expect((served?.servedAtMs ?? 0) - (served?.arrivedAtMs ?? 0)).toBeGreaterThanOrEqual(29);
    expect(told).toEqual([served?.servedAtMs]);
  });

  it('sends any status, and errors in the form of Prometheus', async () => {
    standIn.answer('raw', { kind: 'Raw', status: 503, body: 'busy', headers: { 'retry-after': '3' } });
    standIn.answer('bad', { kind: 'Failure', status: 200, errorType: 'bad_data', message: 'parse error' });
    const raw = await query('raw');
    expect([raw.status, raw.headers.get('retry-after'), await raw.text()]).toEqual([503, '3', 'busy']);
    expect(await (await query('bad')).json()).toEqual({ status: 'error', errorType: 'bad_data', error: 'parse error' });
  });

  it('sends a body that is small on the wire and big unpacked, and one that is big', async () => {
    standIn.answer('bomb', { kind: 'GzipBomb', megabytes: 3 });
    standIn.answer('big', { kind: 'BigBody', megabytes: 2 });
    const bomb = await query('bomb');
    expect(bomb.headers.get('content-encoding')).toBe('gzip');
    expect((await bomb.text()).length).toBeGreaterThan(3_000_000);
    expect((await (await query('big')).text()).length).toBeGreaterThan(2_000_000);
  });

  it.each<StandInAnswer>([{ kind: 'TruncatedJSON' }, { kind: 'Reset' }])('breaks off: $kind', async (answer) => {
    standIn.answer('broken', answer);
    await expect(query('broken').then((response) => response.text())).rejects.toThrow();
  });

  it.each<StandInAnswer>([{ kind: 'Hang' }, { kind: 'SlowBody', everyMs: 5 }])('never ends: $kind', async (answer) => {
    standIn.answer('stuck', answer);
    await expect(query('stuck', { signal: AbortSignal.timeout(60) }).then((response) => response.text())).rejects.toThrow(/timeout/);
  });

  it('knows no other path', async () => {
    expect((await fetch(`${standIn.url}/api/v1/query_range`)).status).toBe(404);
  });
});
