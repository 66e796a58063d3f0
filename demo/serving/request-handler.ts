import type { CensusRow, FeatureColumn } from '../census/row.ts';
import { fromRequestBody } from '../census/row.ts';
import type { FeaturePipeline } from './feature-pipeline.ts';
import { parseFault } from './feature-pipeline.ts';
import { servedLabelOf } from './score-metrics.ts';
import type { ScoreMetrics } from './score-metrics.ts';

export interface HTTPRequest {
  readonly method: string;
  readonly path: string;
  readonly host: string | undefined;
  readonly body: string;
}

export interface HTTPAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ServedModel {
  readonly version: string;
  /** Null for a row the model knows no answer to. */
  readonly score: (row: CensusRow, emptyColumn: FeatureColumn | null) => number | null;
  readonly pipeline: FeaturePipeline;
  readonly metrics: ScoreMetrics;
  readonly nowMs: () => number;
}

/** The port callers, gateway and Prometheus use: `POST /score`, `GET /metrics`, `GET /healthz`. */
export async function answerPublic(model: ServedModel, request: HTTPRequest): Promise<HTTPAnswer> {
  switch (`${request.method} ${request.path}`) {
    case 'POST /score':
      return answerScore(model, request);
    case 'GET /metrics': {
      const { registry } = model.metrics;
      return { status: 200, headers: { 'content-type': registry.contentType }, body: await registry.metrics() };
    }
    case 'GET /healthz':
      return { status: 200, headers: {}, body: 'ok\n' };
    default:
      return refuse(404, 'there are POST /score, GET /metrics and GET /healthz');
  }
}

/** The loopback port of whoever runs the demo: `GET /fault`, `PUT /fault {"column": "AGEP" | null}`. */
export function answerAdmin(model: ServedModel, request: HTTPRequest): HTTPAnswer {
  if (request.path !== '/fault') return refuse(404, 'there is GET /fault and PUT /fault');
  if (request.method === 'PUT') {
    const column = parseFault(request.body);
    if (column === undefined) return refuse(400, 'write {"column": "AGEP"} or another feature column, or {"column": null} to mend');
    model.pipeline.setEmptyColumn(column);
  }
  return json(200, model.pipeline.state());
}

function answerScore(model: ServedModel, request: HTTPRequest): HTTPAnswer {
  const row = fromRequestBody(request.body);
  if (row === null) return refuse(400, 'the body must be one row as JSON: id and a number for every feature column');
  const score = model.score(row, model.pipeline.deliver(row, model.nowMs()));
  if (score === null) return refuse(404, `row ${String(row.id)} has no published score in demo/data`);
  model.metrics.record(servedLabelOf(request.host), score);
  const answer = json(200, { id: row.id, score, employed: score >= 0.5 });
  return { ...answer, headers: { ...answer.headers, 'x-model-version': model.version } };
}

function refuse(status: number, reason: string): HTTPAnswer {
  return json(status, { error: reason });
}

function json(status: number, value: unknown): HTTPAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
