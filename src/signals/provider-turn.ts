import { Pool } from 'undici';
import type { Clock } from '../shared/clock.ts';
import { failure, type Result } from '../shared/result.ts';
import { runBefore } from './deadline.ts';
import { forbiddenAddressCode, guardedLookup, type ResolveAll } from './forbidden-address.ts';
import type { Limiter, Turn } from './limiter.ts';
import { networkErrorCode } from './network-error.ts';
import { leadsAstray, maxMessageLength, type ProviderAddress, type ProviderFailure } from './provider.ts';

export interface ClientOptions {
  readonly clock: Clock;
  readonly maxConcurrentQueries: number;
  /** After decompression. */
  readonly maxBodyBytes: number;
  readonly resolve: ResolveAll;
}

/** What one request of a provider may take. */
export interface TurnBounds {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly limiter: Limiter;
  /** What to do when all places are taken for too long. */
  readonly whenCrowded: (owner: string | null) => string;
}

/** Longer than any sensible poll interval, so that every poll finds its connection open. */
const keepAliveMs = 300_000;

/** `provider.url` must have no `providerURLProblem`. Redirects are never followed and proxy variables of the environment not used. */
export function openPool({ url, timeoutSeconds }: ProviderAddress, options: ClientOptions): Pool {
  // Deadlines are ours: undici's own run on coarse timers and count idle time, which a slow drip never reaches.
  return new Pool(new URL(url).origin, {
    connections: options.maxConcurrentQueries,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: timeoutSeconds * 1000, lookup: guardedLookup(options.resolve) },
  });
}

type Answered<Answer> = Result<Answer, ProviderFailure>;

/** The deadline counts from here: a request that waits for its turn too long has failed like one that is answered too late. */
export async function sendInTurn<Answer>(
  bounds: TurnBounds,
  { owner, abort }: Turn,
  send: (signal: AbortSignal) => Promise<Answered<Answer>>,
): Promise<Answered<Answer>> {
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
      return failure({ cause: 'Timeout', message: 'did not answer before the poll was stopped' });
    case 'Failed':
      return failure({ cause: 'Unreachable', message: unreachable(networkErrorCode(ending.error)) });
  }
}

function unreachable(code: string | null): string {
  if (code === forbiddenAddressCode) return `has a URL that ${leadsAstray}`;
  return `could not be reached or broke off its answer (${code ?? 'connection failed'})`;
}

function late({ timeoutMs, whenCrowded }: TurnBounds, owner: string | null, waitedMs: number): Answered<never> {
  const timeoutSeconds = timeoutMs / 1000;
  if (waitedMs * 2 < timeoutMs) return failure({ cause: 'Timeout', message: `did not answer within ${timeoutSeconds} s` });
  const message = `was too busy: the query waited ${Math.round(waitedMs / 1000)} of its ${timeoutSeconds} s behind slower ones; ${whenCrowded(owner)}`;
  return failure({ cause: 'Timeout', message: message.slice(0, maxMessageLength), crowded: true });
}

/** A server may close an idle connection in the instant we use it. A query has no effect, so asking once more is safe. */
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
