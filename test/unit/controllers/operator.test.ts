import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { endOf, shareIn, tellStory } from '../../builders/memory-story.ts';

describe('an operator over objects in memory', () => {
  let world: MemoryOperator;

  beforeEach(async () => {
    world = await startMemoryOperator();
  });
  afterEach(() => world.stop());

  it('leaves a quiet model alone and writes nothing once all is said', async () => {
    await world.pass(3);
    const before = world.api.writes.length;
    await world.pass(20);
    expect(shareIn(world)).toBe(50);
    expect(world.api.writes.slice(before)).toEqual([]);
  });

  it('goes down the whole ladder and comes back', async () => {
    const before = endOf(world);
    await tellStory(world);
    expect(endOf(world)).toEqual({
      ...before,
      phase: 'Idle',
      incidents: [['Engaged', 'Escalated', 'Escalated', 'SteppedDown', 'SteppedDown', 'Released', 'Closed']],
    });
  });
});
