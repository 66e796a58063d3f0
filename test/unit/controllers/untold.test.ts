import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { KubeObject } from '../../../testbed/api-client.ts';
import type { WriteFault } from '../../builders/memory-api.ts';
import { memoryPlan, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { phaseOf, stepsOf } from '../../builders/traffic-view.ts';

describe('a step no target has taken yet', () => {
  let world: MemoryOperator;
  const recorded = () => world.api.list('riskincidents') as unknown as readonly KubeObject[];
  const lose = (resource: string, fault: WriteFault = 'Lose'): void => {
    world.api.onWrite((write) => (write.resource === resource && write.subresource === null ? fault : 'Pass'));
  };

  beforeEach(async () => {
    world = await startMemoryOperator();
    await world.pass(2);
    world.read(0.9);
  });
  afterEach(() => world.stop());

  it('regression: is told nowhere, so that a crash leaves no engagement without its evidence', async () => {
    lose('httproutes');
    await world.pass(3);
    expect([phaseOf(planIn(world)), recorded().length]).toEqual(['Idle', 0]);
    world.api.onWrite(() => 'Pass');
    await world.restart();
    await world.passUntil('capped and on record', () => shareIn(world) <= 10 && recorded().length > 0);
    const [incident] = recorded();
    expect(incident?.['spec']).toMatchObject({ trigger: [{ indicator: 'score-drift', verdict: 'Breach' }] });
    expect(phaseOf(planIn(world))).toBe('Engaged');
  });

  it('is told as soon as it was taken, whatever became of the patches that failed before', async () => {
    lose('httproutes');
    await world.pass(3);
    world.api.onWrite(() => 'Pass');
    await world.passUntil(
      'told',
      () => phaseOf(planIn(world)) === 'Engaged' && recorded().some((each) => stepsOf(each).includes('Engaged')),
    );
    expect(shareIn(world)).toBe(10);
  });

  it('is told when its target is gone: people must see that nothing was done', async () => {
    world.api.remove('httproutes', 'credit');
    await world.passUntil('told', () => phaseOf(planIn(world)) === 'Engaged');
    expect(recorded()).toHaveLength(1);
  });

  it('does not keep a question of Approve mode from being asked', async () => {
    world.read(0.01);
    await world.pass(2);
    world.api.apply('mitigationplans', memoryPlan({ mode: 'Approve', approval: { roles: ['risk'] } }));
    await world.pass(1);
    lose('httproutes');
    world.read(0.9);
    await world.passUntil('asked', () => phaseOf(planIn(world)) === 'Proposed' && recorded().length === 1);
  });
});
