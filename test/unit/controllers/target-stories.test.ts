import { afterEach, describe, expect, it } from '@jest/globals';

import { actuatorsWithPatches } from '../../../src/actuators/registry.ts';
import { patchableKinds } from '../../builders/patchable-kinds.ts';
import { openMemoryStories } from '../../builders/memory-stories.ts';
import type { MemoryStories } from '../../builders/memory-stories.ts';
import { storyTargets } from '../../builders/story-target.ts';
import { targetStories } from '../../builders/target-stories.ts';

describe.each(storyTargets)('a $kind', (target) => {
  let stories: MemoryStories;

  afterEach(() => stories.memory.stop());

  it.each(Object.entries(targetStories))('%s', async (name, story) => {
    stories = await openMemoryStories();
    const refusal = name === 'escalate' && 'refused' in target.escalate ? target.escalate.refused : null;
    expect(await story(stories.world, target)).toBe(refusal);
  });
});

it('every kind of target there is has its stories told', () => {
  expect(storyTargets.map(({ kind }) => kind).sort()).toEqual([...actuatorsWithPatches(patchableKinds).keys()].sort());
});
