import { describe, expect, it } from '@jest/globals';
import { parseAnswer } from '../../../../src/signals/prometheus/answer.ts';

function vector(result: readonly unknown[], beside: object = {}): string {
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result }, ...beside });
}

function valueOf(text: unknown): unknown {
  const answer = parseAnswer(vector([{ metric: {}, value: [1.5, text] }]));
  return answer.ok && answer.value.kind === 'Vector' ? answer.value.samples[0]?.value : answer;
}

describe('parseAnswer', () => {
  it('reads labels and values', () => {
    expect(parseAnswer(vector([{ metric: { model: 'credit' }, value: [1700000000.123, '0.25'] }]))).toEqual({
      ok: true,
      value: { kind: 'Vector', samples: [{ labels: { model: 'credit' }, value: 0.25 }], notices: [], samplesDropped: false },
    });
  });

  it.each([
    ['1', 1],
    ['-0.5', -0.5],
    ['1.5e-07', 1.5e-7],
    ['+Inf', Infinity],
    ['-Inf', -Infinity],
    ['NaN', NaN],
  ])('reads the value %s', (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  it.each([[''], [' '], ['0x10'], ['1,5'], ['Infinity'], ['null'], [1], [null], [['1']]])('does not take %j for a value', (text) => {
    expect(valueOf(text)).toEqual({ ok: false, failure: { cause: 'BadBody' } });
  });

  it('reads a native histogram, which is no number', () => {
    const buckets = [
      [3, '-0.001', '0.001', '1'],
      [0, '0.5', '1', '2.5'],
      [0, '1', '+Inf', '3'],
    ];
    const answer = parseAnswer(vector([{ metric: {}, histogram: [1, { count: '7', sum: '9', buckets }] }]));
    expect(answer).toMatchObject({
      ok: true,
      value: {
        samples: [
          {
            value: NaN,
            histogram: {
              count: 7,
              buckets: [
                { lower: -0.001, upper: 0.001, count: 1 },
                { lower: 0.5, upper: 1, count: 2.5 },
                { lower: 1, upper: Infinity, count: 3 },
              ],
            },
          },
        ],
      },
    });
  });

  it('reads an empty native histogram, and takes one it does not know for a series without a number', () => {
    const bodies = [{ count: '0', sum: '0' }, { count: 7 }, { count: '7', buckets: [['0', '1', '2']] }, null];
    const answer = parseAnswer(vector(bodies.map((body) => ({ metric: {}, histogram: [1, body] }))));
    expect(answer.ok && answer.value.kind === 'Vector' && answer.value.samples).toEqual([
      { labels: {}, value: NaN, histogram: { count: 0, buckets: [] } },
      ...[1, 2, 3].map(() => ({ labels: {}, value: NaN })),
    ]);
  });

  it.each(['matrix', 'scalar', 'string'])('says that a %s is not a vector', (resultType) => {
    const body = JSON.stringify({ status: 'success', data: { resultType, result: [1, '2'] } });
    expect(parseAnswer(body)).toEqual({ ok: true, value: { kind: 'NotAVector', resultType } });
  });

  it.each([
    ['a warning', { warnings: ['PromQL warning: encountered a mix of histograms and floats'] }],
    ['an info that says what was left out', { infos: ['PromQL info: ignored histogram in max aggregation'] }],
    ['an info about types that do not fit', { infos: ['PromQL info: incompatible sample types encountered for binary operator'] }],
    ['a partial answer', { isPartial: true }],
  ])('sees dropped samples in %s', (_what, beside) => {
    expect(parseAnswer(vector([], beside))).toMatchObject({ ok: true, value: { samplesDropped: true } });
  });

  it.each([
    ['a partial answer', { isPartial: true }, true],
    ['a store that could not be asked', { warnings: ['No StoreAPIs matched for this query'] }, true],
    ['series that do not fit', { warnings: ['PromQL warning: encountered a mix of histograms and floats'] }, undefined],
  ])('tells whose fault %s is', (_what, beside, partial) => {
    const answer = parseAnswer(vector([], beside));
    expect(answer.ok && answer.value.kind === 'Vector' ? answer.value.partial : null).toBe(partial);
  });

  it('passes on an info that drops nothing', () => {
    const info = 'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket';
    expect(parseAnswer(vector([], { infos: [info] }))).toMatchObject({ ok: true, value: { samplesDropped: false, notices: [info] } });
  });

  it('bounds what it passes on', () => {
    const answer = parseAnswer(vector([], { warnings: Array.from({ length: 100 }, () => 'x'.repeat(10_000)) }));
    expect(answer).toMatchObject({ value: { notices: Array.from({ length: 4 }, () => 'x'.repeat(120)) } });
  });

  it.each([
    ['bad_data', 'bad_data'],
    ['timeout', 'timeout'],
    ['password=hunter2', 'unknown'],
  ])('passes the error type %s on as %s and never the text', (errorType, passedOn) => {
    const body = JSON.stringify({ status: 'error', errorType, error: 'secret' });
    expect(parseAnswer(body)).toEqual({ ok: false, failure: { cause: 'Refused', errorType: passedOn } });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '<html>'],
    ['half of it', '{"status":"success","data":{"resu'],
    ['null', 'null'],
    ['another status', '{"status":"ok"}'],
    ['success without data', '{"status":"success"}'],
    ['an unknown type', '{"status":"success","data":{"resultType":"streams","result":[]}}'],
    ['a series without value', vector([{ metric: {} }])],
    ['labels that are not text', vector([{ metric: { a: 1 }, value: [1, '1'] }])],
    ['a result that is no list', '{"status":"success","data":{"resultType":"vector","result":{}}}'],
    ['warnings that are no list', vector([], { warnings: 'x' })],
  ])('refuses %s', (_what, body) => {
    expect(parseAnswer(body)).toEqual({ ok: false, failure: { cause: 'BadBody' } });
  });
});
