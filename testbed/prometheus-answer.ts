import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

import { assertNever } from '../src/shared/assert-never.ts';

export interface StandInSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Sent as Prometheus writes it; `NaN`, `+Inf` or nonsense as text. */
  readonly value: number | string;
  /** Default: the moment of the answer. */
  readonly timestampMs?: number;
}

/** What the stand-in does with a query. */
export type StandInAnswer =
  /** A function is asked at each query, so that a value can change at every poll. */
  | {
      readonly kind: 'Vector';
      readonly series: readonly StandInSeries[] | (() => readonly StandInSeries[]);
      readonly warnings?: readonly string[];
    }
  /** Any status and body as they are. */
  | { readonly kind: 'Raw'; readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  /** Prometheus' own form of an error: `{"status":"error"}` with that HTTP status, which may be 200. */
  | { readonly kind: 'Failure'; readonly status: number; readonly errorType: string; readonly message: string }
  /** A small gzip body that unpacks to that many megabytes of valid JSON. */
  | { readonly kind: 'GzipBomb'; readonly megabytes: number }
  /** The same without compression. */
  | { readonly kind: 'BigBody'; readonly megabytes: number }
  /** Half of a valid answer under a length that promises all of it, then the end of the connection. */
  | { readonly kind: 'TruncatedJSON' }
  /** Headers and a byte each `everyMs`, never the end. */
  | { readonly kind: 'SlowBody'; readonly everyMs: number }
  /** TCP reset without an answer. */
  | { readonly kind: 'Reset' }
  /** The connection stays open, nothing is ever said. */
  | { readonly kind: 'Hang' };

/** Writes the answer. Returns the status sent, null where the client never saw one. */
export function writeAnswer(answer: StandInAnswer, response: ServerResponse, nowMs: number): number | null {
  switch (answer.kind) {
    case 'Vector':
      return sendJSON(response, 200, vectorBody(answer, nowMs));
    case 'Raw':
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body);
      return answer.status;
    case 'Failure':
      return sendJSON(response, answer.status, JSON.stringify({ status: 'error', errorType: answer.errorType, error: answer.message }));
    case 'GzipBomb':
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync(bigBody(answer.megabytes)));
      return 200;
    case 'BigBody':
      return sendJSON(response, 200, bigBody(answer.megabytes));
    case 'TruncatedJSON':
      return truncate(response, vectorBody({ series: [{ labels: { model: 'cut' }, value: 1 }] }, nowMs));
    case 'SlowBody':
      return drip(response, answer.everyMs);
    case 'Reset':
      response.socket?.resetAndDestroy();
      return null;
    case 'Hang':
      return null;
    default:
      return assertNever(answer);
  }
}

function sendJSON(response: ServerResponse, status: number, body: string): number {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
  return status;
}

function vectorBody(answer: Omit<Extract<StandInAnswer, { kind: 'Vector' }>, 'kind'>, nowMs: number): string {
  const series = typeof answer.series === 'function' ? answer.series() : answer.series;
  const result = series.map(({ labels, value, timestampMs }) => ({
    metric: labels,
    value: [(timestampMs ?? nowMs) / 1000, typeof value === 'number' ? promValue(value) : value],
  }));
  return JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result },
    ...(answer.warnings === undefined ? {} : { warnings: answer.warnings }),
  });
}

function promValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

function bigBody(megabytes: number): string {
  return `{"status":"success","data":{"resultType":"vector","result":[]},"padding":"${'a'.repeat(megabytes * 1_000_000)}"}`;
}

function truncate(response: ServerResponse, body: string): number {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), () => response.socket?.destroy());
  return 200;
}

function drip(response: ServerResponse, everyMs: number): number {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), everyMs);
  response.on('close', () => {
    clearInterval(timer);
  });
  return 200;
}
