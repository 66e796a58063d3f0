import { failure, type Result } from '../../shared/result.ts';
import { readBody } from '../body.ts';
import { createLimiter, type Turn } from '../limiter.ts';
import { statusMessage, type ProviderAddress, type ProviderFailure } from '../provider.ts';
import { openPool, sendInTurn, type ClientOptions, type TurnBounds } from '../provider-turn.ts';
import { parseAnswer, type QueryAnswer } from './answer.ts';

/** A Prometheus, or anything that speaks its query API. Its timeout is also told to it, so that it stops working too. */
export interface PrometheusClient {
  /** Instant query at the provider's own present; `turn.owner` is the namespace that asks for itself alone. Never throws for what the provider does. */
  query(text: string, turn: Turn): Promise<Result<QueryAnswer, ProviderFailure>>;
  /** Lets queries under way finish, then closes the connections. */
  close(): Promise<void>;
}

/** Enough for any error answer of the API; a proxy's error page is cut off. */
const maxErrorBytes = 65_536;

function boundsOf({ timeoutSeconds }: ProviderAddress, { clock, maxConcurrentQueries: maxConcurrent }: ClientOptions): TurnBounds {
  const reservedForShared = Math.floor(maxConcurrent / 4);
  const maxPerOwner = Math.max(1, reservedForShared);
  return {
    clock,
    timeoutMs: timeoutSeconds * 1000,
    limiter: createLimiter({ maxConcurrent, reservedForShared, maxPerOwner }),
    whenCrowded: (owner) =>
      owner === null
        ? 'make the queries of the RiskPolicy cheaper'
        : `make inline queries of namespace ${owner} cheaper or fewer (${maxPerOwner} at once), or use a template`,
  };
}

/** `provider.url` must have no `providerURLProblem`. */
export function createPrometheusClient(provider: ProviderAddress, options: ClientOptions): PrometheusClient {
  const bounds = boundsOf(provider, options);
  const pool = openPool(provider, options);
  const path = `${new URL(provider.url).pathname.replace(/\/+$/, '')}/api/v1/query`;

  async function send(text: string, signal: AbortSignal): Promise<Result<QueryAnswer, ProviderFailure>> {
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

function readAnswer(text: string): Result<QueryAnswer, ProviderFailure> {
  const answer = parseAnswer(text);
  if (answer.ok) return answer;
  if (answer.failure.cause === 'BadBody') return failed('BadBody', 'answered with something that is not an answer of the query API');
  return failure(refusal(answer.failure.errorType));
}

function statusFailure(status: number, body: string): ProviderFailure {
  const answer = parseAnswer(body);
  if (!answer.ok && answer.failure.cause === 'Refused') return refusal(answer.failure.errorType);
  return { cause: 'HTTPStatus', message: statusMessage(status) };
}

function refusal(errorType: string): ProviderFailure {
  if (errorType === 'timeout' || errorType === 'canceled') return { cause: 'Timeout', message: `gave up on the query (${errorType})` };
  const message = `refused the query (${errorType}); run it in the provider's own console to see why`;
  // The query could be read but not run: two series where one may be, too many samples.
  return { cause: 'QueryRejected', message, ...(errorType === 'execution' ? { byData: true } : {}) };
}

function tooLarge(maxBytes: number): ProviderFailure {
  return {
    cause: 'TooLarge',
    message: `answered with more than ${maxBytes} bytes; aggregate the query by the identity labels`,
    byData: true,
  };
}

function failed(cause: ProviderFailure['cause'], message: string): { readonly ok: false; readonly failure: ProviderFailure } {
  return failure({ cause, message });
}
