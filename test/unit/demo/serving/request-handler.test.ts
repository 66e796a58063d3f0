import { describe, expect, it } from '@jest/globals';

import { toRequestBody } from '../../../../demo/census/row.ts';
import { createFeaturePipeline, parseFault } from '../../../../demo/serving/feature-pipeline.ts';
import { createModelMetrics } from '../../../../demo/serving/model-metrics.ts';
import { createOpenDecisions } from '../../../../demo/serving/open-decisions.ts';
import { answerAdmin, answerPublic, decisions, groups } from '../../../../demo/serving/request-handler.ts';
import type { HTTPRequest, ServedModel } from '../../../../demo/serving/request-handler.ts';
import { censusRow } from '../../../builders/census-row.ts';

function model(): ServedModel {
  return {
    version: '2.0.0',
    score: (row, emptyColumn) => (row.id === 404 ? null : emptyColumn === null ? 0.75 : 0.01),
    pipeline: createFeaturePipeline(),
    metrics: createModelMetrics({
      ...{ model: 'employment', version: '2.0.0', upperBounds: [0.5], features: ['AGEP', 'SEX'], groups, decisions },
      saturation: () => 0,
    }),
    openDecisions: createOpenDecisions(10),
    nowMs: () => 1000,
  };
}

function request(overrides: Partial<HTTPRequest> = {}): HTTPRequest {
  return {
    method: 'POST',
    path: '/score',
    host: 'employment.demo.example',
    body: toRequestBody(censusRow({ id: 7 })),
    receivedAtMs: 900,
    ...overrides,
  };
}

/** Every series that is not 0, without model and version. */
async function countsOf({ metrics }: ServedModel): Promise<readonly string[]> {
  const lines = (await metrics.registry.metrics())
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && !line.endsWith(' 0'));
  return lines.map((line) => line.replace('model="employment",version="2.0.0",', ''));
}

function fault(column: string | null): HTTPRequest {
  return request({ method: 'PUT', path: '/fault', body: JSON.stringify({ column }) });
}

describe('a model server', () => {
  it('answers score, decision and who it is', async () => {
    const answer = await answerPublic(model(), request());
    expect(answer).toMatchObject({ status: 200, headers: { 'x-model-version': '2.0.0' } });
    expect(JSON.parse(answer.body)).toEqual({ id: 7, score: 0.75, employed: true });
  });

  it('counts a mirrored copy as shadow', async () => {
    const served = model();
    await answerPublic(served, request({ host: 'employment.demo.example-shadow' }));
    const { body } = await answerPublic(served, request({ method: 'GET', path: '/metrics' }));
    expect(body).toContain('model_score_count{model="employment",version="2.0.0",served="shadow"} 1');
    expect(body).toContain('model_score_count{model="employment",version="2.0.0",served="live"} 0');
  });

  it.each([
    ['a body that is no row', request({ body: '{}' }), 400],
    ['another path', request({ path: '/predict' }), 404],
    ['the fault switch on the public port', fault('AGEP'), 404],
  ])('refuses %s and counts nothing', async (_what, refused, status) => {
    const served = model();
    expect(await answerPublic(served, refused)).toMatchObject({ status });
    expect(await countsOf(served)).toEqual([]);
  });

  it('counts request, time, features, score and decision of a row', async () => {
    const served = model();
    await answerPublic(served, request());
    const counts = await countsOf(served);
    expect(counts).toContain('model_requests_total{served="live",result="ok"} 1');
    expect(counts).toContain('model_request_duration_seconds_sum{served="live"} 0.1');
    expect(counts).toContain('model_feature_values_total{served="live",feature="SEX"} 1');
    expect(counts).toContain('model_score_sum{served="live"} 0.75');
    expect(counts).toContain('model_decisions_total{served="live",group="male",decision="approve"} 1');
    expect(counts.filter((line) => /missing|outcome|shadow/.test(line))).toEqual([]);
  });

  it('counts a row it knows no answer to as an error of its own', async () => {
    const served = model();
    expect(await answerPublic(served, request({ body: toRequestBody(censusRow({ id: 404 })) }))).toMatchObject({ status: 404 });
    const counts = await countsOf(served);
    expect(counts).toContain('model_requests_total{served="live",result="error"} 1');
    expect(counts.filter((line) => /score|decisions/.test(line))).toEqual([]);
  });

  it('counts a column that arrives empty as missing', async () => {
    const served = model();
    answerAdmin(served, fault('AGEP'));
    await answerPublic(served, request());
    expect(await countsOf(served)).toContain('model_feature_missing_total{served="live",feature="AGEP"} 1');
  });

  it.each([
    [1, 'male'],
    [2, 'female'],
    [0, 'unknown'],
  ])('counts the decision for code %s of SEX as of group %s', async (code, group) => {
    const served = model();
    const row = censusRow({ id: 7 });
    await answerPublic(served, request({ body: toRequestBody({ ...row, codes: { ...row.codes, SEX: code } }) }));
    expect(await countsOf(served)).toContain(`model_decisions_total{served="live",group="${group}",decision="approve"} 1`);
  });
});

describe('outcomes', () => {
  const outcomes = (body: string) => request({ method: 'POST', path: '/outcomes', body });

  it('are counted in the bin of the score they were decided with, whatever the model would say now', async () => {
    const served = model();
    await answerPublic(served, request());
    answerAdmin(served, fault('AGEP'));
    const answer = answerAdmin(served, outcomes('[{"id": 7, "employed": true}, {"id": 8, "employed": true}]'));
    expect(JSON.parse(answer.body)).toEqual({ counted: 1, unknown: 1 });
    const counts = await countsOf(served);
    expect(counts).toContain('model_outcome_rows_total{served="live",score_bin="0.7"} 1');
    expect(counts).toContain('model_outcome_score_sum_total{served="live",score_bin="0.7"} 0.75');
    expect(counts).toContain('model_outcome_positives_total{served="live",score_bin="0.7"} 1');
  });

  it('never come of a mirrored answer', async () => {
    const served = model();
    await answerPublic(served, request({ host: 'employment.demo.example-shadow' }));
    const answer = answerAdmin(served, outcomes('[{"id": 7, "employed": true}]'));
    expect(JSON.parse(answer.body)).toEqual({ counted: 0, unknown: 1 });
  });

  it('are not taken from callers, nor in another form', async () => {
    const served = model();
    await answerPublic(served, request());
    expect(await answerPublic(served, outcomes('[{"id": 7, "employed": true}]'))).toMatchObject({ status: 404 });
    expect(answerAdmin(served, outcomes('{"id": 7}'))).toMatchObject({ status: 400 });
    expect((await countsOf(served)).filter((line) => line.includes('outcome'))).toEqual([]);
  });
});

describe('the fault switch', () => {
  it('breaks the scores until it is mended', async () => {
    const served = model();
    answerAdmin(served, fault('AGEP'));
    expect(JSON.parse((await answerPublic(served, request())).body)).toMatchObject({ score: 0.01 });
    answerAdmin(served, fault(null));
    expect(JSON.parse((await answerPublic(served, request())).body)).toMatchObject({ score: 0.75 });
  });

  it('remembers the first faulty row and counts them', async () => {
    const served = model();
    await answerPublic(served, request());
    answerAdmin(served, fault('AGEP'));
    for (const id of [8, 9]) await answerPublic(served, request({ body: toRequestBody(censusRow({ id })) }));
    const state = answerAdmin(served, request({ method: 'GET', path: '/fault' }));
    expect(JSON.parse(state.body)).toEqual({ emptyColumn: 'AGEP', firstFaultyRow: { id: 8, scoredAtMs: 1000 }, faultyRows: 2 });
  });

  it('forgets the first faulty row once mended, so that a second fault is told from the first', () => {
    const pipeline = createFeaturePipeline();
    pipeline.setEmptyColumn('AGEP');
    pipeline.deliver(censusRow({ id: 5 }), 1);
    pipeline.setEmptyColumn(null);
    expect(pipeline.deliver(censusRow({ id: 6 }), 2)).toBeNull();
    expect(pipeline.state()).toEqual({ emptyColumn: null, firstFaultyRow: null, faultyRows: 0 });
  });

  it.each(['', '{}', 'null', '{"column": "employed"}', '{"column": 3}', '{"column": "toString"}'])('does not take %j', (body) => {
    expect(parseFault(body)).toBeUndefined();
    const served = model();
    expect(answerAdmin(served, request({ method: 'PUT', path: '/fault', body })).status).toBe(400);
    expect(served.pipeline.state().emptyColumn).toBeNull();
  });
});
