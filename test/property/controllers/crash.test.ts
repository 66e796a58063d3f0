import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { KubeRequest } from '../../../testbed/kube-request.ts';
import { startMemoryOperator } from '../../builders/memory-operator.ts';
import { endOf, tellStory } from '../../builders/memory-story.ts';
import { endings, plantFault } from '../../builders/write-fault.ts';
import type { Ending } from '../../builders/write-fault.ts';

/** The story with one write gone wrong (the first `isIt` names). */
async function storyWith(isIt: Parameters<typeof plantFault>[1], ending: Ending): Promise<{ readonly end: object; readonly what: string }> {
  const world = await startMemoryOperator();
  const fault = plantFault(world, isIt, ending);
  await tellStory(world);
  const end = endOf(world);
  await world.stop();
  return { end, what: fault.what() ?? 'no write' };
}

describe('whatever becomes of one write', () => {
  let wanted: object;
  let total: number;

  beforeAll(async () => {
    const world = await startMemoryOperator();
    await tellStory(world);
    wanted = endOf(world);
    total = world.api.writes.length;
    await world.stop();
  }, 30_000);

  it('the story ends as if nothing had happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: total }), fc.constantFrom(...endings), async (nth, ending) => {
        const { end, what } = await storyWith((_, count) => count === nth, ending);
        expect({ what, ending, ...end }).toEqual({ what, ending, ...wanted });
      }),
      { numRuns: 60 },
    );
  }, 240_000);

  it.each([1, 2, 3, 4])('regression: nothing stays constrained when patch %i of the flag lands and its answer is lost', async (wanting) => {
    let patches = 0;
    const isPatch = ({ resource }: KubeRequest): boolean => resource === 'featureflags' && ++patches === wanting;
    const { end, what } = await storyWith(isPatch, 'loses its answer');
    expect({ what, ...end }).toEqual({ what: 'patch featureflags credit-flags', ...wanted });
  });

  it('regression: an incident that was opened but not written to begins with Engaged, not with Escalated', async () => {
    const isFirstEntry = ({ resource, subresource }: KubeRequest): boolean => resource === 'riskincidents' && subresource === 'status';
    const { end, what } = await storyWith(isFirstEntry, 'dies before it lands');
    expect(what).toMatch(/^patch riskincidents .* status$/);
    expect(end).toEqual(wanted);
  }, 30_000);
});
