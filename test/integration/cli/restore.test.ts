import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';

import { httpRouteActuator as routes } from '../../../src/actuators/http-route/actuator.ts';
import { restoreTarget } from '../../../src/cli/restore.ts';
import { backend, cap, parentRefs, rule, shadow, weightsOf } from '../../builders/http-route.ts';
import { startLiveTargets } from '../../builders/live-target.ts';
import type { LiveTargets } from '../../builders/live-target.ts';

// kubectl takes a second a call on a busy machine.
jest.setTimeout(60_000);

let targets: LiveTargets;

beforeAll(async () => {
  targets = await startLiveTargets();
}, 120_000);

afterAll(() => targets.close());

it('gives a route back with no operator, plan or status at hand; its users go on as before', async () => {
  const name = 'abandoned';
  const manifest = (weights: readonly [number, number]) => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, namespace: targets.namespace },
    spec: { parentRefs, rules: [rule([backend('credit-v2', weights[0]), backend('credit-v1', weights[1])])] },
  });
  const apply = (...weights: [number, number]) => targets.kubectl(['apply', '--server-side', '-f', '-'], manifest(weights));
  expect(await apply(50, 50)).toMatchObject({ code: 0 });
  const before = await targets.read(routes, name);
  const claim = shadow(100, { target: { object: name } });
  await targets.pass(routes, name, [claim]);
  expect(weightsOf(await targets.read(routes, name))).toEqual({ 'credit-v2': 0, 'credit-v1': 100 });

  const client = targets.clientFor(routes, 'kubectl-modelrisk');
  const restore = () => restoreTarget({ client, actuator: routes, namespace: targets.namespace, name, nowMs: 0 });
  expect(await restore()).toMatchObject({ ok: true, value: { restored: true, after: 'credit-v2 50 %, credit-v1 50 %' } });
  const restored = await targets.read(routes, name);
  expect(restored.spec).toEqual(before.spec);
  expect(restored.metadata.managedFields?.map(({ manager }) => manager)).toEqual(
    before.metadata.managedFields?.map(({ manager }) => manager),
  );
  expect(routes.readJournal(restored)).toMatchObject({ kind: 'Released', actor: 'restore' });

  // The operator comes back: the engagement it remembers stays ended, the next one is a new matter.
  expect(await targets.pass(routes, name, [claim])).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'Released' }] });
  expect(await restore()).toMatchObject({ ok: true, value: { restored: false } });
  expect(await apply(30, 70)).toMatchObject({ code: 0 });
  await targets.pass(routes, name, [cap(10, { holder: { engagement: 2 }, target: { object: name } })]);
  expect(weightsOf(await targets.read(routes, name))).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
});

it('says in one sentence that there is no such object', async () => {
  const options = { client: targets.clientFor(routes), actuator: routes, namespace: targets.namespace, name: 'nobody', nowMs: 0 };
  expect(await restoreTarget(options)).toMatchObject({
    ok: false,
    failure: expect.stringContaining(`HTTPRoute ${targets.namespace}/nobody could not be read`),
  });
});
