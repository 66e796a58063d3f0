import { afterEach, describe, expect, it } from '@jest/globals';
import { applyClusterModelTo, clusterPolicy, clusterRisk, memoryDeployment } from '../../builders/memory-cluster.ts';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { shareIn } from '../../builders/memory-story.ts';

type Fields = Readonly<Record<string, unknown>>;

const quorum = {
  name: 'both',
  risk: 'stale-population',
  signal: { quorum: { indicators: ['score-drift', 'second'], atLeast: 2 } },
  forSeconds: 0,
  clearForSeconds: 1,
};
const stages = [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }];

/** The indicator of a risk, once more by a second signal, and the quorum of both. */
function withQuorum(risk: object, spec: Fields = {}): object {
  const { spec: written } = risk as { readonly spec: Fields & { readonly indicators: readonly Fields[] } };
  const [first] = written.indicators;
  const second = { ...first, name: 'second', signal: { template: { name: 'second' } } };
  return { ...risk, spec: { ...written, ...spec, indicators: [first, second, quorum] } };
}

function withSecond(policy: object, changes: Fields = {}): object {
  const { spec } = policy as { readonly spec: Fields & { readonly signals: readonly Fields[] } };
  const [first] = spec.signals;
  return { ...policy, spec: { ...spec, signals: [first, { ...first, name: 'second', ...changes }] } };
}

let world: MemoryOperator;
afterEach(() => world.stop());

const indicator = (name: string): Fields | undefined =>
  (
    world.api.get('modelrisks', 'credit') as unknown as { readonly status: { readonly indicators: readonly Fields[] } }
  ).status.indicators.find((each) => each['name'] === name);

describe('a quorum of what is pushed', () => {
  const push = (signal: string, value: number) =>
    world.push('/v1/readings', {
      ...{ namespace: 'lending', model: 'credit', version: '2.3.0', served: 'Live', signal, value },
      time: world.clock.nowMs() / 1000,
    });

  it('is counted in the turn of the push, long before the next poll', async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      const common = { name: 'score-drift', windowSeconds: 1, measurableIn: ['Live', 'Shadow'], push: {} };
      api.apply('riskpolicies', withSecond({ ...memoryPolicy(), spec: { signals: [common] } }));
      api.apply('modelrisks', withQuorum(memoryRisk(), { evaluationIntervalSeconds: 600 }));
      api.apply('mitigationplans', memoryPlan({ trigger: { indicators: ['both'] }, stages }));
    });
    await world.pass(1);
    expect(await push('score-drift', 0.9)).toBe(200);
    await world.pass(1);
    expect(indicator('both')).toMatchObject({ verdict: 'Insufficient' });
    expect(shareIn(world)).toBe(50);
    expect(await push('second', 0.9)).toBe(200);
    await world.pass(0.25);
    expect(shareIn(world)).toBe(10);
    expect(indicator('both')).toMatchObject({ verdict: 'Breach', value: 2 });
  });
});

describe('a quorum of what the cluster says', () => {
  it('engages on both, and has no false alarms by chance, as its members have none', async () => {
    const unready = { workload: { measure: 'UnreadyReplicasPercent' } };
    world = await startMemoryOperator((api) => {
      applyClusterModelTo(api, unready);
      api.apply('riskpolicies', withSecond(clusterPolicy(unready)));
      api.apply('modelrisks', withQuorum(clusterRisk({ threshold: { direction: 'Above', breach: 25, clear: 0 } })));
      api.apply('mitigationplans', memoryPlan({ trigger: { indicators: ['both'] }, stages }));
    });
    await world.pass(3);
    expect(indicator('both')).toMatchObject({ verdict: 'Ok', value: 0 });
    const none = { lookChance: 0, monthlyAtLeast: 0, monthlyAtMost: 0 };
    expect(indicator('score-drift')?.['falseAlarms']).toEqual({ assuming: 'Counted', ...none });
    expect(indicator('both')?.['falseAlarms']).toEqual({ assuming: 'Members', ...none });
    expect(world.api.get('modelrisks', 'credit')).toMatchObject({
      status: {
        conditions: expect.arrayContaining([expect.objectContaining({ type: 'Calibrated', status: 'True', reason: 'WithinLimit' })]),
      },
    });
    memoryDeployment(world.api, { ready: 1 });
    await world.passUntil('capped', () => shareIn(world) === 10);
    expect(indicator('both')).toMatchObject({ verdict: 'Breach', value: 2 });
  });
});
