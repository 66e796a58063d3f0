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
  flag,
  noReading,
  okValue,
  shadowStage,
  startMs,
  warnValue,
} from '../../../builders/core.ts';
import { tellStory } from '../../../builders/core-story.ts';

function storyAt(stage: number, changes: Parameters<typeof aSnapshot>[0] = {}, indicator = anIndicator()) {
  return tellStory({ snapshot: aSnapshot(changes), indicators: [indicator], memory: anEngagement({ stage, lastPolledAtMs: null }) });
}

describe('stepping down on evidence', () => {
  it('goes from shadow to limit to release, a stage at a time, each on Ok of its own', () => {
    const story = storyAt(1);
    story.poll(breachValue, 5);
    story.poll(okValue, 80);

    expect(story.transitions().map(({ kind, from, to, reason }) => [kind, from, to, reason])).toEqual([
      ['SteppedDown', 1, 0, 'Recovered'],
      ['Released', 0, null, 'Recovered'],
    ]);
    expect(story.steps.filter(({ transition }) => transition !== null).map(({ assessed }) => assessed[0]?.served)).toEqual([
      'Shadow',
      'Live',
    ]);
  });

  it('holds Ok for stepSeconds after the first window that lies in the stage', () => {
    const story = storyAt(0);
    // The window of 60 s lies in the stage from the fourth poll on; 120 s later is the twelfth.
    story.poll(okValue, 11);
    expect(story.memory().phase).toBe('Engaged');

    story.poll(okValue);
    expect(story.memory()).toMatchObject({ phase: 'Idle', lastEngagement: 1 });
  });

  it.each([
    ['a warning', warnValue],
    ['no data', noReading],
  ])('starts the wait again after %s', (_case, between) => {
    const story = storyAt(0);
    story.poll(okValue, 11);
    story.poll(between);
    story.poll(okValue, 8);
    expect(story.memory().phase).toBe('Engaged');

    story.poll(okValue);
    expect(story.memory().phase).toBe('Idle');
  });

  it('starts the wait again after a gap longer than two intervals', () => {
    const story = storyAt(0);
    story.poll(okValue, 11);
    story.skip(30_000);
    story.poll(okValue);

    expect(story.engaged().okSinceMs).toBe(story.nowMs());
  });

  it('needs every trigger, and one never read is not Ok', () => {
    const snapshot = aSnapshot({ trigger: { indicators: ['score-drift', 'approval-parity'], match: 'Any' } });
    const story = tellStory({ snapshot, indicators: [anIndicator(), anIndicator({ name: 'approval-parity' })], memory: anEngagement() });
    story.poll({ 'score-drift': okValue, 'approval-parity': null }, 200);
    expect(story.memory().phase).toBe('Engaged');

    story.poll(okValue, 20);
    expect(story.memory().phase).toBe('Idle');
  });

  it('needs the indicator Clear, not just a good value', () => {
    const memory = anEngagement({ okSinceMs: startMs - 1_000_000, verifiedAtMs: startMs - 1_000_000, stageSinceMs: startMs - 1_000_000 });
    const step = (state: 'Clear' | 'Clearing') =>
      stepPlan(aStep({ memory, indicators: { 'score-drift': aReading(state, anAssessment(okValue)) } }));

    expect(step('Clearing').transition).toBeNull();
    expect(step('Clear').transition?.kind).toBe('Released');
  });

  it('never counts missing data that is to be ignored as Ok', () => {
    const story = storyAt(0, {}, anIndicator({ onNoData: 'Ignore' }));

    story.poll(noReading, 500);

    expect(story.memory().phase).toBe('Engaged');
  });
});

describe('an indicator whose outcomes take too long', () => {
  const slow = anIndicator({ name: 'recall', releaseBy: 'Decision' });
  const snapshot = aSnapshot({ trigger: { indicators: ['score-drift', 'recall'], match: 'Any' } });
  const storyOf = (triggeredBy: readonly string[]) =>
    tellStory({ snapshot, indicators: [anIndicator(), slow], memory: anEngagement({ triggeredBy, lastPolledAtMs: null }) });
  const released = (story: ReturnType<typeof storyOf>) => {
    story.decide({ action: 'Release', name: 'enough', author: 'ana', engagement: 1, expiresAtMs: null });
  };

  it('takes off nothing it brought on, says who decides, and goes by what they decide', () => {
    const story = storyOf(['recall']);
    story.poll({ 'score-drift': okValue, recall: breachValue }, 3);
    const { notes } = story.poll(okValue, 200);
    expect(story.engaged()).toMatchObject({ stage: 0, okSinceMs: null });
    expect(notes).toEqual([{ kind: 'AwaitingDecision', stage: 0, cause: 'SlowOutcomes', indicators: ['recall'] }]);
    released(story);
    story.poll(okValue);
    expect(story.memory().phase).toBe('Idle');
  });

  it('that joins an engagement is part of it from then on', () => {
    const story = storyOf(['score-drift']);
    story.poll({ 'score-drift': okValue, recall: breachValue }, 6);
    expect(story.engaged().triggeredBy).toEqual(['score-drift', 'recall']);
    story.poll(okValue, 200);
    expect(story.engaged().stage).toBe(0);
  });

  it('that had no part in it is no reason to stay, though its window lies before the stage', () => {
    const story = storyOf(['score-drift']);
    story.poll(okValue, 20);
    expect(story.memory().phase).toBe('Idle');
  });

  it('must be Ok all the same, and is no evidence by itself', () => {
    const story = storyOf(['score-drift']);
    story.poll({ 'score-drift': okValue, recall: noReading }, 100);
    expect(story.engaged().stage).toBe(0);
    const alone = aSnapshot({ trigger: { indicators: ['recall'], match: 'Any' } });
    const other = tellStory({ snapshot: alone, indicators: [slow], memory: anEngagement({ triggeredBy: [], lastPolledAtMs: null }) });
    other.poll(okValue, 100);
    expect(other.engaged().stage).toBe(0);
  });
});

describe('probing', () => {
  it('steps from rollback to shadow without evidence after probeAfterSeconds, since callers get nothing of the candidate by it', () => {
    const story = storyAt(2);
    const { notes } = story.poll(null, 39);
    expect(story.engaged().stage).toBe(2);
    expect(notes).toEqual([{ kind: 'AwaitingEvidence', stage: 2, indicators: ['score-drift'], probeAtMs: startMs + 600_000 }]);

    expect(story.poll(null).transition).toMatchObject({ kind: 'SteppedDown', from: 2, to: 1, reason: 'Probe' });
    expect(story.engaged().probeAttempts).toBe(1);
  });

  it('goes back up by the same rules when shadow still breaches, and gives up after probeAttempts', () => {
    const story = storyAt(2);
    const { notes } = story.poll(breachValue, 400);

    expect(story.transitions().map(({ kind, to, reason }) => [kind, to, reason])).toEqual([
      ['SteppedDown', 1, 'Probe'],
      ['Escalated', 2, 'BreachSafeNotAssessed'],
      ['SteppedDown', 1, 'Probe'],
      ['Escalated', 2, 'BreachSafeNotAssessed'],
    ]);
    expect(notes).toEqual([
      { kind: 'AwaitingEvidence', stage: 2, indicators: ['score-drift'], probeAtMs: null },
      { kind: 'AwaitingDecision', stage: 2, cause: 'ProbesUsedUp' },
    ]);
  });

  it('is not taken while mirrored answers say that the model still breaches', () => {
    const stages = [shadowStage, { ...shadowStage, name: 'shadow-more', escalateAfterSeconds: null }];
    const story = storyAt(1, { stages });
    story.poll(breachValue, 200);
    expect(story.engaged().stage).toBe(1);

    expect(story.poll(warnValue).transition).toMatchObject({ kind: 'SteppedDown', to: 0, reason: 'Probe' });
  });

  it('needs the stage verified first', () => {
    const story = tellStory({ snapshot: aSnapshot(), verifiesAtOnce: false, memory: anEngagement({ stage: 2, verifiedAtMs: null }) });

    story.poll(null, 200);

    expect(story.engaged().stage).toBe(2);
  });

  it('is never a step that gives live answers: a flag that is behind no route stays off', () => {
    const story = storyAt(2, { targets: [...aSnapshot().targets.slice(0, 1), { ...flag, behind: null } as typeof flag] });

    const { notes } = story.poll(null, 500);

    expect(story.engaged().stage).toBe(2);
    expect(notes).toEqual([
      { kind: 'AwaitingEvidence', stage: 2, indicators: ['score-drift'], probeAtMs: null },
      { kind: 'AwaitingDecision', stage: 2, cause: 'NothingToMeasure' },
    ]);
  });

  it('says what is missing when a trigger can not be measured on mirrored answers', () => {
    const story = storyAt(1, {}, anIndicator({ measurableIn: ['Live'] }));

    expect(story.poll(noReading, 3).notes).toEqual([
      { kind: 'AwaitingEvidence', stage: 1, indicators: ['score-drift'], probeAtMs: null },
      { kind: 'AwaitingDecision', stage: 1, cause: 'NothingToMeasure' },
    ]);
  });
});
