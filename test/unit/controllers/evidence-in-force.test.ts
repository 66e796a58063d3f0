import { afterEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, memoryPolicy, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

describe('evidence a stage may move on', () => {
  let world: MemoryOperator;
  afterEach(() => world.stop());

  const inStage = (name: string) => (): boolean => (planIn(world).status as { stage?: { name: string } } | undefined)?.stage?.name === name;

  it('regression: a good reading of copies brings no caller back where the signal is only measurable live', async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', memoryPolicy({ measurableIn: ['Live'] }));
    });
    world.read(0.9);
    await world.passUntil('in shadow', inStage('shadow'));
    world.read(0.01);
    await world.pass(30);
    expect(shareIn(world)).toBe(0);
    expect(world.api.get('modelrisks', 'credit')).toMatchObject({ status: { indicators: [{ name: 'score-drift', state: 'Firing' }] } });
    expect(conditionOf(planIn(world), 'AwaitingEvidence')).toMatchObject({ status: 'True', reason: 'AwaitingEvidence' });
  });
});
