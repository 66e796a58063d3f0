import { describe, expect, it } from '@jest/globals';

import { toRequestBody } from '../../../../demo/census/row.ts';
import { createFeaturePipeline, parseFault } from '../../../../demo/serving/feature-pipeline.ts';
import { answerAdmin, answerPublic } from '../../../../demo/serving/request-handler.ts';
import type { HTTPRequest, ServedModel } from '../../../../demo/serving/request-handler.ts';
import { createScoreMetrics } from '../../../../demo/serving/score-metrics.ts';
import { censusRow } from '../../../builders/census-row.ts';

function model(): ServedModel {
  return {
    version: '2.0.0',
    score: (row, emptyColumn) => (row.id === 404 ? null : emptyColumn === null ? 0.75 : 0.01),
    pipeline: createFeaturePipeline(),
    metrics: createScoreMetrics({ model: 'employment', version: '2.0.0', upperBounds: [0.5] }),
    nowMs: () => 1000,
  };
}

function request(overrides: Partial<HTTPRequest> = {}): HTTPRequest {
  return { method: 'POST', path: '/score', host: 'employment.demo.example', body: toRequestBody(censusRow({ id: 7 })), ...overrides };
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
    ['a row without a published score', request({ body: toRequestBody(censusRow({ id: 404 })) }), 404],
    ['another path', request({ path: '/predict' }), 404],
    ['the fault switch on the public port', fault('AGEP'), 404],
  ])('refuses %s and counts nothing', async (_what, refused, status) => {
    const served = model();
    expect(await answerPublic(served, refused)).toMatchObject({ status });
    expect(await served.metrics.registry.metrics()).toContain('served="live",decision="employed"} 0');
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
