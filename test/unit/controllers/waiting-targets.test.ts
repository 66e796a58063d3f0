import { afterEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, memoryPlan, memoryRoute, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { flagIn, shareIn } from '../../builders/memory-story.ts';
import { defaultVariant } from '../../builders/traffic-view.ts';

const service = (name: string) => ({ service: name, port: 8080 });
const route = (name: string, object: string) => ({
  name,
  httpRoute: { name: object, candidate: service('credit-v2'), safe: service('credit-v1') },
});
const capOn = (target: string, maxPercent: number) => ({ target, canaryLimit: { maxPercent } });
const flag = { name: 'flag', featureFlag: { name: 'credit-flags', flag: 'use-v2', safeVariant: 'off' } };

let world: MemoryOperator;
afterEach(() => world.stop());

/** Holds the first route too, within what the plan of the story asks of it. */
function other(suspend: 'Hold' | 'None'): object {
  const stages = [{ name: 'limit', actions: [capOn('traffic', 20)] }];
  const plan = memoryPlan({ suspend, targets: [route('traffic', 'credit')], stages }) as { readonly metadata: object };
  return { ...plan, metadata: { ...plan.metadata, name: 'other' } };
}

describe('a target that waits for those before it', () => {
  it('regression: goes on once a patch of one of them is answered that was for another plan and moved nothing', async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      const { metadata, ...second } = memoryRoute() as { readonly metadata: object };
      api.apply('httproutes', { ...second, metadata: { ...metadata, name: 'second' } });
      const actions = [capOn('traffic', 10), capOn('second', 10), { target: 'flag', flagRollback: {} }];
      api.apply(
        'mitigationplans',
        memoryPlan({ targets: [route('traffic', 'credit'), route('second', 'second'), flag], stages: [{ name: 'limit', actions }] }),
      );
      api.apply('mitigationplans', other('Hold'));
    });
    await world.clock.advance(1000);
    // No controller of the first route says anything: that it is not verified is told once.
    let isSlow = (name: string | null): boolean => name === 'second';
    world.api.onWrite(({ resource, name }) => (resource === 'httproutes' && isSlow(name) ? 'Slow' : 'Pass'));
    world.read(0.9);
    for (let waits = 0; shareIn(world) !== 10 && waits < 40; waits++) await world.clock.advance(50);
    await world.clock.advance(300);
    expect(defaultVariant(flagIn(world))).toBe('on');
    isSlow = () => true;
    world.api.apply('mitigationplans', other('None'));
    await world.clock.advance(200);
    expect(defaultVariant(flagIn(world))).toBe('on');
    await world.clock.advance(3000);
    expect(defaultVariant(flagIn(world))).toBe('off');
  });
});
