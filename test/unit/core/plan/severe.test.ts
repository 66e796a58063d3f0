import { describe, expect, it } from '@jest/globals';
import { mayEscalate } from '../../../../src/core/judge.ts';
import {
  aSnapshot,
  aValue,
  anAssessment,
  anEngagement,
  anIndicator,
  breachValue,
  limitStage,
  noReading,
  okValue,
  rollbackStage,
  shadowStage,
} from '../../../builders/core.ts';
import { tellStory } from '../../../builders/core-story.ts';

const severe = 0.6;
const severeValue = 0.7;
const parity = anIndicator({ scalesWith: 'None', threshold: { severe } });
const neverSevere = anIndicator({ scalesWith: 'None' });
const storyOf = (indicator = parity, stages = [limitStage, shadowStage, rollbackStage]) =>
  tellStory({ snapshot: aSnapshot({ stages }), indicators: [indicator], memory: anEngagement({ lastPolledAtMs: null }) });

describe('a breach that may lead to a higher stage', () => {
  it.each([
    ['any, of a signal that scales with share', breachValue, anIndicator(), true],
    ['none within severe, of one that does not', breachValue, parity, false],
    ['none on severe itself', severe, parity, false],
    ['one beyond severe', severeValue, parity, true],
    ['none where no severe is written', 1e9, neverSevere, false],
    ['none that is not in breach', okValue, anIndicator(), false],
    ['none without a value', noReading, anIndicator({ onNoData: 'Breach' }), false],
  ] as const)('%s', (_case, reading, indicator, may) => {
    expect(mayEscalate(anAssessment(reading, { indicator }))).toBe(may);
  });

  it('lies beyond severe on the bad side', () => {
    const below = anIndicator({
      scalesWith: 'None',
      threshold: { direction: 'Below', warn: 0.85, breach: 0.8, clear: 0.85, severe: 0.65 },
    });
    expect([0.7, 0.65, 0.6].map((value) => mayEscalate(anAssessment(value, { indicator: below })))).toEqual([false, false, true]);
  });

  it('is beyond severe with all of its interval, where there is one', () => {
    const within = (low: number) => anAssessment(aValue(severeValue, { interval: { low, high: 0.9 } }), { indicator: parity });
    expect([0.59, 0.61].map((low) => within(low)).map(mayEscalate)).toEqual([false, true]);
  });

  it('is beyond chance too', () => {
    const lucky = aValue(severeValue, { noiseFloor: 0.9 });
    expect(mayEscalate(anAssessment(lucky, { indicator: parity }))).toBe(false);
  });
});

describe('an indicator that does not scale with share', () => {
  it('engages a plan as any other', () => {
    const story = tellStory({ snapshot: aSnapshot(), indicators: [parity] });
    story.poll(breachValue, 5);
    expect(story.engaged().stage).toBe(0);
  });

  it('holds the stage however long its breach goes on, and escalates at the first look beyond severe', () => {
    const story = storyOf();
    story.poll(breachValue, 200);
    expect(story.transitions()).toEqual([]);
    expect(story.poll(severeValue).transition).toMatchObject({ kind: 'Escalated', to: 1 });
  });

  it('goes straight to the stage of enterOn only beyond severe', () => {
    const straight = [limitStage, { ...rollbackStage, enterOn: ['score-drift'] }];
    const story = storyOf(parity, straight);
    story.poll(breachValue, 10);
    expect(story.engaged().stage).toBe(0);
    expect(story.poll(severeValue).transition).toMatchObject({ kind: 'Escalated', to: 1 });
  });

  it('recovers as any other', () => {
    const story = storyOf(neverSevere);
    story.poll(breachValue, 50);
    story.poll(okValue, 30);
    expect(story.transitions().map(({ kind }) => kind)).toEqual(['Released']);
  });

  it('never escalates without a severe limit', () => {
    const story = storyOf(neverSevere);
    story.poll(1e9, 300);
    expect(story.transitions()).toEqual([]);
  });

  it('leaves it to a trigger beside it that scales with share', () => {
    const snapshot = aSnapshot({ trigger: { indicators: ['score-drift', 'errors'], match: 'Any' } });
    const story = tellStory({ snapshot, indicators: [parity, anIndicator({ name: 'errors' })], memory: anEngagement() });
    story.poll({ 'score-drift': breachValue, errors: okValue }, 100);
    expect(story.engaged().stage).toBe(0);
    story.poll(breachValue, 10);
    expect(story.engaged().stage).toBe(1);
  });
});
