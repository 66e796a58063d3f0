import { Pool } from 'undici';
import type { Clock } from '../../shared/clock.ts';
import { failure, type Result } from '../../shared/result.ts';
import { runBefore } from '../deadline.ts';
import { createLimiter, type Limiter, type Turn } from '../limiter.ts';
import { parseAnswer, type QueryAnswer } from './answer.ts';
import { readBody } from './body.ts';
import { forbiddenAddressCode, guardedLookup, isForbiddenHost, type ResolveAll } from './forbidden-address.ts';
import { networkErrorCode } from './network-error.ts';

/** A Prometheus, or anything that speaks its query API, as a RiskPolicy names it. */
export interface PrometheusProvider {
  readonly name: string;
  /** `http` or `https`, without credentials, query or fragment; a path is kept as prefix of the API. */
  readonly url: string;
  /** From asking for a query, its wait for a place included, to the last byte of its answer; also told to the provider, so that it stops working too. */
  readonly timeoutSeconds: number;
}

export interface QueryFailure {
  readonly cause: 'Unreachable' | 'Timeout' | 'HTTPStatus' | 'BadBody' | 'TooLarge' | 'QueryRejected';
  /** At most `maxMessageLength` characters, made of our own words: never a body, a header or an address. */
  readonly message: string;
  /** Other queries took all places for most of the time this one had: its failure says nothing of the provider. */
  readonly crowded?: true;
  /** What the query met in the data is the cause: asked for fewer namespaces it may succeed. */
  readonly byData?: true;
}

export interface PrometheusClient {
  /** Instant query at the provider's own present; `turn.owner` is the namespace that asks for itself alone. Never throws for what the provider does. */
  query(text: string, turn: Turn): Promise<Result<QueryAnswer, QueryFailure>>;
  /** Lets queries under way finish, then closes the connections. */
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly clock: Clock;
  readonly maxConcurrentQueries: number;
  /** After decompression. */
  readonly maxBodyBytes: number;
  readonly resolve: ResolveAll;
}

export const maxMessageLength = 256;

/** Longer than any sensible poll interval, so that every poll finds its connection open. */
const keepAliveMs = 300_000;
/** Enough for any error answer of the API; a proxy's error page is cut off. */
const maxErrorBytes = 65_536;

const leadsAstray =
  'leads to a link-local or cloud metadata address, which is never asked; name the address of the Prometheus itself in the RiskPolicy';

/** Says why an address can't be used, or null. What a name leads to is only known, and refused, when it is connected to. */
export function providerURLProblem(text: string): string | null {
  const url = URL.parse(text);
  if (url === null) return 'the URL of the provider cannot be read; write http://host:port';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'the URL of the provider must begin with http:// or https://';
  if (url.username !== '' || url.password !== '') return 'the URL of the provider must not hold credentials';
  if (url.search !== '' || url.hash !== '') return 'the URL of the provider must not hold a query or a fragment';
  if (isForbiddenHost(url.hostname)) return `the URL of the provider ${leadsAstray}`;
  return null;
}

interface Bounds {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly limiter: Limiter;
  /** Places one namespace's inline queries may take. */
  readonly maxPerOwner: number;
}

function boundsOf({ timeoutSeconds }: PrometheusProvider, { clock, maxConcurrentQueries: maxConcurrent }: ClientOptions): Bounds {
  const reservedForShared = Math.floor(maxConcurrent / 4);
  const maxPerOwner = Math.max(1, reservedForShared);
  return {
    clock,
    timeoutMs: timeoutSeconds * 1000,
    limiter: createLimiter({ maxConcurrent, reservedForShared, maxPerOwner }),
    maxPerOwner,
  };
}

/** `provider.url` must have no `providerURLProblem`. Redirects are never followed and proxy variables of the environment not used. */
export function createPrometheusClient(provider: PrometheusProvider, options: ClientOptions): PrometheusClient {
  const url = new URL(provider.url);
  const bounds = boundsOf(provider, options);
  // Deadlines are ours: undici's own run on coarse timers and count idle time, which a slow drip never reaches.
  const pool = new Pool(url.origin, {
    connections: options.maxConcurrentQueries,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: bounds.timeoutMs, lookup: guardedLookup(options.resolve) },
  });
  const path = `${url.pathname.replace(/\/+$/, '')}/api/v1/query`;

  async function send(text: string, signal: AbortSignal): Promise<Result<QueryAnswer, QueryFailure>> {
    const response = await pool.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', 'accept-encoding': 'gzip' },
      body: new URLSearchParams({ query: text, timeout: String(provider.timeoutSeconds) }).toString(),
      signal,
    });
    const ok = response.statusCode === 200;
    const encoding = response.headers['content-encoding'];
    const maxBytes = ok ? options.maxBodyBytes : maxErrorBytes;
    const body = await readBody(response.body, { encoding: typeof encoding === 'string' ? encoding : undefined, maxBytes });
    if (!ok) return failure(statusFailure(response.statusCode, body.kind === 'Text' ? body.text : ''));
    if (body.kind === 'TooLarge') return failure(tooLarge(maxBytes));
    return body.kind === 'Text' ? readAnswer(body.text) : failed('BadBody', 'answered in an encoding that cannot be read');
  }

  return {
    query: (text, turn) => sendInTurn(bounds, turn, (signal) => send(text, signal)),
    close: () => pool.close(),
  };
}

type Answered = Result<QueryAnswer, QueryFailure>;

/** The deadline counts from here: a query that waits for its turn too long has failed like one that is answered too late. */
async function sendInTurn(bounds: Bounds, { owner, abort }: Turn, send: (signal: AbortSignal) => Promise<Answered>): Promise<Answered> {
  const { clock, timeoutMs, limiter } = bounds;
  const turn: { waitedMs: number | null } = { waitedMs: null };
  const askedAtMs = clock.nowMs();
  const ending = await runBefore({ clock, timeoutMs, abort }, (signal) =>
    limiter.run({ owner, abort: signal }, () => {
      turn.waitedMs = clock.nowMs() - askedAtMs;
      return sendTwiceAtMost(() => send(signal), signal);
    }),
  );
  switch (ending.kind) {
    case 'Done':
      return ending.value;
    case 'Late':
      return late(bounds, owner, turn.waitedMs ?? timeoutMs);
    case 'Stopped':
      return failed('Timeout', 'did not answer before the poll was stopped');
    case 'Failed':
      return unreachable(networkErrorCode(ending.error));
  }
}

function unreachable(code: string | null): Answered {
  if (code === forbiddenAddressCode) return failed('Unreachable', `has a URL that ${leadsAstray}`);
  return failed('Unreachable', `could not be reached or broke off its answer (${code ?? 'connection failed'})`);
}

function late({ timeoutMs, maxPerOwner }: Bounds, owner: string | null, waitedMs: number): Answered {
  const timeoutSeconds = timeoutMs / 1000;
  if (waitedMs * 2 < timeoutMs) return failed('Timeout', `did not answer within ${timeoutSeconds} s`);
  const advice =
    owner === null
      ? 'make the queries of the RiskPolicy cheaper'
      : `make inline queries of namespace ${owner} cheaper or fewer (${maxPerOwner} at once), or use a template`;
  const message = `was too busy: the query waited ${Math.round(waitedMs / 1000)} of its ${timeoutSeconds} s behind slower ones; ${advice}`;
  return failure({ cause: 'Timeout', message: message.slice(0, maxMessageLength), crowded: true });
}

/** A server may close an idle connection in the instant we use it. An instant query has no effect, so asking once more is safe. */
async function sendTwiceAtMost<Value>(send: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
  try {
    return await send();
  } catch (error) {
    if (signal.aborted || !isClosedConnection(error)) throw error;
    return await send();
  }
}

const closedConnectionCodes = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

function isClosedConnection(error: unknown): boolean {
  return closedConnectionCodes.has(networkErrorCode(error) ?? '');
}

function readAnswer(text: string): Result<QueryAnswer, QueryFailure> {
  const answer = parseAnswer(text);
  if (answer.ok) return answer;
  if (answer.failure.cause === 'BadBody') return failed('BadBody', 'answered with something that is not an answer of the query API');
  return failure(refusal(answer.failure.errorType));
}

function statusFailure(status: number, body: string): QueryFailure {
  const answer = parseAnswer(body);
  if (!answer.ok && answer.failure.cause === 'Refused') return refusal(answer.failure.errorType);
  const hint = status >= 300 && status < 400 ? '; redirects are not followed, name the final URL in the RiskPolicy' : '';
  return { cause: 'HTTPStatus', message: `answered with HTTP status ${status}${hint}` };
}

function refusal(errorType: string): QueryFailure {
  if (errorType === 'timeout' || errorType === 'canceled') return { cause: 'Timeout', message: `gave up on the query (${errorType})` };
  const message = `refused the query (${errorType}); run it in the provider's own console to see why`;
  // The query could be read but not run: two series where one may be, too many samples.
  return { cause: 'QueryRejected', message, ...(errorType === 'execution' ? { byData: true } : {}) };
}

function tooLarge(maxBytes: number): QueryFailure {
  return {
    cause: 'TooLarge',
    message: `answered with more than ${maxBytes} bytes; aggregate the query by the identity labels`,
    byData: true,
  };
}

function failed(cause: QueryFailure['cause'], message: string): { readonly ok: false; readonly failure: QueryFailure } {
  return failure({ cause, message });
}
