import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, startMemoryOperator } from '../../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../../builders/memory-operator.ts';
import { liveIn } from '../../../builders/memory-story.ts';
import { signedPolicy, signedRisk } from '../../../builders/signing.ts';
import { conditionOf } from '../../../builders/traffic-view.ts';

type Fields = Readonly<Record<string, unknown>>;

let world: MemoryOperator;
const workloadRefs = [{ group: 'apps', kind: 'Deployment', name: 'credit-v2' }];
const named = (name: string, spec: Fields) => {
  const risk = signedRisk(spec) as { readonly metadata: Fields };
  return { ...risk, metadata: { ...risk.metadata, name } };
};
const ready = (name: string) => {
  const { status, reason, message } = conditionOf(liveIn(world, 'modelrisks', name), 'Ready') ?? {};
  return { status, reason, message };
};

beforeEach(async () => {
  world = await startMemoryOperator((api) => {
    applyGuardedModelTo(api);
    api.apply('riskpolicies', signedPolicy());
    api.apply('modelrisks', signedRisk({ workloadRefs }));
  });
  await world.pass(2);
});
afterEach(() => world.stop());

describe('two ModelRisks of one model on one workload', () => {
  it('are told by the younger one, until the other is gone', async () => {
    await world.pass(2);
    world.api.apply('modelrisks', named('credit-2', { workloadRefs }));
    await world.pass(3);
    expect(ready('credit')).toMatchObject({ status: 'True' });
    expect(ready('credit-2')).toMatchObject({ status: 'False', reason: 'ModelTwice' });
    expect(ready('credit-2').message).toMatch(
      /^ModelRisk credit speaks for model credit on Deployment credit-v2 too, .*: delete one of them/,
    );
    world.api.remove('modelrisks', 'credit');
    await world.pass(2);
    expect(ready('credit-2')).toMatchObject({ status: 'True' });
  });

  it.each([
    ['another workload', { workloadRefs: [{ group: 'apps', kind: 'Deployment', name: 'credit-v3' }] }],
    ['no workload', { workloadRefs: [] }],
    ['another model on the same one', { workloadRefs, model: { name: 'fraud', version: '1.0.0' } }],
  ])('are two in their own right with %s', async (_, spec) => {
    world.api.apply('modelrisks', named('credit-2', spec));
    await world.pass(3);
    expect(ready('credit-2')).toMatchObject({ status: 'True' });
  });
});
