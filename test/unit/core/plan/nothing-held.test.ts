import { describe, expect, it } from '@jest/globals';
import { aSnapshot, breachValue, intervalMs, noReading, okValue, shadowStage, warnValue } from '../../../builders/core.ts';
import { tellStory } from '../../../builders/core-story.ts';
import type { Story } from '../../../builders/core-story.ts';

const { stepSeconds } = aSnapshot().recovery;
/** Polls until the first stage, and polls of good readings until the indicator is Clear and the step is over, at the latest. */
const toEngage = 5;
const toRecover = 40;

function engagedOnNothing(changes: Parameters<typeof aSnapshot>[0] = {}): Story {
  const story = tellStory({ snapshot: aSnapshot(changes), verifiesAtOnce: false });
  story.poll(breachValue, toEngage);
  story.takeTargetsAway();
  return story;
}

describe('an engagement none of whose targets exists', () => {
  it('regression: is over on Ok of its own time, held for stepSeconds', () => {
    const story = engagedOnNothing();
    const began = story.engaged().stageSinceMs;
    story.poll(okValue, toRecover);
    expect(story.transitions().map(({ kind, reason }) => [kind, reason])).toEqual([
      ['Engaged', 'BreachSafeNotAssessed'],
      ['Released', 'Recovered'],
    ]);
    const end = story.steps.find(({ transition }) => transition?.kind === 'Released');
    expect((end?.nowMs ?? 0) - began).toBeGreaterThanOrEqual(stepSeconds * 1000 + 60_000);
  });

  it('regression: goes by live answers, whatever its stage would have left', () => {
    const story = engagedOnNothing({ stages: [shadowStage] });
    story.poll(okValue, toRecover);
    expect(story.transitions().at(-1)).toMatchObject({ kind: 'Released' });
  });

  it.each([
    ['breaching', breachValue],
    ['between the limits', warnValue],
    ['unknown', noReading],
  ])('goes on while readings are %s, and never climbs by time', (_what, reading) => {
    const story = engagedOnNothing();
    story.poll(reading, 200);
    expect(story.transitions().map(({ kind }) => kind)).toEqual(['Engaged']);
  });

  it('waits for the stage to be seen again once a target is there', () => {
    const story = engagedOnNothing();
    story.poll(okValue, 10);
    story.takeTargetsAway(false);
    story.poll(okValue, 200);
    expect(story.engaged()).toMatchObject({ okSinceMs: null, verifiedAtMs: null });
    story.verify();
    const seenAt = story.nowMs();
    story.poll(okValue, toRecover);
    const end = story.steps.find(({ transition }) => transition?.kind === 'Released');
    expect((end?.nowMs ?? 0) - seenAt).toBeGreaterThanOrEqual(stepSeconds * 1000 + intervalMs);
  });
});
