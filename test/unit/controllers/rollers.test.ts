import { describe, expect, it } from '@jest/globals';

import { actuators } from '../../../src/actuators/registry.ts';
import { openCluster } from '../../../src/controllers/cluster.ts';
import { rollersIn, routesOfRoller } from '../../../src/controllers/rollers.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import { createMemoryAPI } from '../../builders/memory-api.ts';
import { aRollout } from '../../builders/rollout.ts';

const canary = (spec: object, name = 'credit') => ({
  apiVersion: 'flagger.app/v1beta1',
  kind: 'Canary',
  metadata: { name, namespace: 'lending' },
  spec: { targetRef: { name: 'credit' }, analysis: { interval: '1m' }, ...spec },
});

async function opened() {
  const clock = createManualClock();
  const api = createMemoryAPI(clock);
  const metadata = { name: 'update', namespace: 'lending' };
  api.apply('rollouts', { ...aRollout(), metadata });
  api.apply('rollouts', { ...aRollout(), metadata: { name: 'elsewhere', namespace: 'other' } });
  api.apply('canaries', canary({ provider: 'istio' }));
  const cluster = openCluster({
    ...{ clock, transport: api, fence: { remainingMs: () => 60_000 }, namespace: null, random: () => 0.5 },
    ...{ requestTimeoutMs: 1000, watchSilenceMs: 1e9, observe: () => undefined },
    targetSources: [...actuators.values()],
  });
  cluster.start();
  await clock.advance(1);
  await cluster.whenSynced();
  return { cluster, api, clock };
}

describe('who else moves the requests of a route', () => {
  it('is a Rollout of its namespace that names it, and a Canary of its name', async () => {
    const { cluster, api, clock } = await opened();
    const of = rollersIn(cluster);
    expect(of('VirtualService', 'lending', 'mesh')).toMatchObject([{ kind: 'Rollout', name: 'update', state: 'Active' }]);
    expect(of('HTTPRoute', 'lending', 'mesh')).toEqual([]);
    expect(of('VirtualService', 'lending', 'credit')).toEqual([
      { kind: 'Canary', name: 'credit', state: 'Active', services: ['credit-primary', 'credit-canary'] },
    ]);
    api.apply('canaries', canary({ service: { name: 'mesh' } }, 'another'));
    await clock.advance(1);
    expect(of('VirtualService', 'lending', 'mesh').map(({ name }) => name)).toEqual(['another', 'update']);
    await cluster.stop();
  });

  it('is kept without what nobody reads of it: pods and analyses are most of what there is', async () => {
    const { cluster } = await opened();
    const [rollout] = cluster.targets.get('Rollout')?.store.byIndex('namespace', 'lending') ?? [];
    expect(rollout?.['spec']).toMatchObject({ replicas: 5, strategy: { canary: {} } });
    expect(rollout?.['spec']).not.toHaveProperty('template');
    expect(cluster.rollers.canaries.store.list()[0]?.['spec']).toEqual({ targetRef: { name: 'credit' }, provider: 'istio' });
    await cluster.stop();
  });

  it.each([
    ['istio', ['VirtualService']],
    ['gatewayapi:v1beta1', ['HTTPRoute']],
    [undefined, ['VirtualService', 'HTTPRoute']],
    ['nginx', []],
  ])('makes, with provider %s, %j', (provider, kinds) => {
    const routes = routesOfRoller(canary(provider === undefined ? {} : { provider }) as never);
    expect(routes.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('is nobody where a Canary says nothing of use', () => {
    expect(routesOfRoller({ ...canary({}), spec: {} } as never)).toEqual([]);
  });
});
