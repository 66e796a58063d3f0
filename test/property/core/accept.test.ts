import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PlanSnapshot } from '../../../src/core/model/plan.ts';
import { anyHappenings, anyReadings, anySnapshot, hastyIndicators } from '../../builders/core-arbitraries.ts';
import type { Happening } from '../../builders/core-arbitraries.ts';
import { tellStory } from '../../builders/core-story.ts';
import type { StoryStep } from '../../builders/core-story.ts';

const names = hastyIndicators.map(({ name }) => name);
const anyNames = fc.subarray(names, { minLength: 1 });

interface Twins {
  readonly without: StoryStep;
  readonly accepted: StoryStep;
}

type Readings = Parameters<ReturnType<typeof tellStory>['poll']>[0];

/** The same life twice, and then one look, in one of them with the acceptance. */
function tellTwice(
  snapshot: PlanSnapshot,
  happenings: readonly Happening[],
  look: { readonly readings: Readings; readonly indicators: readonly string[] },
): Twins {
  const told = (accepts: boolean): StoryStep => {
    const story = tellStory({ snapshot, indicators: hastyIndicators, verifiesAtOnce: true });
    for (const happening of happenings) happening.run(story);
    const expiresAtMs = story.nowMs() + 3_600_000;
    if (accepts) story.decide({ action: 'Accept', name: 'accept', author: 'rita', indicators: look.indicators, expiresAtMs });
    else story.decide();
    story.poll(look.readings, 1);
    const last = story.steps.at(-1);
    if (last === undefined) throw new Error('a poll is a step');
    return last;
  };
  return { without: told(false), accepted: told(true) };
}

function everyTwins(check: (twins: Twins, indicators: readonly string[]) => void, numRuns = 1500): void {
  fc.assert(
    fc.property(anySnapshot, anyHappenings, anyReadings, anyNames, (snapshot, happenings, readings, indicators) => {
      check(tellTwice(snapshot, happenings, { readings, indicators }), indicators);
    }),
    { numRuns },
  );
}

const downward = ['Released', 'SteppedDown'];
const upward = ['Proposed', 'Engaged', 'Escalated'];

describe('an accepted breach', () => {
  it('begins nothing: what goes up with it went up without it', () => {
    let kept = 0;
    everyTwins(({ without, accepted }) => {
      const [was, is] = [without.transition?.kind ?? '', accepted.transition?.kind ?? ''];
      if (upward.includes(is)) expect(upward).toContain(was);
      if (upward.includes(was) && is === '') kept += 1;
    });
    expect(kept).toBeGreaterThan(10);
  });

  it('gives nothing back: what goes down with it goes down without it', () => {
    let down = 0;
    // One look in a hundred goes down: of so many runs, about 75 do, and no seed sees 10.
    everyTwins(({ without, accepted }) => {
      if (!downward.includes(accepted.transition?.kind ?? '')) return;
      down += 1;
      expect(accepted.transition?.kind).toBe(without.transition?.kind);
    }, 7500);
    expect(down).toBeGreaterThan(10);
  });

  it('changes nothing while what it names does not fire', () => {
    let same = 0;
    everyTwins(({ without, accepted }) => {
      if (accepted.notes.some(({ kind }) => kind === 'Accepted')) return;
      same += 1;
      expect(accepted.after).toEqual(without.after);
      expect(accepted.transition).toEqual(without.transition);
    });
    expect(same).toBeGreaterThan(10);
  });
});
