import { Pool } from 'undici';
import type { LookupFunction } from 'node:net';
import type { Clock } from '../shared/clock.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { NoticeMessage } from './notice.ts';

/** Where no message may go; the rules are those of signal providers. */
export interface AddressGuard {
  readonly isForbiddenHost: (host: string) => boolean;
  /** Resolves for the very connection that is made. */
  readonly lookup: LookupFunction;
}

/** How a receiver knows us. */
export interface Credential {
  readonly use: 'Bearer' | 'Path';
  readonly secret: string;
}

export interface Delivery {
  readonly url: string;
  readonly timeoutMs: number;
  /** Where the URL was written, for whoever has to correct it: `the RiskPolicy`. */
  readonly urlPlace: string;
  readonly credential: Credential | null;
  /** Sent as `Idempotency-Key`. */
  readonly id: string;
  readonly message: NoticeMessage;
}

/** In our own words: never an address, a body or a header, any of which may hold a secret. */
export interface DeliveryFailure {
  readonly message: string;
  /** What the receiver asked for. */
  readonly retryAfterMs: number | null;
  /** The receiver is there: others may be told, this one was refused. */
  readonly isAnswer: boolean;
  /** It takes no message of this size: sent again, it would be refused again. */
  readonly isTooLarge?: true;
}

export interface NoticeSender {
  send(delivery: Delivery): Promise<Result<null, DeliveryFailure>>;
}

const longestRetryAfterMs = 600_000;

/** The secret may be a path, never another host, query or a way up. */
const pathSecret = /^\/?[A-Za-z0-9_-]+(?:[/.][A-Za-z0-9_-]+)*$/;

function failed(message: string): Result<never, DeliveryFailure> {
  return failure({ message, retryAfterMs: null, isAnswer: false });
}

function addressOf({ url: text, urlPlace, message, credential }: Delivery, guard: AddressGuard): Result<URL, DeliveryFailure> {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    return failed(`the URL of the receiver cannot be used; write http(s)://host without user or password in ${urlPlace}`);
  if (guard.isForbiddenHost(url.hostname))
    return failed(
      `the URL of the receiver leads to a link-local or cloud metadata address, which is never called; correct it in ${urlPlace}`,
    );
  const path = `${url.pathname.replace(/\/$/, '')}${message.path}`;
  if (credential?.use !== 'Path') {
    url.pathname = path;
    return success(url);
  }
  if (!pathSecret.test(credential.secret))
    return failed('the secret of the receiver is no path of letters, digits, - _ . and /; write what comes after the host, e.g. T0/B0/xyz');
  url.pathname = `${path}/${credential.secret.replace(/^\//, '')}`;
  return success(url);
}

function retryAfter(header: string | string[] | undefined): number | null {
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, longestRetryAfterMs) : null;
}

function headersOf({ credential, id, message }: Delivery): Record<string, string> {
  const authorization = credential?.use === 'Bearer' ? { authorization: `Bearer ${credential.secret}` } : {};
  return { 'content-type': message.contentType, 'idempotency-key': id, 'user-agent': 'modelrisk-operator', ...authorization };
}

interface Attempt {
  readonly delivery: Delivery;
  readonly signal: AbortSignal;
}

/** Posts notices. A redirect is a failure, proxies of the environment are not used, nothing of an answer is read but its status. */
export function createNoticeSender({ clock, guard }: { readonly clock: Clock; readonly guard: AddressGuard }): NoticeSender {
  // Notices are rare: a connection is not worth keeping, and a closed one could lose the first try.
  const open = (origin: string): Pool =>
    new Pool(origin, { connections: 1, headersTimeout: 0, bodyTimeout: 0, connect: { lookup: guard.lookup, timeout: 0 } });

  async function post(pool: Pool, url: URL, { delivery, signal }: Attempt): Promise<Result<null, DeliveryFailure>> {
    const path = `${url.pathname}${url.search}`;
    const answer = await pool.request({ path, method: 'POST', headers: headersOf(delivery), body: delivery.message.body, signal });
    const { statusCode, headers, body } = answer;
    await body.dump({ limit: 65_536, signal });
    if (statusCode >= 200 && statusCode < 300) return success(null);
    const hint = statusCode >= 300 && statusCode < 400 ? `; redirects are not followed, write the final URL in ${delivery.urlPlace}` : '';
    return failure({
      message: `answered with HTTP status ${statusCode}${hint}`,
      retryAfterMs: retryAfter(headers['retry-after']),
      isAnswer: true,
      ...(statusCode === 413 ? { isTooLarge: true } : {}),
    });
  }

  return {
    send: async (delivery) => {
      const url = addressOf(delivery, guard);
      if (!url.ok) return url;
      const stop = new AbortController();
      const cancel = clock.after(delivery.timeoutMs, () => {
        stop.abort();
      });
      const pool = open(url.value.origin);
      try {
        return await post(pool, url.value, { delivery, signal: stop.signal });
      } catch (error) {
        if (stop.signal.aborted) return failed(`did not answer within ${delivery.timeoutMs / 1000} s`);
        const { code } = error as { readonly code?: unknown };
        return failed(`could not be reached (${typeof code === 'string' ? code : 'connection failed'})`);
      } finally {
        cancel();
        await pool.destroy();
      }
    },
  };
}
