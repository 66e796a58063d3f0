import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import { listenHTTP, readBody } from '../../testbed/http-server.ts';
import type { ListeningServer } from '../../testbed/http-server.ts';
import { operatorAccount } from '../../testbed/operator-process.ts';
import type { OperatorProcess } from '../../testbed/operator-process.ts';
import { decide, meetDeciders, untilJudged } from '../builders/deciding.ts';
import type { Deciders } from '../builders/deciding.ts';
import { applyGuardedModel, httpRoutes, mitigationPlans, riskIncidents } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { grant, person } from '../builders/people.ts';
import { entriesOf, isConstrained, phaseOf, shareOf } from '../builders/traffic-view.ts';

interface Event {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly occasion: string };
}

const secrets = { group: '', version: 'v1', plural: 'secrets' };

/** One story in one world: each test goes on where the one before ended. The receiver is a stand-in, so that it can fail. */
describe('people are told, by the bundle', () => {
  let world: OperatorWorld;
  let people: Deciders;
  let receiver: ListeningServer;
  let operator: OperatorProcess;
  let status = 503;
  const attempts: Event[] = [];
  const taken: Event[] = [];
  const authorizations = new Set<string | undefined>();
  const untilTaken = (count: number): Promise<true> => eventually(() => Promise.resolve(taken.length >= count), { timeoutMs: 30_000 });

  beforeAll(async () => {
    world = await openOperatorWorld();
    people = await meetDeciders(world);
    const { namespace, plane } = world;
    receiver = await listenHTTP((request, response) => {
      void readBody(request).then((body) => {
        const event = JSON.parse(body.toString()) as Event;
        authorizations.add(request.headers.authorization);
        attempts.push(event);
        if (status === 200) taken.push(event);
        response.writeHead(status).end();
      });
    });
    const account = await person(plane, plane.client, { namespace: operatorAccount.namespace, name: operatorAccount.serviceAccount });
    await grant(plane.client, account, { namespace, rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] });
    await account.client.close();
    await plane.client.create(secrets, { metadata: { name: 'bus', namespace }, data: { token: btoa('s3cret') } });
    await applyGuardedModel(plane.client, {
      ...{ namespace, providerURL: world.provider.url },
      receivers: [
        { name: 'bus', cloudEvents: { url: `http://127.0.0.1:${String(receiver.port)}/in`, secretRef: { name: 'bus', key: 'token' } } },
      ],
      plan: {
        notify: { receivers: ['bus'] },
        stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }],
      },
    });
    await people.olga.client.merge(mitigationPlans, { namespace, name: 'credit' }, { spec: { owner: 'olgas-team' } });
    operator = await world.start();
  }, 120_000);

  afterAll(async () => {
    await people.close();
    await world.close();
    await receiver.close();
  });

  it('is never waited for: a receiver that fails keeps no cap from its route', async () => {
    world.setDrift(0.9);
    await world.until(httpRoutes, 'credit', (route) => shareOf(route, 'credit-v2') === 10);
    await eventually(() => Promise.resolve(attempts.length >= 2), { timeoutMs: 30_000 });
    expect(taken).toEqual([]);
  }, 60_000);

  it('is told when it answers again, under the id of the first attempt, with its token', async () => {
    status = 200;
    await untilTaken(1);
    expect(new Set(attempts.map(({ id }) => id)).size).toBe(1);
    expect(taken).toMatchObject([{ type: 'dev.modelrisk.incident.engaged', data: { occasion: 'Transition' } }]);
    expect([...authorizations]).toEqual(['Bearer s3cret']);
    await world.untilListed(riskIncidents, ([incident]) => {
      const { notifications = [] } = (incident?.['status'] ?? {}) as { readonly notifications?: readonly object[] };
      return notifications.length === 1;
    });
  }, 60_000);

  it('is not told again by the next process, and hears of an acknowledgement by whoever holds a role, a contributor too', async () => {
    operator.process.signal('SIGKILL');
    await operator.process.exited;
    operator = await world.start();
    await decide(world, people.olga, { name: 'mine', action: 'Acknowledge' });
    expect(await untilJudged(world, 'mine', 'Used')).toBe('True');
    await untilTaken(2);
    expect(taken.map(({ type }) => type)).toEqual(['dev.modelrisk.incident.engaged', 'dev.modelrisk.incident.acknowledged']);
    const [incident] = await world.untilListed(riskIncidents, ([first]) => first !== undefined);
    expect(incident === undefined ? [] : entriesOf(incident).filter(({ type }) => type === 'Acknowledged')).toMatchObject([
      { actor: people.olga.user },
    ]);
  }, 90_000);

  it('hears of the end, and the record still verifies', async () => {
    world.setDrift(0.01);
    await world.until(mitigationPlans, 'credit', (plan) => phaseOf(plan) === 'Idle');
    await world.until(httpRoutes, 'credit', (route) => !isConstrained(route));
    await untilTaken(3);
    expect(taken.at(-1)?.type).toBe('dev.modelrisk.incident.released');
    const verified = await world.plugin(['audit', 'verify', '-n', world.namespace]);
    expect([verified.code, verified.stderr]).toEqual([0, '']);
  }, 60_000);
});
