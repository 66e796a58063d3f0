import { describe, expect, it } from '@jest/globals';
import { createAuthentication } from '../../../../src/server/push/authentication.ts';
import { createManualClock, settle } from '../../../builders/manual-clock.ts';
import { reviewingTransport } from '../../../builders/pushing.ts';
import { answer, scriptedTransport } from '../../../builders/scripted-transport.ts';

function world(may: Readonly<Record<string, readonly string[]>> = { anna: ['lending'] }) {
  const clock = createManualClock();
  const transport = reviewingTransport(may);
  return { clock, transport, authentication: createAuthentication({ transport, clock }) };
}

const anna = { username: 'anna' };
const reviews = ({ transport }: ReturnType<typeof world>, resource: string) =>
  transport.requests.filter((each) => each.resource === resource);

describe('who somebody is', () => {
  it('is asked of the API server, and remembered for half a minute', async () => {
    const one = world();
    for (let times = 0; times < 5; times += 1)
      expect(await one.authentication.authenticate('Bearer anna')).toEqual({ ok: true, value: { username: 'anna', groups: ['all'] } });
    expect(reviews(one, 'tokenreviews')).toHaveLength(1);
    await one.clock.advance(30_000);
    await one.authentication.authenticate('Bearer anna');
    expect(reviews(one, 'tokenreviews')).toHaveLength(2);
  });

  it('is refused without a token, without asking anybody', async () => {
    const one = world();
    for (const header of [undefined, '', 'Basic YTpi', 'Bearer', `Bearer ${'x'.repeat(20_000)}`, 'Bearer ü'])
      expect(await one.authentication.authenticate(header)).toMatchObject({
        ok: false,
        failure: { status: 401, headers: { 'www-authenticate': 'Bearer' } },
      });
    expect(one.transport.requests).toEqual([]);
  });

  it('unknown tokens are remembered too, for seconds, and never told', async () => {
    const one = world();
    for (let times = 0; times < 5; times += 1) {
      const refused = await one.authentication.authenticate('Bearer hunter2');
      expect(refused).toMatchObject({ ok: false, failure: { status: 401 } });
      expect(JSON.stringify(refused)).not.toContain('hunter2');
    }
    expect(reviews(one, 'tokenreviews')).toHaveLength(1);
    await one.clock.advance(5000);
    await one.authentication.authenticate('Bearer hunter2');
    expect(reviews(one, 'tokenreviews')).toHaveLength(2);
  });

  it('a flood of made-up tokens does not become a flood of requests to the API server', async () => {
    const one = world();
    const statuses = await Promise.all(
      Array.from({ length: 500 }, async (_unused, index) => {
        const refused = await one.authentication.authenticate(`Bearer made-up-${index}`);
        return refused.ok ? 200 : refused.failure.status;
      }),
    );
    expect(reviews(one, 'tokenreviews')).toHaveLength(50);
    expect(statuses.filter((status) => status === 429)).toHaveLength(450);
    // Whoever is known goes on.
    await one.clock.advance(1000);
    expect(await one.authentication.authenticate('Bearer anna')).toMatchObject({ ok: true });
  });

  it('regression: a flood of made-up tokens that goes on refuses nobody who was known before', async () => {
    const one = world();
    await one.authentication.authenticate('Bearer anna');
    for (let seconds = 0; seconds < 65; seconds += 1) {
      for (let made = 0; made < 100; made += 1) void one.authentication.authenticate(`Bearer made-up-${seconds}-${made}`);
      expect(await one.authentication.authenticate('Bearer anna')).toMatchObject({ ok: true });
      await one.clock.advance(1000);
    }
    await settle();
  });

  it.each([
    ['does not answer', () => ({ ok: false, failure: { kind: 'Unavailable', landed: 'No', status: null, message: '' } }) as const],
    ['answers nonsense', () => answer({ status: 'yes' })],
  ])('an API server that %s is no reason to let anybody in, and is not remembered', async (_what, request) => {
    const transport = scriptedTransport({ request });
    const authentication = createAuthentication({ transport, clock: createManualClock() });
    expect(await authentication.authenticate('Bearer anna')).toMatchObject({ ok: false, failure: { status: 503 } });
    expect(await authentication.mayPush(anna, 'lending')).toMatchObject({ ok: false, failure: { status: 503 } });
    await authentication.authenticate('Bearer anna');
    expect(transport.requests).toHaveLength(3);
  });

  it('regression: of a token it does not know the real server writes an empty user and why, and that is a refusal, no failure', async () => {
    const status = { user: {}, error: '[invalid bearer token, square/go-jose: error in cryptographic primitive]' };
    const authentication = createAuthentication({
      transport: scriptedTransport({ request: () => answer({ status }) }),
      clock: createManualClock(),
    });
    expect(await authentication.authenticate('Bearer hunter2')).toMatchObject({ ok: false, failure: { status: 401 } });
  });

  it.each([
    { authenticated: true },
    { authenticated: true, user: {} },
    { authenticated: true, user: { username: '' } },
    { authenticated: false, user: { username: 'anna' } },
    { user: { username: 'anna' } },
  ])('a review that does not say yes and a name lets nobody in: %j', async (status) => {
    const authentication = createAuthentication({
      transport: scriptedTransport({ request: () => answer({ status }) }),
      clock: createManualClock(),
    });
    expect(await authentication.authenticate('Bearer x')).toMatchObject({ failure: { status: 401 } });
  });
});

describe('what somebody may', () => {
  it('is asked for verb push on modelrisks/readings in the namespace, with all the API server said of them', async () => {
    const one = world();
    const pusher = { username: 'anna', uid: '7', groups: ['a', 'b'], extra: { scopes: ['x'] } };
    expect(await one.authentication.mayPush(pusher, 'lending')).toEqual({ ok: true, value: true });
    expect(reviews(one, 'subjectaccessreviews')[0]?.body).toMatchObject({
      kind: 'SubjectAccessReview',
      spec: {
        ...{ user: 'anna', uid: '7', groups: ['a', 'b'], extra: { scopes: ['x'] } },
        resourceAttributes: { namespace: 'lending', verb: 'push', group: 'modelrisk.dev', resource: 'modelrisks', subresource: 'readings' },
      },
    });
  });

  it('is remembered for each namespace and each user apart, and asked again soon', async () => {
    const one = world({ anna: ['lending'], bob: [] });
    const ask = async (username: string, namespace: string) => one.authentication.mayPush({ username }, namespace);
    expect(await ask('anna', 'lending')).toEqual({ ok: true, value: true });
    expect(await ask('anna', 'fraud')).toEqual({ ok: true, value: false });
    expect(await ask('bob', 'lending')).toEqual({ ok: true, value: false });
    expect(await ask('anna', 'lending')).toEqual({ ok: true, value: true });
    expect(one.transport.requests).toHaveLength(3);
    await one.clock.advance(10_000);
    await ask('anna', 'lending');
    expect(one.transport.requests).toHaveLength(4);
  });

  it('is refused again from memory where it was refused, and asked anew once somebody could have been bound', async () => {
    const one = world();
    for (let times = 0; times < 3; times += 1)
      expect(await one.authentication.mayPush(anna, 'pricing')).toEqual({ ok: true, value: false });
    expect(reviews(one, 'subjectaccessreviews')).toHaveLength(1);
    await one.clock.advance(5000);
    expect(await one.authentication.mayPush(anna, 'pricing')).toEqual({ ok: true, value: false });
    expect(reviews(one, 'subjectaccessreviews')).toHaveLength(2);
  });

  it('asked for very many namespaces at once costs few connections, which protection needs, and ends', async () => {
    const waiting: (() => void)[] = [];
    let most = 0;
    let now = 0;
    const transport = scriptedTransport({
      request: async () => {
        now += 1;
        most = Math.max(most, now);
        await new Promise<void>((resolve) => waiting.push(resolve));
        now -= 1;
        return answer({ status: { allowed: true } });
      },
    });
    const authentication = createAuthentication({ transport, clock: createManualClock() });
    const all = Promise.all(Array.from({ length: 1200 }, (_unused, index) => authentication.mayPush(anna, `n${index}`)));
    const other = authentication.mayPush({ username: 'bob' }, 'lending');
    await settle();
    expect(now).toBe(5);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      next();
      await settle();
    }
    expect(await other).toEqual({ ok: true, value: true });
    const answers = await all;
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1000);
    expect(answers.at(-1)).toMatchObject({ ok: false, failure: { status: 429 } });
    expect(most).toBeLessThanOrEqual(8);
  });
});
