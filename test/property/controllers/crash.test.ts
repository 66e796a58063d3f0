import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { KubeRequest } from '../../../testbed/kube-request.ts';
import { startMemoryOperator } from '../../builders/memory-operator.ts';
import type { WriteFault } from '../../builders/memory-api.ts';
import { describeWrite, endOf, tellStory } from '../../builders/memory-story.ts';

const endings = ['dies before it lands', 'dies after it landed', 'fails once', 'loses its answer'] as const;
type Ending = (typeof endings)[number];

/** The story with one write gone wrong (the first `isIt` names); a process that died is replaced a moment later. */
async function storyWith(
  isIt: (write: KubeRequest, nth: number) => boolean,
  ending: Ending,
): Promise<{ readonly end: object; readonly what: string }> {
  const world = await startMemoryOperator();
  let count = 0;
  let isDead = false;
  let isOver = false;
  let what = 'no write';
  world.api.onWrite((write): WriteFault => {
    if (isDead) return 'Lose';
    count += 1;
    if (isOver || !isIt(write, count)) return 'Pass';
    isOver = true;
    what = describeWrite(write);
    if (ending.startsWith('dies')) {
      isDead = true;
      world.clock.after(600, () => {
        void world.restart();
        isDead = false;
      });
    }
    return ending === 'dies after it landed' || ending === 'loses its answer' ? 'LoseAnswer' : 'Lose';
  });
  await tellStory(world);
  const end = endOf(world);
  await world.stop();
  return { end, what };
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
