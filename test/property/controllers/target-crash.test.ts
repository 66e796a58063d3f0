import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { openMemoryStories } from '../../builders/memory-stories.ts';
import { storyTargets } from '../../builders/story-target.ts';
import { targetStories } from '../../builders/target-stories.ts';
import type { Story } from '../../builders/target-stories.ts';
import { endings, plantFault } from '../../builders/write-fault.ts';

/** Writes of the operator a story takes without a fault. */
async function writesOf(story: Story, target: (typeof storyTargets)[number]): Promise<number> {
  const { memory, world } = await openMemoryStories();
  const before = memory.api.writes.length;
  await story(world, target);
  await memory.stop();
  return memory.api.writes.length - before;
}

/** Told by the stories themselves, which know what users get back and throw when it is anything else. */
describe.each(storyTargets.map((target) => ({ kind: target.kind, target })))('whatever becomes of one write of a $kind', ({ target }) => {
  const stories = Object.entries(targetStories);

  it('each story is told to the same end', async () => {
    const counts = new Map<string, number>();
    for (const [name, story] of stories) counts.set(name, await writesOf(story, target));
    const told = stories.filter(([name]) => (counts.get(name) ?? 0) > 0).map(([name]) => name);
    expect(told.length).toBeGreaterThanOrEqual(stories.length - 1);
    const anyWrite = fc
      .constantFrom(...told)
      .chain((name) => fc.record({ name: fc.constant(name), nth: fc.integer({ min: 1, max: counts.get(name) ?? 1 }) }));
    await fc.assert(
      fc.asyncProperty(anyWrite, fc.constantFrom(...endings), async ({ name, nth }, ending) => {
        const { memory, world } = await openMemoryStories();
        const fault = plantFault(memory, (_, count) => count === nth, ending);
        await targetStories[name]?.(world, target);
        expect(fault.what()).not.toBeNull();
        await memory.stop();
      }),
      { numRuns: 25 },
    );
  }, 240_000);
});
