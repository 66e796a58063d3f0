import { describe, expect, it } from '@jest/globals';
import { failure, success, type Result } from '../../../../src/shared/result.ts';
import type { QueryAnswer, Sample } from '../../../../src/signals/prometheus/answer.ts';
import type { ProviderFailure } from '../../../../src/signals/provider.ts';
import { readCounts } from '../../../../src/signals/prometheus/count-reader.ts';
import {
  creditLabels,
  driftSignal,
  partSample,
  requestFor,
  sampleTimeMs,
  timeSample,
  type StatisticSignal,
} from '../../../builders/signal.ts';

async function read(answered: Result<QueryAnswer, ProviderFailure>, changes: Partial<StatisticSignal> = {}) {
  const sent: string[] = [];
  const client = {
    query: (text: string) => {
      sent.push(text);
      return Promise.resolve(answered);
    },
    close: () => Promise.resolve(),
  };
  const { identity, served } = requestFor(driftSignal());
  const counts = await readCounts({ signal: driftSignal(changes), identity, served }, { client, abort: new AbortController().signal });
  return { counts, sent };
}

const vector = (...samples: readonly Sample[]) => success({ kind: 'Vector' as const, samples, notices: [], samplesDropped: false });
const bucket = (le: string, count: number, labels = creditLabels) => partSample('value', count, { ...labels, le });

describe('readCounts', () => {
  it('answers the series of this model alone, with the time of their newest sample', async () => {
    const other = { ...creditLabels, model: 'debit' };
    const { counts, sent } = await read(vector(bucket('1', 4), bucket('+Inf', 9), bucket('1', 7, other), timeSample()));
    expect(counts).toMatchObject({ ok: true, value: { dataTimeMs: sampleTimeMs, query: sent[0] } });
    expect(counts.ok && counts.value.rows.map(({ value }) => value)).toEqual([4, 9]);
  });

  it('asks for the namespace alone', async () => {
    const { sent } = await read(vector());
    expect(sent).toEqual([expect.stringContaining('score_bucket{namespace="lending"')]);
  });

  it.each([
    ['without series', vector(), {}, 'no series for namespace="lending", model="credit", version="2", served="live"'],
    ['whose target is gone', vector(bucket('1', 4)), {}, 'no current sample'],
    ['of which samples were dropped', success({ ...vector(bucket('1', 4)).value, samplesDropped: true, notices: ['mixed'] }), {}, 'mixed'],
    [
      'that failed',
      failure({ cause: 'Timeout', message: 'did not answer within 10 s' } as const),
      {},
      'provider prometheus did not answer within 10 s',
    ],
    ['that is not PromQL', vector(), { query: 'sum(' }, "can't be asked: value query: the query is not PromQL"],
  ] as const)('keeps nothing of an answer %s, and says so', async (_what, answered, changes, message) => {
    expect((await read(answered, changes)).counts).toEqual({ ok: false, failure: expect.stringContaining(message) });
  });
});
