import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryPlan, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf, phaseOf } from '../../builders/traffic-view.ts';

const timeoutSeconds = 60;

describe('a question that times out, under a hold', () => {
  let world: MemoryOperator;
  const plan = (suspend: 'None' | 'Hold') => {
    const approval = { roles: ['risk'], timeoutSeconds, onTimeout: 'Engage' };
    world.api.apply('mitigationplans', memoryPlan({ mode: 'Approve', approval, suspend }));
  };
  const held = () => conditionOf(planIn(world), 'Held')?.status;

  beforeEach(async () => {
    world = await startMemoryOperator();
    plan('None');
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('asked', () => phaseOf(planIn(world)) === 'Proposed');
    plan('Hold');
    await world.passUntil('held', () => held() === 'True');
    await world.pass(2 * timeoutSeconds);
    expect(phaseOf(planIn(world))).toBe('Proposed');
  });
  afterEach(() => world.stop());

  it.each([
    ['is seen', () => Promise.resolve()],
    ['regression: fell into a restart', () => world.restart(1)],
    ['came before a restart', () => world.pass(2).then(() => world.restart())],
  ])('is asked anew once it is over, when its end %s', async (what, between) => {
    if (!what.startsWith('came')) {
      const ending = between();
      plan('None');
      await ending;
    } else {
      plan('None');
      await between();
    }
    await world.pass(timeoutSeconds - 20);
    expect([phaseOf(planIn(world)), shareIn(world)]).toEqual(['Proposed', 50]);
    await world.pass(30);
    expect(phaseOf(planIn(world))).toBe('Engaged');
  });
});
