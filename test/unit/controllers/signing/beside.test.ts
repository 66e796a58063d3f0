import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clusterPolicy, clusterRisk, memoryDeployment } from '../../../builders/memory-cluster.ts';
import { applyGuardedModelTo, memoryPlan, startMemoryOperator } from '../../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../../builders/memory-operator.ts';
import { liveIn, shareIn } from '../../../builders/memory-story.ts';
import { signAll, signedTiers } from '../../../builders/signing.ts';

type Fields = Readonly<Record<string, unknown>>;
interface Written {
  readonly metadata: Fields;
  readonly spec: Fields;
}

const signal = { workload: { measure: 'UnreadyReplicasPercent' } };
const on = (...names: readonly string[]) => names.map((name) => ({ group: 'apps', kind: 'Deployment', name }));

function model(name: string, spec: Fields = {}): object {
  const written = clusterRisk({ threshold: { direction: 'Above', breach: 25, clear: 0 } }) as Written;
  return {
    ...written,
    metadata: { ...written.metadata, name, annotations: { 'modelrisk.dev/contributors': 'olga' } },
    spec: { ...written.spec, criticality: 'High', ...spec },
  };
}
/** The next version of the model beside the one that was signed, which nobody has signed yet. */
const next = model('credit-next', { workloadRefs: on('credit-v3'), model: { name: 'credit', version: '2.4.0' } });

let world: MemoryOperator;
beforeEach(async () => {
  world = await startMemoryOperator(
    (api) => {
      applyGuardedModelTo(api);
      const policy = clusterPolicy(signal) as Written;
      api.apply('riskpolicies', { ...policy, spec: { ...policy.spec, tiers: signedTiers } });
      api.apply('modelrisks', model('credit'));
      api.apply('namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'lending', labels: { 'modelrisk.dev/gate': 'Enforce' } },
      });
      memoryDeployment(api);
      memoryDeployment(api, { name: 'credit-v3' });
    },
    { watchSilenceMs: 2000 },
  );
  world.api.remove('mitigationplans', 'credit');
  await world.pass(3);
  await signAll(world);
  world.api.apply('mitigationplans', memoryPlan({ riskRef: { name: 'credit-next' } }));
});
afterEach(() => world.stop());

const termsOf = (name: string): readonly string[] => {
  const { status } = liveIn(world, 'modelrisks', name) as unknown as {
    readonly status: { readonly signedTerms?: readonly { readonly field: string }[] };
  };
  return (status.signedTerms ?? []).map(({ field }) => field);
};
const gated = (risk: string): readonly string[] => {
  const { spec } = world.api.get('riskgates', 'gate') as unknown as {
    readonly spec: { readonly models: readonly { readonly risk: string; readonly workloads: readonly { readonly name: string }[] }[] };
  };
  return (spec.models.find((each) => each.risk === risk)?.workloads ?? []).map(({ name }) => name);
};

describe('a ModelRisk of a signed model beside the one that was signed', () => {
  it('regression: is judged on what it runs on itself: by the signed one, which does well, nobody saw it fail', async () => {
    world.api.apply('modelrisks', next);
    await world.pass(3);
    expect(termsOf('credit-next')).not.toContain('workloadRefs');
    memoryDeployment(world.api, { name: 'credit-v3', ready: 0 });
    await world.passUntil('capped', () => shareIn(world) <= 10);
  });

  it('regression: asks nothing of the workloads of the other at the gate: nothing new of a signed model came in any more', async () => {
    world.api.apply('modelrisks', next);
    await world.pass(3);
    expect(gated('credit')).toEqual(['credit-v2']);
    expect(gated('credit-next')).toEqual(['credit-v3']);
  });

  it('takes the place of the one that was signed once that is gone: what was signed is looked at and gated', async () => {
    world.api.apply('modelrisks', next);
    await world.pass(3);
    world.api.remove('modelrisks', 'credit');
    await world.pass(3);
    expect(termsOf('credit-next')).toContain('workloadRefs');
    expect(gated('credit-next')).toEqual(['credit-v2', 'credit-v3']);
    memoryDeployment(world.api, { ready: 0 });
    await world.passUntil('capped', () => shareIn(world) <= 10);
  });

  it('does so where the one that was signed says it is another model', async () => {
    world.api.apply('modelrisks', next);
    await world.pass(3);
    world.api.apply('modelrisks', model('credit', { model: { name: 'fraud', version: '1.0.0' } }));
    await world.pass(3);
    expect(termsOf('credit-next')).toContain('workloadRefs');
  });
});
