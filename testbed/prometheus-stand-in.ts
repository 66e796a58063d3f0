import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import { listenHTTP, readBody } from './http-server.ts';
import { writeAnswer } from './prometheus-answer.ts';
import type { StandInAnswer } from './prometheus-answer.ts';
import { wallClockMs } from './wall-clock.ts';

export interface ServedQuery {
  readonly query: string;
  readonly arrivedAtMs: number;
  /** When the last byte was handed to the socket; null for an answer that never came. */
  readonly servedAtMs: number | null;
  readonly status: number | null;
  readonly headers: IncomingMessage['headers'];
}

export interface AnswerOptions {
  /** Wait before answering. */
  readonly delayMs?: number;
}

/**
 * A stand-in for Prometheus, not Prometheus: it evaluates nothing and answers `/api/v1/query` with what it was told,
 * well or badly. For faults and for exact timing; what PromQL does is tested against the real one.
 */
export interface PrometheusStandIn {
  readonly url: string;
  /** In order of arrival; grows. */
  readonly queries: readonly ServedQuery[];
  /** What this query text answers from now on. */
  answer(query: string, answer: StandInAnswer, options?: AnswerOptions): void;
  /** What every other query answers; an empty vector until it is set. */
  answerOthers(answer: StandInAnswer, options?: AnswerOptions): void;
  /** Called with each query once its answer was handed to the socket. */
  onServed(listener: (served: ServedQuery) => void): void;
  stop(): Promise<void>;
}

interface Setting {
  readonly answer: StandInAnswer;
  readonly delayMs: number;
}

const emptyVector: Setting = { answer: { kind: 'Vector', series: [] }, delayMs: 0 };

export async function startPrometheusStandIn(host = '127.0.0.1'): Promise<PrometheusStandIn> {
  const settings = new Map<string, Setting>();
  const state = { others: emptyVector };
  const queries: ServedQuery[] = [];
  const listeners: ((served: ServedQuery) => void)[] = [];

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const arrivedAtMs = wallClockMs();
    const query = await queryOf(request);
    if (query === null) {
      response.writeHead(404).end('the stand-in knows /api/v1/query only');
      return;
    }
    const { answer, delayMs } = settings.get(query) ?? state.others;
    if (delayMs > 0) await delay(delayMs);
    const nowMs = wallClockMs();
    const status = writeAnswer(answer, response, nowMs);
    const served: ServedQuery = {
      query,
      arrivedAtMs,
      servedAtMs: status === null ? null : wallClockMs(),
      status,
      headers: request.headers,
    };
    queries.push(served);
    for (const listener of listeners) listener(served);
  };
  const listening = await listenHTTP((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  }, host);

  return {
    url: `http://${host}:${listening.port}`,
    queries,
    answer: (query, answer, { delayMs = 0 } = {}) => void settings.set(query, { answer, delayMs }),
    answerOthers: (answer, { delayMs = 0 } = {}) => {
      state.others = { answer, delayMs };
    },
    onServed: (listener) => void listeners.push(listener),
    stop: () => listening.close(),
  };
}

/** The query of a GET or of a form POST; null for any other path. */
async function queryOf(request: IncomingMessage): Promise<string | null> {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  if (url.pathname !== '/api/v1/query') return null;
  const form = request.method === 'POST' ? new URLSearchParams((await readBody(request)).toString('utf8')) : url.searchParams;
  return form.get('query') ?? '';
}
