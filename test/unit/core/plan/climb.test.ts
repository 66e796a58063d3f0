import { describe, expect, it } from '@jest/globals';
import { stepPlan } from '../../../../src/core/plan.ts';
import {
  aReading,
  aSnapshot,
  aStep,
  anAssessment,
  anEngagement,
  anIndicator,
  breachValue,
  intervalMs,
  limitStage,
  noReading,
  okValue,
  rollbackStage,
  shadowStage,
  startMs,
  warnValue,
} from '../../../builders/core.ts';
import { tellStory } from '../../../builders/core-story.ts';

/** Polls until the first stage: 60 s of breach, an interval apart. */
const toEngage = 5;
/** Polls from a verified stage to the next: escalateAfterSeconds at one interval each. */
const toEscalate = 20;

function engagedStory(changes: Parameters<typeof aSnapshot>[0] = {}, verifiesAtOnce = true) {
  const story = tellStory({ snapshot: aSnapshot(changes), verifiesAtOnce });
  story.poll(breachValue, toEngage);
  return story;
}

describe('escalating by time', () => {
  it('goes up one stage after escalateAfterSeconds of evidence, not one poll earlier', () => {
    const story = engagedStory();

    story.poll(breachValue, toEscalate - 1);
    expect(story.engaged().stage).toBe(0);

    const { transition } = story.poll(breachValue);
    expect(transition).toMatchObject({ kind: 'Escalated', from: 0, to: 1, engagement: 1 });
    expect(story.engaged()).toMatchObject({ evidencedMs: 0, verifiedAtMs: null, stageSinceMs: story.nowMs() });
  });

  it('ends at the last stage', () => {
    const story = engagedStory();
    story.poll(breachValue, 400);

    expect(
      story
        .transitions()
        .map(({ kind, to, reason }) => [kind, to, reason])
        .slice(0, 3),
    ).toEqual([
      ['Engaged', 0, 'BreachSafeNotAssessed'],
      ['Escalated', 1, 'BreachSafeNotAssessed'],
      ['Escalated', 2, 'BreachSafeNotAssessed'],
    ]);
  });

  it('counts nothing before the stage was verified', () => {
    const story = engagedStory({}, false);
    story.poll(breachValue, 100);
    expect(story.engaged()).toMatchObject({ stage: 0, evidencedMs: 0 });

    story.verify();
    story.poll(breachValue, toEscalate - 1);
    expect(story.engaged().stage).toBe(0);
    story.poll(breachValue);
    expect(story.engaged().stage).toBe(1);
  });

  it('stops the timer while there is nothing to go by, and goes on after', () => {
    const story = engagedStory();
    story.poll(breachValue, 10);
    story.poll(noReading, 200);
    const { evidencedMs } = story.engaged();

    story.poll(breachValue, 10);

    expect(evidencedMs).toBe(10 * intervalMs);
    expect(story.transitions().map(({ kind }) => kind)).toEqual(['Engaged', 'Escalated']);
  });

  it('needs a fresh breach now, however much time has passed', () => {
    const story = engagedStory();
    story.poll(warnValue, 200);
    expect(story.engaged().stage).toBe(0);

    expect(story.poll(breachValue).transition?.kind).toBe('Escalated');
  });

  it('forgets the time once every trigger is Clear', () => {
    const story = engagedStory({ recovery: { ...aSnapshot().recovery, stepSeconds: 1_000_000 } });
    story.poll(breachValue, toEscalate - 1);
    story.poll(okValue, 10);

    expect(story.engaged().evidencedMs).toBe(0);
  });

  it('does not escalate on a window that reaches back before the stage', () => {
    const input = aStep({
      memory: anEngagement({ evidencedMs: 10_000_000, verifiedAtMs: startMs - 59_999, stageSinceMs: startMs - 100_000 }),
      indicators: { 'score-drift': aReading('Firing', anAssessment(breachValue)) },
    });

    expect(stepPlan(input).transition).toBeNull();
    expect(
      stepPlan({
        ...input,
        memory: anEngagement({ evidencedMs: 10_000_000, verifiedAtMs: startMs - 60_000, stageSinceMs: startMs - 100_000 }),
      }).transition?.kind,
    ).toBe('Escalated');
  });

  it('never escalates on missing data that counts as breach', () => {
    const indicator = anIndicator({ onNoData: 'Breach' });
    const story = tellStory({ snapshot: aSnapshot(), indicators: [indicator] });

    story.poll(noReading, 500);

    expect(story.transitions().map(({ kind }) => kind)).toEqual(['Engaged']);
  });

  it('never escalates by time where the time is over before a window can be', () => {
    const story = engagedStory({ stages: [{ ...limitStage, escalateAfterSeconds: 119 }, shadowStage] });

    story.poll(breachValue, 500);

    expect(story.engaged().stage).toBe(0);
  });

  it('counts from the verification, not from the poll before it', () => {
    const memory = anEngagement({ verifiedAtMs: null, stageSinceMs: startMs, lastPolledAtMs: startMs });
    const nowMs = startMs + intervalMs;
    const indicators = { 'score-drift': aReading('Firing', anAssessment(breachValue, { atMs: nowMs })) };

    expect(stepPlan(aStep({ memory, indicators, nowMs, verifiedAtMs: nowMs - 5000 })).memory).toMatchObject({ evidencedMs: 5000 });
  });

  it('ignores a verification from before the stage began', () => {
    const memory = anEngagement({ verifiedAtMs: null, stageSinceMs: startMs - 1000 });

    expect(stepPlan(aStep({ memory, verifiedAtMs: startMs - 1001 })).memory).toMatchObject({ verifiedAtMs: null });
    expect(stepPlan(aStep({ memory, verifiedAtMs: startMs - 1000 })).memory).toMatchObject({ verifiedAtMs: startMs - 1000 });
  });

  it('counts from a later verification when the stage was broken in between', () => {
    const memory = anEngagement({ verifiedAtMs: startMs - 90_000, stageSinceMs: startMs - 90_000, evidencedMs: 10_000_000 });
    const indicators = { 'score-drift': aReading('Firing', anAssessment(breachValue)) };

    expect(stepPlan(aStep({ memory, indicators, verifiedAtMs: startMs - 10_000 })).transition).toBeNull();
  });
});

describe('enterOn', () => {
  const stages = [limitStage, shadowStage, { ...rollbackStage, enterOn: ['score-drift'] }];

  it('leads straight up, but only on evidence of the stage in force', () => {
    const memory = anEngagement({ verifiedAtMs: startMs - 30_000, stageSinceMs: startMs - 30_000 });
    const snapshot = aSnapshot({ stages });
    const at = (ms: number) => ({
      memory,
      snapshot,
      nowMs: ms,
      indicators: { 'score-drift': aReading('Firing', anAssessment(breachValue, { atMs: ms })) },
    });

    expect(stepPlan(aStep(at(startMs + 15_000))).transition).toBeNull();
    expect(stepPlan(aStep(at(startMs + 30_000))).transition).toMatchObject({ kind: 'Escalated', from: 0, to: 2 });
  });
});

describe('enterOn beside time', () => {
  it('goes to the higher stage when both are due', () => {
    const stages = [limitStage, shadowStage, { ...rollbackStage, enterOn: ['score-drift'] }];
    const memory = anEngagement({ evidencedMs: 10_000_000, verifiedAtMs: startMs - 100_000, stageSinceMs: startMs - 100_000 });

    const step = stepPlan(
      aStep({ memory, snapshot: aSnapshot({ stages }), indicators: { 'score-drift': aReading('Firing', anAssessment(breachValue)) } }),
    );

    expect(step.transition).toMatchObject({ kind: 'Escalated', to: 2 });
  });
});

describe('latching', () => {
  const recovery = { ...aSnapshot().recovery, flap: { maxEngagements: 1, windowSeconds: 86_400 } };

  function latchedStory() {
    const story = engagedStory({ recovery });
    story.poll(okValue, 40);
    expect(story.memory().phase).toBe('Idle');
    story.poll(breachValue, toEngage + 1);
    return story;
  }

  it('latches after one engagement too many and stays down for nobody but a person', () => {
    const story = latchedStory();
    expect(story.transitions().at(-1)).toMatchObject({ kind: 'Latched', from: 0, to: 0, reason: 'TooManyEngagements' });

    const { notes } = story.poll(okValue, 500);

    expect(story.engaged()).toMatchObject({ latched: true, stage: 0 });
    expect(notes).toEqual([{ kind: 'AwaitingDecision', stage: 0, cause: 'Latched' }]);
  });

  it('still goes up', () => {
    const story = latchedStory();

    story.poll(breachValue, toEscalate);

    expect(story.engaged()).toMatchObject({ latched: true, stage: 1 });
  });

  it('ends with a Release decision', () => {
    const story = latchedStory();
    story.decide({ action: 'Release', name: 'd1', author: 'ana', engagement: 2, expiresAtMs: null });

    expect(story.poll(okValue).transition).toMatchObject({ kind: 'Released', actor: 'ana' });
  });

  it('does not count engagements outside the window', () => {
    const story = engagedStory({ recovery: { ...recovery, flap: { maxEngagements: 1, windowSeconds: 600 } } });
    story.poll(okValue, 60);
    story.poll(breachValue, toEngage + 1);

    expect(story.engaged().latched).toBe(false);
  });
});

describe('regression: records of one engagement after the clock went back', () => {
  it('orders stages by when they were entered, so that a restart before the status is written loses none', () => {
    const story = tellStory({ snapshot: aSnapshot() });
    story.poll(breachValue, toEngage);
    const { stageSinceMs } = story.engaged();
    story.clockBack(7_200_000);
    story.loseStatus();
    // The jump restarts the count of evidence for one poll.
    story.poll(breachValue, toEscalate + 1);

    story.restart();

    expect(story.engaged()).toMatchObject({ stage: 1, stageSinceMs: stageSinceMs + 1 });
  });

  it('still takes a verification while the stage began ahead of the clock', () => {
    const memory = anEngagement({ verifiedAtMs: null, stageSinceMs: startMs + 7_200_000 });

    expect(stepPlan(aStep({ memory, verifiedAtMs: startMs - 1000 })).memory).toMatchObject({ verifiedAtMs: startMs - 1000 });
  });
});
