import type { CensusRow, FeatureColumn } from '../census/row.ts';
import { fromRequestBody } from '../census/row.ts';
import type { FeaturePipeline } from './feature-pipeline.ts';
import { parseFault } from './feature-pipeline.ts';
import { servedLabelOf } from './model-metrics.ts';
import type { ModelMetrics } from './model-metrics.ts';
import { parseOutcomes } from './open-decisions.ts';
import type { OpenDecisions } from './open-decisions.ts';

export interface HTTPRequest {
  readonly method: string;
  readonly path: string;
  readonly host: string | undefined;
  readonly body: string;
  /** When its first byte was here, by the clock of the model. */
  readonly receivedAtMs: number;
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
  readonly metrics: ModelMetrics;
  readonly openDecisions: OpenDecisions;
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

/**
 * The port of those who run the model, never of its callers, who could make it look good or bad: `POST /outcomes [{"id": 7, "employed": true}]`,
 * `GET /fault`, `PUT /fault {"column": "AGEP" | null}`.
 */
export function answerAdmin(model: ServedModel, request: HTTPRequest): HTTPAnswer {
  switch (`${request.method} ${request.path}`) {
    case 'POST /outcomes':
      return countOutcomes(model, request.body);
    case 'PUT /fault': {
      const column = parseFault(request.body);
      if (column === undefined) return refuse(400, 'write {"column": "AGEP"} or another feature column, or {"column": null} to mend');
      model.pipeline.setEmptyColumn(column);
      return json(200, model.pipeline.state());
    }
    case 'GET /fault':
      return json(200, model.pipeline.state());
    default:
      return refuse(404, 'there are POST /outcomes, GET /fault and PUT /fault');
  }
}

/** Whom this service finds likely enough to be employed, it approves. */
const approvesFrom = 0.5;
export const decisions = ['approve', 'deny'] as const;
/** The column SEX as the dictionary of the survey has it, and what it says where a row lacks it. */
export const groups = ['male', 'female', 'unknown'] as const;

function answerScore(model: ServedModel, request: HTTPRequest): HTTPAnswer {
  const row = fromRequestBody(request.body);
  if (row === null) return refuse(400, 'the body must be one row as JSON: id and a number for every feature column');
  const served = servedLabelOf(request.host);
  const { metrics } = model;
  const emptyColumn = model.pipeline.deliver(row, model.nowMs());
  metrics.featuresRead(served, emptyColumn === null ? [] : [emptyColumn]);
  const score = model.score(row, emptyColumn);
  metrics.answered(served, score === null ? 'error' : 'ok', (model.nowMs() - request.receivedAtMs) / 1000);
  if (score === null) return refuse(404, `row ${String(row.id)} has no published score in demo/data`);
  metrics.scored(served, score);
  metrics.decided(served, { group: groupOf(row), decision: score >= approvesFrom ? 'approve' : 'deny' });
  if (served === 'live') model.openDecisions.remember(row.id, score);
  const answer = json(200, { id: row.id, score, employed: score >= approvesFrom });
  return { ...answer, headers: { ...answer.headers, 'x-model-version': model.version } };
}

function groupOf(row: CensusRow): (typeof groups)[number] {
  if (row.codes.SEX === 1) return 'male';
  return row.codes.SEX === 2 ? 'female' : 'unknown';
}

function countOutcomes({ metrics, openDecisions }: ServedModel, body: string): HTTPAnswer {
  const outcomes = parseOutcomes(body);
  if (outcomes === null) return refuse(400, 'the body must be a list of outcomes as JSON: [{"id": 7, "employed": true}]');
  let counted = 0;
  for (const { id, employed } of outcomes) {
    const score = openDecisions.settle(id);
    if (score === null) continue;
    metrics.outcomeArrived(score, employed);
    counted += 1;
  }
  return json(200, { counted, unknown: outcomes.length - counted });
}

function refuse(status: number, reason: string): HTTPAnswer {
  return json(status, { error: reason });
}

function json(status: number, value: unknown): HTTPAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
