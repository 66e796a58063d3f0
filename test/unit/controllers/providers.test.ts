import { describe, expect, it } from '@jest/globals';

import { openCluster } from '../../../src/controllers/cluster.ts';
import { createProgramme } from '../../../src/controllers/programme.ts';
import { createProviderBook, createRiskPolicyController } from '../../../src/controllers/providers.ts';
import { applyGuardedModelTo, startMemoryOperator } from '../../builders/memory-operator.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import { createMemoryAPI } from '../../builders/memory-api.ts';
import type { MemoryAPI } from '../../builders/memory-api.ts';
import { conditionOf } from '../../builders/traffic-view.ts';
import { readsNothing } from '../../builders/references.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';

const policyWrites = ({ writes }: Pick<MemoryAPI, 'writes'>): number => writes.filter(({ resource }) => resource === 'riskpolicies').length;

async function anOperatorOf(namespace: string | null) {
  const clock = createManualClock();
  const api = createMemoryAPI(clock);
  applyGuardedModelTo(api);
  const cluster = openCluster({
    ...{ transport: api, fence: { remainingMs: () => 60_000 }, targetSources: [], namespace, requestTimeoutMs: 1000 },
    ...{ watchSilenceMs: 1e9, clock, random: () => 0.5, observe: () => undefined },
  });
  cluster.start();
  await clock.advance(1);
  await cluster.whenSynced();
  const programme = createProgramme(clock, () => undefined, readsNothing);
  for (const policy of cluster.own.policies.store.list()) programme.putPolicy(policy);
  for (const risk of cluster.own.risks.store.list()) programme.putRisk(risk);
  const providers = createProviderBook(programme, { source: { replaceProviders: () => [] }, clock });
  const judge = createRiskPolicyController({ cluster, programme, providers, clock });
  return { api, clock, providers, judge };
}

describe('the status of a policy', () => {
  const reachable = ({ api }: { readonly api: MemoryAPI }) =>
    conditionOf(api.get('riskpolicies', 'default') as unknown as KubeObject, 'ProvidersReachable');

  it('regression: two operators of one namespace each wrote it in turn for ever; now only those whose models follow it do', async () => {
    const stranger = await anOperatorOf('elsewhere');
    expect(await stranger.judge('default')).toEqual({ kind: 'Done' });
    expect(policyWrites(stranger.api)).toBe(0);
    for (const namespace of ['lending', null]) {
      const own = await anOperatorOf(namespace);
      await own.judge('default');
      expect(policyWrites(own.api)).toBe(1);
    }
  });

  it('keeps what was heard before a restart until the new process has heard something itself', async () => {
    const world = await startMemoryOperator();
    await world.pass(2);
    world.api.setStatus('riskpolicies', 'default', {
      conditions: [
        {
          type: 'ProvidersReachable',
          status: 'True',
          reason: 'Answering',
          message: '',
          lastTransitionTime: '2026-01-01T00:00:00Z',
          observedGeneration: 1,
        },
      ],
    });
    await world.restart();
    await world.pass(2);
    expect(reachable(world)).toMatchObject({ status: 'True', reason: 'Answering', lastTransitionTime: '2026-01-01T00:00:00Z' });
    await world.stop();
  });

  it('does not carry it over to another spec of the policy', async () => {
    const { api, clock, judge } = await anOperatorOf(null);
    api.setStatus('riskpolicies', 'default', {
      conditions: [
        {
          type: 'ProvidersReachable',
          status: 'True',
          reason: 'Answering',
          message: '',
          lastTransitionTime: '2026-01-01T00:00:00Z',
          observedGeneration: 0,
        },
      ],
    });
    await clock.advance(1);
    await judge('default');
    expect(reachable({ api })).toMatchObject({ status: 'Unknown', reason: 'NotAsked' });
  });

  it('is not written again because somebody else wrote it', async () => {
    const world = await startMemoryOperator();
    await world.pass(2);
    const before = policyWrites(world.api);
    world.api.setStatus('riskpolicies', 'default', { conditions: [] });
    await world.pass(5);
    expect(policyWrites(world.api)).toBe(before);
    await world.stop();
  });
});
