import { afterEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../testbed/api-client.ts';
import { evaluate, handWritten } from '../../builders/flagd-config-map.ts';
import { applyGuardedModelTo, memoryPlan, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn, planIn } from '../../builders/memory-story.ts';
import { conditionOf, isConstrained } from '../../builders/traffic-view.ts';

const plan = memoryPlan({
  targets: [
    { name: 'flag', flagdConfigMap: { name: 'credit-flags', key: 'flags.json', flag: 'use-v2', safeVariant: 'off', settleSeconds: 0 } },
  ],
  stages: [{ name: 'rollback', actions: [{ target: 'flag', flagRollback: {} }] }],
});

const file = (text = handWritten, labels: Readonly<Record<string, string>> = { 'modelrisk.dev/target': 'true' }): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'credit-flags', namespace: 'lending', labels },
  data: { 'flags.json': text },
});

describe('a flag in a ConfigMap', () => {
  let world: MemoryOperator;

  afterEach(() => world.stop());

  const readiness = () => conditionOf(planIn(world), 'Ready');
  const map = (): KubeObject => liveIn(world, 'configmaps', 'credit-flags');
  const text = (): string => (map()['data'] as { readonly 'flags.json': string })['flags.json'];
  const isOff = (): boolean => !evaluate(text());
  /** Rolled back by itself, a flag leaves nothing that could tell when to go back: only people do. */
  const giveBack = async (): Promise<void> => {
    world.api.remove('mitigationplans', 'credit');
    await world.passUntil('given back', () => !isConstrained(map()));
  };
  const start = async (object: object | null, prepare: Parameters<typeof startMemoryOperator>[0] = () => undefined): Promise<void> => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      if (object !== null) api.apply('configmaps', object);
      api.apply('mitigationplans', plan);
      prepare(api);
    });
    await world.pass(2);
  };

  it('is rolled back and given back to the byte, as flagd reads the file', async () => {
    await start(file());
    expect(readiness()).toMatchObject({ status: 'True' });
    expect(evaluate(text())).toBe(true);
    world.read(0.9);
    await world.passUntil('rolled back', isOff);
    await giveBack();
    expect(text()).toBe(handWritten);
  });

  it('is found again by a process that starts while it is held', async () => {
    await start(file());
    world.read(0.9);
    await world.passUntil('rolled back', isOff);
    await world.restart();
    await world.pass(2);
    expect(isOff()).toBe(true);
    await giveBack();
    expect(text()).toBe(handWritten);
  });

  it('is nobody’s target without its label: the plan says what to do, and is ready once it is done', async () => {
    await start(file(handWritten, {}));
    expect(readiness()).toMatchObject({
      status: 'False',
      reason: 'TargetMissing',
      message: expect.stringContaining(
        'ConfigMap credit-flags (target flag) is not in namespace lending with the label modelrisk.dev/target: "true"; create it, give it the label, or correct the target\'s name.',
      ),
    });
    world.api.apply('configmaps', file());
    await world.passUntil('ready', () => readiness()?.status === 'True');
  });

  it('needs rights somebody binds: the plan says which, and is ready once they are', async () => {
    await start(file(), (api) => {
      api.forbid('configmaps');
    });
    expect(readiness()).toMatchObject({
      status: 'False',
      reason: 'RightsMissing',
      message: expect.stringContaining(
        'kubectl create rolebinding modelrisk-operator-configmaps --namespace lending --clusterrole modelrisk-operator-configmaps',
      ),
    });
    world.api.allow('configmaps');
    await world.passUntil('ready', () => readiness()?.status === 'True');
  });

  it.each([
    ['flags:\n  use-v2: {}\n', 'FlagsUnreadable', 'Key flags.json of ConfigMap lending/credit-flags is not JSON'],
    ['{"flags": {}}', 'FlagMissing', 'Key flags.json of ConfigMap lending/credit-flags has no flag use-v2'],
    ['{"flags": {"use-v2": {"variants": {"on": true}}}}', 'VariantMissing', 'has no variant off (it has: on)'],
  ])('that can’t be rolled back makes the plan say why before it matters: %j', async (written, reason, message) => {
    await start(file(written));
    expect(readiness()).toMatchObject({ status: 'False', reason, message: expect.stringContaining(message) });
  });

  it('says so while it is engaged, too, and goes on when the file can be read', async () => {
    await start(file());
    world.read(0.9);
    await world.passUntil('rolled back', isOff);
    world.api.apply('configmaps', { ...map(), data: { 'flags.json': `${text()}]` } });
    await world.passUntil('said', () => readiness()?.reason === 'FlagsUnreadable');
    world.api.apply('configmaps', { ...map(), data: { 'flags.json': text().slice(0, -1) } });
    await world.passUntil('ready', () => readiness()?.status === 'True');
    await giveBack();
    expect(text()).toBe(handWritten);
  });
});

it('nothing is asked of ConfigMaps where no plan names one', async () => {
  const world = await startMemoryOperator();
  await world.pass(5);
  expect(world.api.requests.filter(({ resource }) => resource === 'configmaps')).toEqual([]);
  await world.stop();
});
