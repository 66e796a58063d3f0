import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { applyGuardedModelTo, memoryPlan, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';

let world: MemoryOperator;
const count = (kind = 'InferenceService') => world.sample('modelrisk_unregistered_models', 'lending', kind);
const serve = (name: string, labels: object = {}): void => {
  world.api.apply('inferenceservices', {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name, namespace: 'lending', labels },
    spec: { predictor: {} },
  });
};

beforeEach(async () => {
  world = await startMemoryOperator((api) => {
    applyGuardedModelTo(api);
  });
});
afterEach(() => world.stop());

it('no series tells of kinds there is nothing of', async () => {
  expect(await count()).toBeNull();
});

it('counts what serves a model and has no ModelRisk, until one names it', async () => {
  serve('fraud');
  serve('credit');
  serve('labelled', { 'modelrisk.dev/model': 'credit' });
  await world.pass(1);
  expect(await count()).toBe(1);
  world.api.apply(
    'mitigationplans',
    memoryPlan({
      targets: [{ name: 'served', inferenceService: { name: 'fraud' } }],
      stages: [{ name: 'limit', actions: [{ target: 'served', canaryLimit: { maxPercent: 0 } }] }],
    }),
  );
  await world.pass(1);
  expect(await count()).toBe(0);
  world.api.remove('modelrisks', 'credit');
  await world.pass(1);
  expect(await count()).toBe(3);
});

it('counts a Rollout only with the label', async () => {
  const rollout = (name: string, labels: object) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: 'lending', labels },
    spec: { template: {}, strategy: { canary: {} } },
  });
  world.api.apply('rollouts', rollout('shop', {}));
  await world.pass(1);
  expect(await count('Rollout')).toBeNull();
  world.api.apply('rollouts', rollout('churn', { 'modelrisk.dev/model': 'churn' }));
  await world.pass(1);
  expect(await count('Rollout')).toBe(1);
});
