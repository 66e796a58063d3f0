import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { defaultVariant, isConstrained, isMirrored, phaseOf, shareOf, stepsOf } from '../../builders/traffic-view.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';

describe('an operator over objects in memory', () => {
  let world: MemoryOperator;
  const live = (plural: string, name: string): KubeObject => world.api.get(plural, name) as unknown as KubeObject;
  const share = (): number => shareOf(live('httproutes', 'credit'), 'credit-v2');

  beforeEach(async () => {
    world = await startMemoryOperator();
  });
  afterEach(() => world.stop());

  it('goes down the whole ladder and comes back', async () => {
    await world.pass(3);
    expect(share()).toBe(50);
    world.read(0.9);
    await world.passUntil('capped', () => share() === 10);
    await world.passUntil('in shadow', () => isMirrored(live('httproutes', 'credit')));
    await world.passUntil('rolled back', () => defaultVariant(live('featureflags', 'credit-flags')) === 'off');
    world.read(0.01);
    await world.passUntil('given back', () => !isConstrained(live('httproutes', 'credit')));
    await world.pass(5);
    expect(share()).toBe(50);
    expect(isConstrained(live('httproutes', 'credit'))).toBe(false);
    expect(phaseOf(live('mitigationplans', 'credit'))).toBe('Idle');
    expect(world.api.list('riskincidents').map((incident) => stepsOf(incident as unknown as KubeObject))).toEqual([
      ['Engaged', 'Escalated', 'Escalated', 'SteppedDown', 'SteppedDown', 'Released', 'Closed'],
    ]);
  });
});
