import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import type { Cancel, Clock } from '../shared/clock.ts';
import type { JSONValue } from '../shared/json.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { classify } from './api-failure.ts';
import type { APIFailure, Landed } from './api-failure.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { wireJSON } from './wire-json.ts';

/** Separate connections, so that a burst of requests can starve neither watches nor lease renewals. */
export type PoolName = 'Watch' | 'Request' | 'Lease';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface APIRequest {
  readonly method: Method;
  /** Absolute path without the server, e.g. `/api/v1/namespaces`. */
  readonly path: string;
  /** Plural of the kind, for metrics. */
  readonly resource: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JSONValue;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** Default: the transport's `requestTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Default `Request` (`Watch` for streams). */
  readonly pool?: PoolName;
  readonly abort?: AbortSignal;
}

export interface APIResponse {
  readonly status: number;
  readonly body: JSONValue;
}

/** A response whose body keeps coming. Iteration ends when the server closes, throws when the connection breaks. */
export interface APIStream {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Closes the connection; iteration then ends or throws. Calling it again does nothing. */
  cancel(): void;
}

/** One request as it went over the wire, reported when its headers arrive; `status` is null when no answer came. */
export interface RequestRecord {
  readonly method: Method;
  readonly path: string;
  readonly resource: string;
  readonly watch: boolean;
  readonly pool: PoolName;
  readonly status: number | null;
  readonly durationMs: number;
}

/** Never rejects for what the server or the network does: failures are values. */
export interface Transport {
  request(request: APIRequest): Promise<Result<APIResponse, APIFailure>>;
  /** Resolves when the headers arrived with a 2xx status; `timeoutMs` bounds only that wait. */
  open(request: APIRequest): Promise<Result<APIStream, APIFailure>>;
  /** Ends every connection, streams included. */
  close(): Promise<void>;
}

export interface TransportOptions {
  readonly access: ClusterAccess;
  readonly clock: Clock;
  /** Bounds connect, headers and body of one request. */
  readonly requestTimeoutMs: number;
  /** Concurrent requests of the `Request` pool. */
  readonly connections: number;
  readonly userAgent: string;
  readonly onRequest: (record: RequestRecord) => void;
}

type Headers = Dispatcher.ResponseData['headers'];

export function createTransport(options: TransportOptions): Transport {
  const server = new URL(options.access.server);
  const pools = openPools(options, server.origin);
  const prefix = server.pathname.replace(/\/$/, '');

  /** Sends, and reports once it is known what the server said. */
  async function begin(request: APIRequest, poolName: PoolName): Promise<Result<Exchange, APIFailure>> {
    const startedMs = options.clock.nowMs();
    const exchanged = await exchange(options, request, { pool: pools[poolName], path: prefix + request.path });
    options.onRequest({
      method: request.method,
      path: request.path,
      resource: request.resource,
      watch: request.query?.['watch'] === 'true',
      pool: poolName,
      status: exchanged.ok ? exchanged.value.answer.statusCode : null,
      durationMs: options.clock.nowMs() - startedMs,
    });
    return exchanged;
  }

  return {
    async request(request) {
      const exchanged = await begin(request, request.pool ?? 'Request');
      if (!exchanged.ok) return exchanged;
      const { answer, endWait } = exchanged.value;
      const text = await readText(answer.body);
      endWait();
      return text.ok ? interpret(request, answer, text.value) : failure(unavailable(request, text.failure, true));
    },
    async open(request) {
      const exchanged = await begin(request, request.pool ?? 'Watch');
      if (!exchanged.ok) return exchanged;
      const { answer, endWait } = exchanged.value;
      if (isSuccess(answer.statusCode)) {
        endWait();
        return success(streamOf(answer.body));
      }
      const text = await readText(answer.body);
      endWait();
      return failure(classify(refusalOf(request, answer, parseJSON(text.ok ? text.value : ''))));
    },
    async close() {
      await Promise.all(Object.values(pools).map((pool) => pool.destroy()));
    },
  };
}

interface Exchange {
  readonly answer: Dispatcher.ResponseData;
  /** Ends the time limit, which otherwise goes on to bound the body. */
  readonly endWait: Cancel;
}

/** Resolves with the headers. */
async function exchange(
  options: TransportOptions,
  request: APIRequest,
  over: { readonly pool: Pool; readonly path: string },
): Promise<Result<Exchange, APIFailure>> {
  const { signal, endWait } = deadline(options, request);
  let sent = false;
  try {
    const authorization = await options.access.authorization();
    signal.throwIfAborted();
    sent = true;
    const answer = await over.pool.request({
      method: request.method,
      path: over.path,
      query: request.query ?? {},
      headers: headersOf(request, options.userAgent, authorization),
      body: request.body === undefined ? null : wireJSON(request.body),
      signal,
    });
    return success({ answer, endWait });
  } catch (error) {
    endWait();
    return failure(unavailable(request, error, sent));
  }
}

/** A signal that fires at the request's time limit or with the caller's own signal. */
function deadline(options: TransportOptions, request: APIRequest): { readonly signal: AbortSignal; readonly endWait: Cancel } {
  const abort = new AbortController();
  const timeoutMs = request.timeoutMs ?? options.requestTimeoutMs;
  const stopTimer = options.clock.after(timeoutMs, () => {
    abort.abort(new Error(`no complete answer within ${timeoutMs} ms`));
  });
  const cancel = (): void => {
    abort.abort(new Error('cancelled'));
  };
  if (request.abort?.aborted === true) cancel();
  request.abort?.addEventListener('abort', cancel);
  return {
    signal: abort.signal,
    endWait() {
      stopTimer();
      request.abort?.removeEventListener('abort', cancel);
    },
  };
}

function openPools(options: TransportOptions, origin: string): Readonly<Record<PoolName, Pool>> {
  const { tls } = options.access;
  const connect = {
    ...(tls.ca === null ? {} : { ca: tls.ca }),
    ...(tls.cert === null ? {} : { cert: tls.cert }),
    ...(tls.key === null ? {} : { key: tls.key }),
    ...(tls.serverName === null ? {} : { servername: tls.serverName }),
    rejectUnauthorized: !tls.skipVerify,
    timeout: options.requestTimeoutMs,
    keepAlive: true,
    // Below the 60 s after which common load balancers forget an idle connection.
    keepAliveInitialDelay: 30_000,
  };
  // HTTP/1.1 only: one slow stream must not hold up others. Timeouts are ours, by the clock passed in.
  const open = (connections: number | null): Pool =>
    new Pool(origin, { connections, connect, allowH2: false, pipelining: 1, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 50_000 });
  return { Watch: open(null), Request: open(options.connections), Lease: open(1) };
}

function headersOf(request: APIRequest, userAgent: string, authorization: string | null): Record<string, string> {
  return {
    accept: 'application/json',
    'user-agent': userAgent,
    ...(authorization === null ? {} : { authorization }),
    ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
  };
}

function interpret(request: APIRequest, answer: Dispatcher.ResponseData, text: string): Result<APIResponse, APIFailure> {
  const body = parseJSON(text);
  if (!isSuccess(answer.statusCode)) return failure(classify(refusalOf(request, answer, body)));
  if (body === null) return failure(unavailable(request, new Error('the answer is not JSON'), true));
  return success({ status: answer.statusCode, body });
}

function refusalOf(request: APIRequest, answer: Dispatcher.ResponseData, body: JSONValue): Parameters<typeof classify>[0] {
  return { status: answer.statusCode, body, retryAfter: headerOf(answer.headers, 'retry-after'), isPatch: request.method === 'PATCH' };
}

function headerOf(headers: Headers, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Null for what is not JSON. */
function parseJSON(text: string): JSONValue {
  try {
    return JSON.parse(text) as JSONValue;
  } catch {
    return null;
  }
}

async function readText(body: Dispatcher.ResponseData['body']): Promise<Result<string, unknown>> {
  try {
    return success(await body.text());
  } catch (error) {
    return failure(error);
  }
}

function streamOf(body: Dispatcher.ResponseData['body']): APIStream {
  // A stream cancelled before anyone reads it reports the cancellation as an error nobody waits for.
  body.on('error', () => undefined);
  return {
    chunks: body,
    cancel() {
      body.destroy();
    },
  };
}

function unavailable(request: APIRequest, error: unknown, sent: boolean): APIFailure {
  const landed: Landed = !sent || request.method === 'GET' || neverConnected(error) ? 'No' : 'Unknown';
  return { kind: 'Unavailable', landed, status: null, message: `${request.method} ${request.path}: ${reasonOf(error)}` };
}

function neverConnected(error: unknown): boolean {
  const code = codeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return true;
    default:
      return false;
  }
}

function codeOf(error: unknown): string | null {
  return textAt(error, 'code');
}

function reasonOf(error: unknown): string {
  const message = textAt(error, 'message');
  return message === null || message === '' ? (codeOf(error) ?? String(error)) : message;
}

/** By shape, not by class: errors of Node's core are of another realm where code runs in a VM context. */
function textAt(error: unknown, key: 'code' | 'message'): string | null {
  if (typeof error !== 'object' || error === null || !(key in error)) return null;
  const value = (error as Readonly<Record<string, unknown>>)[key];
  return typeof value === 'string' ? value : null;
}
