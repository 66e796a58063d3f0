import { describe, expect, it } from '@jest/globals';
import { stepPlan } from '../../../../src/core/plan.ts';
import {
  aReading,
  aSnapshot,
  aStep,
  anAssessment,
  anIndicator,
  breachValue,
  failedReading,
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

const parity = anIndicator({ name: 'approval-parity' });
const drift = anIndicator();
const both = { indicators: ['score-drift', 'approval-parity'], match: 'All' } as const;

describe('engaging', () => {
  it('enters the lowest stage when a trigger fires, and says on what', () => {
    const story = tellStory({ snapshot: aSnapshot() });

    const { transition } = story.poll(breachValue, 5);

    expect(transition).toMatchObject({
      kind: 'Engaged',
      engagement: 1,
      from: null,
      to: 0,
      reason: 'BreachSafeNotAssessed',
      actor: 'operator',
    });
    expect(transition?.assessments.map(({ verdict }) => verdict)).toEqual(['Breach']);
    expect(story.memory()).toMatchObject({
      phase: 'Engaged',
      stage: 0,
      stageSinceMs: story.nowMs(),
      triggeredBy: ['score-drift'],
      recentEngagementsMs: [story.nowMs()],
    });
  });

  it.each([
    ['a remembered Firing without a reading', aReading('Firing', null)],
    ['a reading older than two intervals', aReading('Firing', anAssessment(breachValue, { atMs: startMs - 2 * intervalMs - 1 }))],
    ['a reading from the future', aReading('Firing', anAssessment(breachValue, { atMs: startMs + 1 }))],
    ['a breach of mirrored answers', aReading('Firing', anAssessment(breachValue, { served: 'Shadow' }))],
    ['a breach that does not fire yet', aReading('Pending', anAssessment(breachValue))],
    ['a warning', aReading('Firing', anAssessment(warnValue))],
    ['no data, on Hold', aReading('Firing', anAssessment(noReading))],
    ['an error, on Hold', aReading('Firing', anAssessment(failedReading))],
  ])('does nothing on %s', (_case, reading) => {
    expect(stepPlan(aStep({ indicators: { 'score-drift': reading } })).transition).toBeNull();
  });

  it('engages on missing data where the owner counts that as breach', () => {
    const indicator = anIndicator({ onNoData: 'Breach' });

    const step = stepPlan(aStep({ indicators: { 'score-drift': aReading('Firing', anAssessment(noReading, { indicator })) } }));

    expect(step.transition?.kind).toBe('Engaged');
  });

  it('goes straight to the highest stage that names a breaching indicator', () => {
    const stages = [limitStage, { ...shadowStage, enterOn: ['approval-parity'] }, rollbackStage];
    const story = tellStory({ snapshot: aSnapshot({ stages, trigger: { ...both, match: 'Any' } }), indicators: [drift, parity] });

    story.poll({ 'score-drift': okValue, 'approval-parity': breachValue }, 5);

    expect(story.engaged().stage).toBe(1);
  });

  it('with match All waits until every trigger breaches', () => {
    const story = tellStory({ snapshot: aSnapshot({ trigger: both }), indicators: [drift, parity] });

    story.poll({ 'score-drift': breachValue, 'approval-parity': warnValue }, 10);
    expect(story.memory().phase).toBe('Idle');

    story.poll(breachValue, 5);
    expect(story.engaged().triggeredBy).toEqual(['score-drift', 'approval-parity']);
  });

  it('does nothing for a plan without stages or without triggers', () => {
    const reading = aReading('Firing', anAssessment(breachValue));

    expect(stepPlan(aStep({ snapshot: aSnapshot({ stages: [] }), indicators: { 'score-drift': reading } })).transition).toBeNull();
    expect(
      stepPlan(aStep({ snapshot: aSnapshot({ trigger: { indicators: [], match: 'All' } }), indicators: { 'score-drift': reading } }))
        .transition,
    ).toBeNull();
  });

  it('does not change its input', () => {
    const input = Object.freeze(aStep({ indicators: { 'score-drift': aReading('Firing', anAssessment(breachValue)) } }));

    expect(stepPlan(input)).toEqual(stepPlan(input));
    expect(input.memory.phase).toBe('Idle');
  });
});

describe('shared cause', () => {
  const snapshot = aSnapshot({ safeVersion: '2.2.0' });

  it('moves nothing while the safe version breaches on every breaching indicator, and names both readings', () => {
    const story = tellStory({ snapshot });

    const { notes, after } = story.poll(breachValue, 10, { 'score-drift': breachValue });

    expect(after.phase).toBe('Idle');
    expect(notes).toEqual([expect.objectContaining({ kind: 'SharedCause' })]);
    const note = notes[0];
    expect(note?.kind === 'SharedCause' ? [note.assessments[0]?.identity.version, note.safeAssessments[0]?.identity.version] : []).toEqual([
      '2.3.0',
      '2.2.0',
    ]);
  });

  it('engages once only the candidate breaches', () => {
    const story = tellStory({ snapshot });
    story.poll(breachValue, 10, { 'score-drift': breachValue });

    const { transition } = story.poll(breachValue, 1, { 'score-drift': warnValue });

    expect(transition).toMatchObject({ kind: 'Engaged', reason: 'Breach' });
  });

  it.each([
    ['no reading', null],
    ['no data', noReading],
    ['a failed reading', failedReading],
  ])('engages and says that safe was not assessed on %s of it', (_case, reading) => {
    expect(tellStory({ snapshot }).poll(breachValue, 5, { 'score-drift': reading }).transition).toMatchObject({
      kind: 'Engaged',
      reason: 'BreachSafeNotAssessed',
    });
  });

  it('engages all the same where the plan says so, and gives that as the reason', () => {
    const story = tellStory({ snapshot: { ...snapshot, onSharedCause: 'Engage' } });

    expect(story.poll(breachValue, 5, { 'score-drift': breachValue }).transition).toMatchObject({
      kind: 'Engaged',
      reason: 'BreachSharedCause',
    });
  });

  it('engages when one of two breaching indicators is the candidate alone', () => {
    const story = tellStory({ snapshot: { ...snapshot, trigger: { ...both, match: 'Any' } }, indicators: [drift, parity] });

    story.poll(breachValue, 5, { 'score-drift': breachValue, 'approval-parity': okValue });

    expect(story.memory().phase).toBe('Engaged');
  });

  it('also stops an escalation, which would move more traffic to the same defect', () => {
    const story = tellStory({ snapshot });
    story.poll(breachValue, 5, { 'score-drift': okValue });

    const { notes } = story.poll(breachValue, 60, { 'score-drift': breachValue });

    expect(story.engaged().stage).toBe(0);
    expect(notes.map(({ kind }) => kind)).toContain('SharedCause');
  });
});

describe('Observe mode', () => {
  it('remembers the stage it would be in, measured on live answers, and comes down again', () => {
    const story = tellStory({ snapshot: aSnapshot({ mode: 'Observe' }), verifiesAtOnce: false });

    story.poll(breachValue, 5 + 21 + 21);
    expect(story.engaged().stage).toBe(2);

    story.poll(okValue, 60);
    expect(story.memory()).toMatchObject({ phase: 'Idle', lastEngagement: 1 });
    expect(story.steps.every(({ assessed }) => assessed.every(({ served }) => served === 'Live'))).toBe(true);
  });
});
