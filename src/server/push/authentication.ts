import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { APIRequest, Transport } from '../../kube/transport.ts';
import type { Clock } from '../../shared/clock.ts';
import { canonicalJSON } from '../../shared/canonical-json.ts';
import type { JSONValue } from '../../shared/json.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import { createLimiter } from '../../signals/limiter.ts';
import { createMemo } from './memo.ts';
import { createRateLimit } from './rate-limit.ts';
import { refuse, type Reply } from './reply.ts';

/** Who pushes, as the API server knows them. */
export interface Pusher {
  readonly username: string;
  readonly uid?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** Asks the API server who somebody is and what they may do. What it says is remembered for seconds; failures are not. */
export interface Authentication {
  /** Failure: what to answer. */
  authenticate(authorization: string | undefined): Promise<Result<Pusher, Reply>>;
  /** Whether they may push for a namespace; `''` = for all of them. Failure: what to answer. */
  mayPush(pusher: Pusher, namespace: string): Promise<Result<boolean, Reply>>;
  /** Whether they may read the ModelRisks of a namespace. Failure: what to answer. */
  mayRead(pusher: Pusher, namespace: string): Promise<Result<boolean, Reply>>;
}

/** On ModelRisks. */
interface Action {
  readonly verb: 'push' | 'get';
  readonly subresource?: 'readings';
}

const knownForMs = 30_000;
/** Short: whoever was granted a right wants to use it. */
const unknownForMs = 5000;
const allowedForMs = 10_000;
const mostTokens = 1000;
const mostAnswers = 4096;
const longestToken = 16_384;
/** Who was known so lately is asked for again beside the flood of those who never were, and none of these pushes them out of memory. */
const rememberedForMs = 3_600_000;
/** Tokens nobody knows cost a request to the API server each; all senders of such share this. */
const reviews = { perSecond: 20, burst: 50 };
/** Namespaces a user speaks of cost one each. */
const accessReviews = { perSecond: 100, burst: 1000 };
/** Reviews share their connections with the patches that protect models: a flood of them must leave most free. */
const atOnce = { maxConcurrent: 8, reservedForShared: 0, maxPerOwner: 4 };

/** Whose turn it is to be asked for again: no user is called so. */
const known = ' ';

const bearer = /^Bearer +([\x21-\x7e]+)$/i;
const tokenReview = z.object({
  status: z.object({
    authenticated: z.boolean().default(false),
    user: z
      .object({
        // Of a token it does not know the server writes an empty user.
        username: z.string().default(''),
        uid: z.string().optional(),
        groups: z.array(z.string()).optional(),
        extra: z.record(z.string(), z.array(z.string())).optional(),
      })
      .optional(),
  }),
});
const accessReview = z.object({ status: z.object({ allowed: z.boolean() }) });

const challenge = { 'www-authenticate': 'Bearer' };
const unheard = refuse(503, 'the API server, which knows who you are and what you may do, did not answer; try again', {
  'retry-after': '5',
});

export function createAuthentication({ transport, clock }: { readonly transport: Transport; readonly clock: Clock }): Authentication {
  const pushers = createMemo<Pusher | null>(clock, mostTokens);
  const seen = createMemo<true>(clock, mostTokens);
  const reviewed = createRateLimit(clock, reviews);
  const post = postInTurn(transport);
  const mayDo = createAccessReview(post, clock);

  async function review(token: string, key: string): Promise<Result<Pusher | null, Reply>> {
    const wasKnown = seen.get(key) === true;
    if (!wasKnown && !reviewed.take(''))
      return failure(refuse(429, 'too many tokens are new to the operator at this moment; try again', { 'retry-after': '5' }));
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
    const path = '/apis/authentication.k8s.io/v1/tokenreviews';
    const answer = await post(wasKnown ? known : '', { path, resource: 'tokenreviews', body });
    const read = answer.ok ? tokenReview.safeParse(answer.value.body).data : undefined;
    if (read === undefined) return failure(unheard);
    const { authenticated, user } = read.status;
    return success(authenticated && user !== undefined && user.username !== '' ? user : null);
  }

  return {
    authenticate: async (authorization = '') => {
      const token = bearer.exec(authorization)?.[1];
      if (token === undefined || token.length > longestToken)
        return failure(refuse(401, 'send a token of the cluster: Authorization: Bearer <token>, e.g. of a ServiceAccount', challenge));
      // The token itself is not kept, so that no dump of memory holds more of them than are under way.
      const key = createHash('sha256').update(token).digest('base64');
      let pusher = pushers.get(key);
      if (pusher === undefined) {
        const answer = await review(token, key);
        if (!answer.ok) return answer;
        pusher = answer.value;
        if (pusher !== null) seen.set(key, true, rememberedForMs);
        pushers.set(key, pusher, pusher === null ? unknownForMs : knownForMs);
      }
      return pusher === null
        ? failure(refuse(401, 'the API server does not know this token, or it has expired; send a fresh one', challenge))
        : success(pusher);
    },
    mayPush: (pusher, namespace) => mayDo(pusher, namespace, { verb: 'push', subresource: 'readings' }),
    mayRead: (pusher, namespace) => mayDo(pusher, namespace, { verb: 'get' }),
  };
}

/** Whether somebody may do something to the ModelRisks of a namespace, as the API server sees it. */
function createAccessReview(
  post: ReturnType<typeof postInTurn>,
  clock: Clock,
): (pusher: Pusher, namespace: string, action: Action) => Promise<Result<boolean, Reply>> {
  const allowed = createMemo<boolean>(clock, mostAnswers);
  const asked = createRateLimit(clock, accessReviews);
  return async (pusher, namespace, action) => {
    const { username, uid, groups, extra } = pusher;
    // As the API server wrote it: JSON all the way down, whatever the types of its absent fields say.
    const user = JSON.parse(JSON.stringify({ user: username, uid, groups, extra })) as { readonly [key: string]: JSONValue };
    const key = canonicalJSON([user, namespace, { ...action }]);
    const known = allowed.get(key);
    if (known !== undefined) return success(known);
    if (!asked.take(username))
      return failure(refuse(429, `${username} speaks of too many namespaces at once; try again`, { 'retry-after': '5' }));
    const resourceAttributes = { namespace, group: 'modelrisk.dev', resource: 'modelrisks', ...action };
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { ...user, resourceAttributes } };
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const answer = await post(username, { path, resource: 'subjectaccessreviews', body });
    const read = answer.ok ? accessReview.safeParse(answer.value.body).data : undefined;
    if (read === undefined) return failure(unheard);
    allowed.set(key, read.status.allowed, read.status.allowed ? allowedForMs : unknownForMs);
    return success(read.status.allowed);
  };
}

/** In turn, by user; those whose tokens are not known yet are one of them, and those whose were are another. */
function postInTurn(transport: Transport) {
  const limiter = createLimiter(atOnce);
  const { signal: abort } = new AbortController();
  return (owner: string, request: Pick<APIRequest, 'path' | 'resource' | 'body'>) =>
    limiter.run({ owner, abort }, () => transport.request({ method: 'POST', ...request }));
}

/** How to be allowed what was not. */
export function forbidden({ username }: Pusher, namespace: string): string {
  return namespace === ''
    ? `${username} may not push for all namespaces; bind ClusterRole modelrisk-pusher to it with a ClusterRoleBinding, or let the alert carry a namespace label`
    : `${username} may not push in namespace ${namespace}; bind ClusterRole modelrisk-pusher to it there (verb push on modelrisks/readings of modelrisk.dev)`;
}
