import { describe, expect, it } from '@jest/globals';
import type { Observation } from '../../../../src/core/model/observation.ts';
import { failure, success, type Result } from '../../../../src/shared/result.ts';
import type { QueriedSignal } from '../../../../src/signals/port.ts';
import type { QueryAnswer, Sample } from '../../../../src/signals/prometheus/answer.ts';
import type { ProviderFailure } from '../../../../src/signals/provider.ts';
import { chiSquareLimit } from '../../../../src/core/statistics/chi-square-limit.ts';
import { createComparisonSamples } from '../../../../src/signals/prometheus/comparison-samples.ts';
import { planQuery } from '../../../../src/signals/prometheus/query-plan.ts';
import type { QueryRecord } from '../../../../src/signals/answers.ts';
import { askTogether, type Shape } from '../../../../src/signals/prometheus/source.ts';
import { outcomeRows } from '../../../builders/decision-rows.ts';
import { driftOf } from '../../../builders/drift.ts';
import { createManualClock, someTimeMs } from '../../../builders/manual-clock.ts';
import {
  creditLabels,
  driftSignal,
  fairnessSignal,
  inlineSignal,
  partSample,
  requestFor,
  sampleTimeMs,
  templateSignal,
  timeSample,
} from '../../../builders/signal.ts';

type Answered = Result<QueryAnswer, ProviderFailure>;

function vector(...samples: readonly Sample[]): Answered {
  return success({ kind: 'Vector', samples, notices: [], samplesDropped: false });
}

async function observe(shape: Shape, answered: Answered) {
  const sent: string[] = [];
  const records: QueryRecord[] = [];
  const client = {
    query: (text: string) => {
      sent.push(text);
      return Promise.resolve(answered);
    },
    close: () => Promise.resolve(),
  };
  const query = {
    client,
    clock: createManualClock(),
    planner: planQuery,
    chiSquareLimit,
    samples: createComparisonSamples(),
    onQuery: (record: QueryRecord) => records.push(record),
    abort: new AbortController().signal,
  };
  const { answers } = await askTogether(shape, null, query);
  return { answers: new Map(answers.map(({ key, observation }) => [key, observation])), sent, records };
}

async function observeOne(signal: QueriedSignal, answered: Answered): Promise<Observation | undefined> {
  return (await observe([requestFor(signal)], answered)).answers.get('a');
}

describe('askTogether', () => {
  it('gives value, rows, time of the data and the query as it was sent', async () => {
    const signal = templateSignal({ countQuery: 'requests', activityQuery: 'rate(requests[1m])' });
    const answered = vector(partSample('value', 0.25), partSample('count', 812.9), partSample('activity', 3), timeSample());
    const { answers, sent } = await observe([requestFor(signal)], answered);
    expect(answers.get('a')).toEqual({
      kind: 'Value',
      value: 0.25,
      sampleCount: 812,
      noiseFloor: null,
      interval: null,
      computation: null,
      dataTimeMs: sampleTimeMs,
      windowSeconds: 60,
      source: { provider: 'prometheus', query: sent[0], queriedAtMs: someTimeMs },
    });
  });

  it('answers many models with one query, each from its own series', async () => {
    const models = Array.from({ length: 500 }, (_unused, index) => `m${index}`);
    const [first, ...rest] = models.map((model) => requestFor(templateSignal(), { key: model, model }));
    if (first === undefined) throw new Error('no models');
    const samples = models.flatMap((model, index) => [
      partSample('value', index, { ...creditLabels, model }),
      timeSample({ ...creditLabels, model }),
    ]);
    const { answers, sent } = await observe([first, ...rest], vector(...samples));
    expect(sent).toHaveLength(1);
    expect(models.map((model) => answers.get(model))).toMatchObject(models.map((_model, value) => ({ kind: 'Value', value })));
  });

  it('keeps live and mirrored answers, versions and namespaces apart', async () => {
    const shape: Shape = [
      requestFor(templateSignal(), { key: 'live' }),
      requestFor(templateSignal(), { key: 'shadow', served: 'Shadow' }),
      requestFor(templateSignal(), { key: 'old', version: '1' }),
      requestFor(templateSignal(), { key: 'other', namespace: 'fraud' }),
    ];
    const labels = [
      creditLabels,
      { ...creditLabels, served: 'shadow' },
      { ...creditLabels, version: '1' },
      { ...creditLabels, namespace: 'fraud' },
    ];
    const { answers } = await observe(
      shape,
      vector(...labels.flatMap((each, index) => [partSample('value', index, each), timeSample(each)])),
    );
    expect(['live', 'shadow', 'old', 'other'].map((key) => answers.get(key))).toMatchObject([
      { value: 0 },
      { value: 1 },
      { value: 2 },
      { value: 3 },
    ]);
  });

  it('T28: a missing model has no data, a doubled one has none, a foreign one is ignored, and the others are untouched', async () => {
    const shape: Shape = [
      requestFor(templateSignal(), { key: 'ok' }),
      requestFor(templateSignal(), { key: 'gone', model: 'gone' }),
      requestFor(templateSignal(), { key: 'twice', model: 'twice' }),
    ];
    const twice = { ...creditLabels, model: 'twice' };
    const { answers } = await observe(
      shape,
      vector(
        partSample('value', 1),
        timeSample(),
        partSample('value', 7, { ...twice, pod: 'a' }),
        partSample('value', 8, { ...twice, pod: 'b' }),
        timeSample(twice),
        partSample('value', 9, { ...creditLabels, model: 'foreign' }),
      ),
    );
    expect(answers.size).toBe(3);
    expect(answers.get('ok')).toMatchObject({ kind: 'Value', value: 1 });
    expect(answers.get('gone')).toMatchObject({ kind: 'NoData', cause: 'Empty' });
    expect(answers.get('twice')).toMatchObject({ kind: 'NoData', cause: 'SeveralSeries' });
  });

  it.each([
    ['NaN', partSample('value', NaN), 'NotANumber'],
    ['+Inf', partSample('value', Infinity), 'Infinite'],
    ['-Inf', partSample('value', -Infinity), 'Infinite'],
    ['a value of another model', partSample('value', 1, { ...creditLabels, model: 'debit' }), 'Empty'],
  ])('has no data for %s', async (_what, sample, cause) => {
    expect(await observeOne(templateSignal(), vector(sample, timeSample()))).toMatchObject({ kind: 'NoData', cause });
  });

  it('calls a value stale when its series has no current sample: what a rate still shows of a target that is gone', async () => {
    expect(await observeOne(templateSignal({ query: 'rate(x[1m])' }), vector(partSample('value', 1)))).toMatchObject({
      kind: 'NoData',
      cause: 'Stale',
    });
  });

  it.each([
    ['no series', []],
    ['zero', [partSample('activity', 0)]],
    ['less than zero', [partSample('activity', -1)]],
  ])('calls a model inactive when its activity has %s', async (_what, activity) => {
    const signal = templateSignal({ activityQuery: 'rate(x[1m])' });
    expect(await observeOne(signal, vector(partSample('value', 1), timeSample(), ...activity))).toMatchObject({
      kind: 'NoData',
      cause: 'Inactive',
    });
  });

  it.each([
    ['NaN', [partSample('activity', NaN)], 'NotANumber'],
    ['two series', [partSample('activity', 1), partSample('activity', 1)], 'SeveralSeries'],
  ])('does not take %s for activity', async (_what, activity, cause) => {
    const signal = templateSignal({ activityQuery: 'rate(x[1m])' });
    expect(await observeOne(signal, vector(partSample('value', 1), timeSample(), ...activity))).toMatchObject({ kind: 'NoData', cause });
  });

  it.each([
    ['no series', [], { kind: 'Value', sampleCount: 0 }],
    ['a negative count', [partSample('count', -3)], { kind: 'Value', sampleCount: 0 }],
    ['NaN', [partSample('count', NaN)], { kind: 'NoData', cause: 'NotANumber' }],
    ['two series', [partSample('count', 1), partSample('count', 2)], { kind: 'NoData', cause: 'SeveralSeries' }],
  ])('never lets %s pass for enough rows', async (_what, count, expected) => {
    expect(await observeOne(templateSignal({ countQuery: 'x' }), vector(partSample('value', 1), timeSample(), ...count))).toMatchObject(
      expected,
    );
  });

  it('asks nobody for a query that cannot answer', async () => {
    const { answers, sent, records } = await observe([requestFor(inlineSignal({ query: 'x{namespace="fraud"}' }))], vector());
    expect(answers.get('a')).toMatchObject({ kind: 'Error', cause: 'QueryRejected', source: { query: 'x{namespace="fraud"}' } });
    expect(await observeOne(templateSignal({ query: '1' }), vector())).toMatchObject({ kind: 'NoData', cause: 'NotAVector' });
    expect([sent, records]).toEqual([[], []]);
  });

  it('takes any labels an inline query leaves on its one series', async () => {
    const labelled = partSample('value', 4, { pod: 'x' });
    expect(await observeOne(inlineSignal(), vector(labelled, timeSample({})))).toMatchObject({ kind: 'Value', value: 4 });
    expect(await observeOne(inlineSignal(), vector(labelled, partSample('value', 5, { pod: 'y' }), timeSample({})))).toMatchObject({
      cause: 'SeveralSeries',
    });
  });

  describe('of outcomes by day of the decision', () => {
    // Asked on 1 June at noon with a maturity of a day: 30 May is the newest day that counts.
    const cells = outcomeRows({ a: [80, 30, 20, 70], b: [60, 20, 40, 80] });
    const on = (day: string) =>
      cells.map(({ labels, value }) => partSample('value', value, { ...creditLabels, ...labels, model: 'credit', day }));

    it('is as old as the newest day it counts, though samples are fresh', async () => {
      const observation = await observeOne(fairnessSignal(), vector(...on('2026-05-30'), ...on('2026-05-31'), timeSample()));
      expect(observation).toMatchObject({ kind: 'Value', sampleCount: 100, dataTimeMs: Date.parse('2026-05-31T00:00:00Z') });
      expect(observation).toHaveProperty('computation.counts', { 'group: a': [80, 30, 20, 70], 'group: b': [60, 20, 40, 80] });
    });

    it('has no age when its samples have none', async () => {
      expect(await observeOne(fairnessSignal(), vector(...on('2026-05-30')))).toMatchObject({ kind: 'NoData', cause: 'Stale' });
    });

    it('is Insufficient while all of it is too young', async () => {
      expect(await observeOne(fairnessSignal(), vector(...on('2026-05-31'), timeSample()))).toMatchObject({
        kind: 'Insufficient',
        sampleCount: 0,
        message: expect.stringContaining('86400 s old yet'),
      });
    });
  });

  it('measures drift with its rows and noise floor', async () => {
    const buckets = Object.entries({ '0.25': 10, '0.5': 40, '0.75': 80, '+Inf': 100 }).map(([le, count]) =>
      partSample('value', count, { ...creditLabels, le }),
    );
    const observation = await observeOne(driftSignal(), vector(...buckets, timeSample()));
    expect(observation).toMatchObject({ kind: 'Value', sampleCount: 100, dataTimeMs: sampleTimeMs });
    expect(observation).toHaveProperty('noiseFloor', expect.closeTo(11.345 * (1 / 1000 + 1 / 100), 3));
    expect(await observeOne(driftSignal(), vector(...buckets))).toMatchObject({ kind: 'NoData', cause: 'Stale' });
  });

  it('compares a candidate in shadow with the answers callers got of another version', async () => {
    const series = (labels: Readonly<Record<string, string>>, counts: Readonly<Record<string, number>>) =>
      Object.entries(counts).map(([le, count]) => partSample('value', count, { ...labels, le }));
    const shadow = { ...creditLabels, served: 'shadow' };
    const samples = [
      ...series(shadow, { '0.25': 10, '0.5': 40, '0.75': 80, '+Inf': 100 }),
      ...series({ ...creditLabels, version: '1' }, { '0.25': 100, '0.5': 400, '0.75': 800, '+Inf': 1000 }),
      timeSample(shadow),
    ];
    const reference = { kind: 'Window', part: 'value', version: '1', what: 'the drift query of version 1' } as const;
    const signal = driftSignal({ statistic: driftOf({ reference }) });
    const { answers } = await observe([requestFor(signal, { served: 'Shadow' })], vector(...samples));
    expect(answers.get('a')).toMatchObject({
      kind: 'Value',
      value: expect.closeTo(0, 3),
      sampleCount: 100,
      computation: { counts: { reference: [100, 300, 400, 200], live: [10, 30, 40, 20] } },
    });
  });

  it('measures every feature of a candidate from the same one of the version callers got, and names what drifted', async () => {
    const series = (labels: Readonly<Record<string, string>>, feature: string, counts: readonly number[]) =>
      counts.map((count, place) => partSample('value', count, { ...labels, feature, purpose: 'abc'.charAt(place) }));
    const shadow = { ...creditLabels, served: 'shadow' };
    const live = { ...creditLabels, version: '1' };
    const [even, moved] = [
      [1000, 1000, 1000],
      [1500, 900, 600],
    ];
    const samples = [
      ...[...series(shadow, 'age', even), ...series(shadow, 'income', moved)],
      ...[...series(live, 'age', even), ...series(live, 'income', even)],
      timeSample(shadow),
    ];
    const reference = { kind: 'Window', part: 'value', version: '1', what: 'the drift query of version 1' } as const;
    const statistic = driftOf({ reference, counted: { kind: 'Categories', label: 'purpose' }, feature: 'feature' });
    const signal = driftSignal({ statistic, labels: ['purpose', 'feature'] });
    const { answers } = await observe([requestFor(signal, { served: 'Shadow' })], vector(...samples));
    expect(answers.get('a')).toMatchObject({
      kind: 'Value',
      sampleCount: 3000,
      detail: expect.stringMatching(/^1 of 2 features drifted: income by 0\.\d+$/),
      computation: { counts: { a: [1000, 1500] }, parameters: { features: 2, rejected: 1 } },
    });
  });

  it('holds a failure of the provider against every model of the shape', async () => {
    const shape: Shape = [requestFor(templateSignal(), { key: 'a' }), requestFor(templateSignal(), { key: 'b', model: 'b' })];
    const { answers, records } = await observe(shape, failure({ cause: 'HTTPStatus', message: 'answered with HTTP status 503' }));
    const expected = { kind: 'Error', cause: 'HTTPStatus', message: 'provider prometheus answered with HTTP status 503' };
    expect([...answers.values()]).toMatchObject([expected, expected]);
    expect(records).toMatchObject([{ provider: 'prometheus', result: 'HTTPStatus', series: 0 }]);
  });

  it('trusts no number of an answer from which samples were dropped, and reports what the provider said', async () => {
    const shape: Shape = [requestFor(templateSignal())];
    const samples = [partSample('value', 1), timeSample()];
    const { answers, records } = await observe(
      shape,
      success({ kind: 'Vector', samples, notices: ['a mix of histograms and floats'], samplesDropped: true }),
    );
    expect(answers.get('a')).toMatchObject({
      kind: 'NoData',
      cause: 'DroppedSamples',
      message: expect.stringContaining('a mix of histograms and floats'),
    });
    expect(records).toMatchObject([{ result: 'Success', series: 2, notices: ['a mix of histograms and floats'] }]);
  });

  it('bounds every message', async () => {
    const long = 'x'.repeat(1000);
    const observations = await Promise.all([
      observeOne(templateSignal({ provider: long }), failure({ cause: 'Timeout', message: long })),
      observeOne(templateSignal(), success({ kind: 'Vector', samples: [], notices: [long], samplesDropped: true })),
    ]);
    for (const observation of observations) expect(observation).toHaveProperty('message.length', 256);
  });
});
