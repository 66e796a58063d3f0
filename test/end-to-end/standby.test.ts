import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { applyGuardedModel, httpRoutes, riskIncidents } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { shareOf } from '../builders/traffic-view.ts';
import { eventually } from '../../testbed/eventually.ts';

let world: OperatorWorld;

beforeAll(async () => {
  world = await openOperatorWorld();
  await applyGuardedModel(world.plane.client, { namespace: world.namespace, providerURL: world.provider.url });
}, 120_000);

afterAll(() => world.close());

/** Series of state as /metrics shows them. */
async function series(url: string): Promise<readonly string[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) =>
      /^modelrisk_(incidents_open|programme_|constraint_in_force|engaged_stage|unregistered_models|findings_open)/.test(line),
    );
}

it('of two replicas the one that leads tells of the state, and the other once it leads', async () => {
  const first = await world.start();
  const second = await world.standBy();
  world.setDrift(0.9);
  await world.until(httpRoutes, 'credit', (object) => shareOf(object, 'credit-v2') <= 10);
  await world.untilListed(riskIncidents, (incidents) => incidents.length > 0);
  await eventually(async () => (await series(first.url)).some((line) => line.startsWith('modelrisk_incidents_open')), {
    timeoutMs: 30_000,
  });
  expect(await series(second.url)).toEqual([]);
  await first.process.stop();
  await second.leading();
  await eventually(async () => (await series(second.url)).some((line) => line.startsWith('modelrisk_incidents_open')), {
    timeoutMs: 30_000,
  });
});
