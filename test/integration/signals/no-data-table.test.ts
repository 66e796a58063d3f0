import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { judge } from '../../../src/core/judge.ts';
import type { Assessment } from '../../../src/core/model/assessment.ts';
import { createSystemClock } from '../../../src/kube/system-clock.ts';
import { partLabel } from '../../../src/signals/prometheus/query-plan.ts';
import type { QueryRecord } from '../../../src/signals/answers.ts';
import { createSignalSource, type ReplaceableSignalSource } from '../../../src/signals/registry.ts';
import type { StandInAnswer, StandInSeries } from '../../../testbed/prometheus-answer.ts';
import { startPrometheusStandIn, type PrometheusStandIn } from '../../../testbed/prometheus-stand-in.ts';
import { anIndicator } from '../../builders/core.ts';
import { creditLabels, requestFor, templateSignal } from '../../builders/signal.ts';

const clock = createSystemClock();
const records: QueryRecord[] = [];
let standIn: PrometheusStandIn;
let source: ReplaceableSignalSource;

beforeAll(async () => {
  standIn = await startPrometheusStandIn();
  source = createSignalSource({ clock, onQuery: (record) => records.push(record) });
  source.replaceProviders([
    { name: 'prometheus', url: standIn.url, timeoutSeconds: 20 },
    // For answers that never come: nothing else is asked of it, so that no test hangs on how fast this machine is.
    { name: 'hasty', url: standIn.url, timeoutSeconds: 0.2 },
  ]);
});

afterAll(async () => {
  await source.close();
  await standIn.stop();
});

/** The verdict a model gets from what the stand-in answers to its only query. */
async function judged(answer: StandInAnswer, provider = 'prometheus'): Promise<Assessment> {
  standIn.answerOthers(answer);
  const request = requestFor(templateSignal({ provider }));
  const [answered] = await source.observe([request], new AbortController().signal);
  if (answered === undefined) throw new Error('no answer');
  const { identity, served } = request;
  return judge({ indicator: anIndicator({ minSamples: 0 }), identity, served, observation: answered.observation, nowMs: clock.nowMs() });
}

const value = (number: number | string, labels = creditLabels): StandInSeries => ({
  labels: { ...labels, [partLabel]: 'value' },
  value: number,
});
const sampleAged = (seconds: number): StandInSeries => ({
  labels: { ...creditLabels, [partLabel]: 'time0' },
  value: clock.nowMs() / 1000 - seconds,
});
const vector = (...series: readonly StandInSeries[]): StandInAnswer => ({ kind: 'Vector', series });
const typed = (resultType: string, result: unknown): StandInAnswer => ({
  kind: 'Raw',
  status: 200,
  body: JSON.stringify({ status: 'success', data: { resultType, result } }),
});

describe('T25: every way an answer can be no number', () => {
  it('is Ok for a fresh finite value, and only then', async () => {
    expect(await judged(vector(value(0.01), sampleAged(2)))).toMatchObject({ verdict: 'Ok', observation: { kind: 'Value', value: 0.01 } });
    expect(await judged(vector(value(0.9), sampleAged(2)))).toMatchObject({ verdict: 'Breach' });
  });

  it.each<{ what: string; answer: () => StandInAnswer; cause: string }>([
    { what: 'NaN', answer: () => vector(value('NaN'), sampleAged(2)), cause: 'NotANumber' },
    { what: '+Inf', answer: () => vector(value('+Inf'), sampleAged(2)), cause: 'Infinite' },
    { what: '-Inf', answer: () => vector(value('-Inf'), sampleAged(2)), cause: 'Infinite' },
    { what: 'an empty vector', answer: () => vector(), cause: 'Empty' },
    { what: 'series of others only', answer: () => vector(value(0.01, { ...creditLabels, model: 'debit' })), cause: 'Empty' },
    { what: 'several series', answer: () => vector(value(0.01), value(0.02), sampleAged(2)), cause: 'SeveralSeries' },
    { what: 'a stale sample', answer: () => vector(value(0.01), sampleAged(301)), cause: 'Stale' },
    { what: 'a value without a current sample', answer: () => vector(value(0.01)), cause: 'Stale' },
    { what: 'a sample from the future', answer: () => vector(value(0.01), sampleAged(-60)), cause: 'FutureTimestamp' },
    { what: 'a string', answer: () => typed('string', [1, 'x']), cause: 'NotAVector' },
    { what: 'a scalar', answer: () => typed('scalar', [1, '0.01']), cause: 'NotAVector' },
    { what: 'a matrix', answer: () => typed('matrix', []), cause: 'NotAVector' },
    {
      what: 'a warning',
      answer: () => ({ kind: 'Vector', series: [value(0.01), sampleAged(2)], warnings: ['encountered a mix of histograms and floats'] }),
      cause: 'DroppedSamples',
    },
    {
      what: 'a partial response',
      answer: () => ({
        kind: 'Raw',
        status: 200,
        body: '{"status":"success","isPartial":true,"data":{"resultType":"vector","result":[]}}',
      }),
      cause: 'DroppedSamples',
    },
  ])('has no data for $what', async ({ answer, cause }) => {
    expect(await judged(answer())).toMatchObject({ verdict: 'NoData', observation: { kind: 'NoData', cause } });
  });

  it.each<{ what: string; answer: StandInAnswer; cause: string }>([
    {
      what: 'HTTP 200 with an error',
      answer: { kind: 'Failure', status: 200, errorType: 'execution', message: 'secret' },
      cause: 'QueryRejected',
    },
    {
      what: 'a query it refuses',
      answer: { kind: 'Failure', status: 400, errorType: 'bad_data', message: 'secret' },
      cause: 'QueryRejected',
    },
    {
      what: 'a query it could not run',
      answer: { kind: 'Failure', status: 422, errorType: 'execution', message: 'secret' },
      cause: 'QueryRejected',
    },
    { what: 'a query it gave up', answer: { kind: 'Failure', status: 503, errorType: 'timeout', message: 'secret' }, cause: 'Timeout' },
    { what: 'HTTP 500', answer: { kind: 'Raw', status: 500, body: 'secret' }, cause: 'HTTPStatus' },
    { what: 'HTTP 401', answer: { kind: 'Raw', status: 401, body: 'secret' }, cause: 'HTTPStatus' },
    { what: 'a bad request without the reason', answer: { kind: 'Raw', status: 400, body: '<html>secret</html>' }, cause: 'HTTPStatus' },
    { what: 'an empty success', answer: { kind: 'Raw', status: 204, body: '' }, cause: 'HTTPStatus' },
    { what: 'a web page', answer: { kind: 'Raw', status: 200, body: '<html>secret</html>' }, cause: 'BadBody' },
    {
      what: 'an unknown encoding',
      answer: { kind: 'Raw', status: 200, body: 'secret', headers: { 'content-encoding': 'br' } },
      cause: 'BadBody',
    },
    {
      what: 'gzip that is none',
      answer: { kind: 'Raw', status: 200, body: 'secret', headers: { 'content-encoding': 'gzip' } },
      cause: 'BadBody',
    },
    { what: 'a value that is no number', answer: vector(value('secret')), cause: 'BadBody' },
    { what: 'a gzip bomb', answer: { kind: 'GzipBomb', megabytes: 20 }, cause: 'TooLarge' },
    { what: 'a body of 10 MB', answer: { kind: 'BigBody', megabytes: 10 }, cause: 'TooLarge' },
    { what: 'half an answer', answer: { kind: 'TruncatedJSON' }, cause: 'Unreachable' },
    { what: 'a reset', answer: { kind: 'Reset' }, cause: 'Unreachable' },
  ])('is an error for $what, which repeats nothing the provider sent', async ({ answer, cause }) => {
    const { verdict, observation } = await judged(answer);
    expect({ verdict, observation }).toMatchObject({ verdict: 'Error', observation: { kind: 'Error', cause } });
    const message = observation.kind === 'Error' ? observation.message : '';
    // A shared query that can't be answered is asked for each namespace alone, and the message says which one it is about.
    expect(message).toMatch(/^(asked for namespace lending alone: )?provider prometheus /);
    expect(message).not.toMatch(/secret|127\.0\.0\.1/);
    expect(message.length).toBeLessThanOrEqual(256);
    expect(records.at(-1)).toMatchObject({ provider: 'prometheus', result: cause });
  });

  it.each<{ what: string; answer: StandInAnswer }>([
    { what: 'a body that never ends', answer: { kind: 'SlowBody', everyMs: 20 } },
    { what: 'silence', answer: { kind: 'Hang' } },
  ])('waits for $what no longer than the provider may take', async ({ answer }) => {
    expect(await judged(answer, 'hasty')).toMatchObject({
      verdict: 'Error',
      observation: { kind: 'Error', cause: 'Timeout', message: 'provider hasty did not answer within 0.2 s' },
    });
  });

  it('follows no redirect', async () => {
    const asked = standIn.queries.length;
    const { observation } = await judged({
      kind: 'Raw',
      status: 302,
      body: '',
      headers: { location: `${standIn.url}/api/v1/query?query=up` },
    });
    expect(observation).toMatchObject({
      kind: 'Error',
      cause: 'HTTPStatus',
      message: expect.stringContaining('redirects are not followed'),
    });
    expect(standIn.queries).toHaveLength(asked + 1);
  });

  it('reads the next good answer after any of these', async () => {
    await judged({ kind: 'Reset' });
    await judged({ kind: 'SlowBody', everyMs: 20 }, 'hasty');
    expect(await judged(vector(value(0.01), sampleAged(2)))).toMatchObject({ verdict: 'Ok' });
  });
});
