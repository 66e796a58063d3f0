import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { News } from '../../telemetry/news.ts';
import { createAlertIntake } from './alerts.ts';
import { createAuthentication } from './authentication.ts';
import type { Pusher } from './authentication.ts';
import type { Transport } from '../../kube/transport.ts';
import { createGateDesk } from './gate.ts';
import type { GateDeskOptions } from './gate.ts';
import type { Intake, IntakeOptions } from './intake.ts';
import { createRateLimit } from './rate-limit.ts';
import { createReadingIntake } from './readings.ts';
import { refuse, replyOf, type ItemResult, type Reply } from './reply.ts';

export interface PushRequest {
  readonly method: string;
  readonly path: string;
  /** After the question mark; left out: none. */
  readonly query?: string;
  readonly authorization: string | undefined;
  /** Null when it is longer. Rejects when the sender breaks off. */
  readBody(maxBytes: number): Promise<string | null>;
}

export interface EndpointOptions extends Omit<IntakeOptions, 'authentication'>, Pick<GateDeskOptions, 'findRisk'> {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Logger;
  readonly news: News;
  readonly metrics: Pick<Metrics, 'pushed'>;
  /** Only who leads holds what is pushed. */
  readonly isLeading: () => boolean;
}

/** What one user may send. */
const rate = { perSecond: 10, burst: 50 };

const gatePath = '/v1/gate';

/** Answers one request; throws only what reading the body throws. */
export function createPushEndpoint(options: EndpointOptions): (request: PushRequest) => Promise<Reply> {
  const { transport, clock, metrics, isLeading } = options;
  const authentication = createAuthentication({ transport, clock });
  const limit = createRateLimit(clock, rate);
  const atGate = createGateDesk({ ...options, authentication });
  const intakes: ReadonlyMap<string, { readonly kind: 'reading' | 'alert'; readonly intake: Intake }> = new Map([
    ['/v1/readings', { kind: 'reading', intake: createReadingIntake({ ...options, authentication }) }],
    ['/v1/alerts', { kind: 'alert', intake: createAlertIntake({ ...options, authentication }) }],
  ]);

  async function admit({ method, path, authorization }: PushRequest): Promise<Result<Pusher, Reply>> {
    if (!intakes.has(path)) return failure(refuse(404, `not found; the paths are ${[...intakes.keys(), gatePath].join(', ')}`));
    if (method !== 'POST') return failure(refuse(405, 'send it with POST', { allow: 'POST' }));
    if (!isLeading())
      return failure(
        refuse(503, 'this replica does not lead, and only the leader holds what is pushed; try again, another replica may answer', {
          'retry-after': '1',
        }),
      );
    return known(authorization);
  }

  async function known(authorization: string | undefined): Promise<Result<Pusher, Reply>> {
    const pusher = await authentication.authenticate(authorization);
    if (!pusher.ok) return pusher;
    if (limit.take(pusher.value.username)) return pusher;
    const message = `${pusher.value.username} sends more than ${rate.perSecond} requests a second; put several readings into one`;
    return failure(refuse(429, message, { 'retry-after': '1' }));
  }

  /** Every replica knows the models: whoever is asked answers. */
  async function ask({ method, query = '', authorization }: PushRequest): Promise<Reply> {
    if (method !== 'GET') return refuse(405, 'ask with GET', { allow: 'GET' });
    const asker = await known(authorization);
    return asker.ok ? atGate(query, asker.value) : asker.failure;
  }

  return async (request) => {
    if (request.path === gatePath) return ask(request);
    const admitted = await admit(request);
    const found = intakes.get(request.path);
    if (!admitted.ok || found === undefined) {
      const reply = admitted.ok ? refuse(404, 'not found') : admitted.failure;
      metrics.pushed.inc({ kind: found?.kind ?? 'none', result: refusedAs(reply.status) });
      return reply;
    }
    const { kind, intake } = found;
    const read = parse(await request.readBody(intake.maxBodyBytes), intake.maxBodyBytes);
    const taken = read.ok ? await intake.take(read.value, admitted.value) : read;
    if (!taken.ok) {
      metrics.pushed.inc({ kind, result: refusedAs(taken.failure.status) });
      return taken.failure;
    }
    record(options, kind, { pusher: admitted.value, results: taken.value });
    return replyOf(taken.value);
  };
}

function record(
  { metrics, log, news }: Pick<EndpointOptions, 'metrics' | 'log' | 'news'>,
  kind: 'reading' | 'alert',
  { pusher: { username }, results }: { readonly pusher: Pusher; readonly results: readonly ItemResult[] },
): void {
  for (const { result } of results) metrics.pushed.inc({ kind, result });
  const refused = results.filter(({ status }) => status !== 200);
  log.debug({ user: username, kind, items: results.length, refused: refused.length }, 'the operator was sent something');
  // Once for each reason: a sender that is wrong once is wrong every time.
  for (const { result, message } of refused)
    if (news.isNews(`${username} ${message}`)) log.warn({ user: username, kind, result, cause: message }, 'something pushed was refused');
}

function parse(text: string | null, maxBytes: number): Result<unknown, Reply> {
  if (text === null) return failure(refuse(413, `send at most ${maxBytes} bytes at once; split it into several requests`));
  try {
    return success(JSON.parse(text));
  } catch {
    return failure(refuse(400, 'the body is not JSON'));
  }
}

/** Of requests nothing of which was looked at. */
function refusedAs(status: number): string {
  switch (status) {
    case 401:
      return 'Unauthenticated';
    case 429:
      return 'TooMany';
    case 503:
      return 'NotNow';
    default:
      return 'Malformed';
  }
}
