import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { KubeObject } from '../../../testbed/api-client.ts';
import { startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { flagIn, shareIn, untilGivenBack } from '../../builders/memory-story.ts';
import { defaultVariant, stepsOf } from '../../builders/traffic-view.ts';

describe('steps taken while the record could not be written', () => {
  let world: MemoryOperator;
  const steps = (): readonly (readonly string[])[] => world.api.list('riskincidents').map((each) => stepsOf(each as unknown as KubeObject));
  const isRolledBack = (): boolean => defaultVariant(flagIn(world)) === 'off';

  beforeEach(async () => {
    world = await startMemoryOperator();
    await world.pass(2);
    world.read(0.9);
  });
  afterEach(() => world.stop());

  it('regression: are all on record after a crash, not the last one only', async () => {
    world.api.onWrite(({ resource }) => (resource.startsWith('risk') ? 'Lose' : 'Pass'));
    await world.passUntil('capped', () => shareIn(world) <= 10);
    await world.passUntil('rolled back', isRolledBack);
    expect(steps()).toEqual([]);
    await world.restart();
    world.api.onWrite(() => 'Pass');
    world.read(0.01);
    await untilGivenBack(world);
    expect(steps()).toEqual([['Engaged', 'Escalated', 'Escalated', 'SteppedDown', 'SteppedDown', 'Released', 'Closed']]);
  });

  it('outlive a second crash, and are recorded once', async () => {
    world.api.onWrite(({ resource }) => (resource === 'riskincidents' ? 'Lose' : 'Pass'));
    await world.passUntil('rolled back', isRolledBack);
    await world.restart();
    world.read(0.01);
    await world.passUntil('back in shadow', () => !isRolledBack());
    await world.restart();
    world.api.onWrite(() => 'Pass');
    await world.pass(3);
    await world.restart();
    await untilGivenBack(world);
    expect(steps()).toEqual([['Engaged', 'Escalated', 'Escalated', 'SteppedDown', 'SteppedDown', 'Released', 'Closed']]);
  });
});
