import { failure, success, type Result } from '../../shared/result.ts';
import { readBody } from '../body.ts';
import { createLimiter, type Turn } from '../limiter.ts';
import { statusMessage, type ProviderAddress, type ProviderFailure } from '../provider.ts';
import { openPool, sendInTurn, type ClientOptions, type TurnBounds } from '../provider-turn.ts';

/** A service that answers JSON to GET. */
export interface HTTPJSONClient {
  /** `path` begins with `/`; it is asked below the provider's own. Never throws for what the provider does. */
  read(path: string, turn: Turn): Promise<Result<unknown, ProviderFailure>>;
  /** Lets requests under way finish, then closes the connections. */
  close(): Promise<void>;
}

/** A page of numbers about one model is small; what is larger is the wrong path. */
export const maxAnswerBytes = 1024 * 1024;

function boundsOf({ timeoutSeconds }: ProviderAddress, { clock, maxConcurrentQueries: maxConcurrent }: ClientOptions): TurnBounds {
  return {
    clock,
    timeoutMs: timeoutSeconds * 1000,
    // Every request is for one model: namespaces take turns, and none takes all places.
    limiter: createLimiter({ maxConcurrent, reservedForShared: 0, maxPerOwner: Math.max(1, Math.ceil(maxConcurrent / 2)) }),
    whenCrowded: () => 'make the service faster, or let one path answer several models',
  };
}

/** `provider.url` must have no `providerURLProblem`. */
export function createHTTPJSONClient(provider: ProviderAddress, options: ClientOptions): HTTPJSONClient {
  const bounds = boundsOf(provider, options);
  const pool = openPool(provider, options);
  const prefix = new URL(provider.url).pathname.replace(/\/+$/, '');
  const maxBytes = Math.min(maxAnswerBytes, options.maxBodyBytes);

  async function send(path: string, signal: AbortSignal): Promise<Result<unknown, ProviderFailure>> {
    const headers = { accept: 'application/json', 'accept-encoding': 'gzip' };
    const response = await pool.request({ method: 'GET', path: prefix + path, headers, signal });
    const encoding = response.headers['content-encoding'];
    const body = await readBody(response.body, { encoding: typeof encoding === 'string' ? encoding : undefined, maxBytes });
    if (response.statusCode !== 200) return failure({ cause: 'HTTPStatus', message: statusMessage(response.statusCode) });
    if (body.kind === 'TooLarge')
      return failure({ cause: 'TooLarge', message: `answered with more than ${maxBytes} bytes; name a path that answers for one model` });
    return body.kind === 'Text' ? parse(body.text) : failure({ cause: 'BadBody', message: 'answered in an encoding that cannot be read' });
  }

  return {
    read: (path, turn) => sendInTurn(bounds, turn, (signal) => send(path, signal)),
    close: () => pool.close(),
  };
}

function parse(text: string): Result<unknown, ProviderFailure> {
  try {
    return success(JSON.parse(text));
  } catch {
    return failure({ cause: 'BadBody', message: 'answered with something that is not JSON' });
  }
}
