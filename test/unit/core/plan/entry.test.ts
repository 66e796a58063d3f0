import { describe, expect, it } from '@jest/globals';
import type { DecisionInForce } from '../../../../src/core/model/decision.ts';
import type { PlanSnapshot } from '../../../../src/core/model/plan.ts';
import { enteredStraight } from '../../../../src/core/plan/entry.ts';
import {
  aSnapshot,
  aValue,
  anAssessment,
  anIndicator,
  breachValue,
  limitStage,
  okValue,
  rollbackStage,
  shadowStage,
} from '../../../builders/core.ts';
import { tellStory } from '../../../builders/core-story.ts';

const severe = 0.6;
const severeValue = 0.7;
const drift = anIndicator({ threshold: { severe } });
const toEngage = 5;
const enough = 60;
const approve = (stage: number): DecisionInForce => ({
  action: 'Approve',
  name: `yes-${String(stage)}`,
  author: 'ana',
  engagement: 1,
  stage,
});
const reject = (stage: number): DecisionInForce => ({ action: 'Reject', name: `no-${String(stage)}`, author: 'ana', engagement: 1, stage });
const storyOf = (changes: Partial<PlanSnapshot>) => tellStory({ snapshot: aSnapshot(changes), indicators: [drift] });

describe('a stage for severe breaches', () => {
  const stages = [limitStage, { ...shadowStage, enterOnSevere: ['score-drift'] }, rollbackStage];

  it.each([
    ['beyond severe', severeValue, [1]],
    ['on severe itself', severe, []],
    ['in breach only', breachValue, []],
    ['beyond severe with a part of its interval', aValue(severeValue, { interval: { low: 0.5, high: 0.9 } }), []],
  ] as const)('is entered straight %s', (_case, reading, entered) => {
    const assessment = anAssessment(reading, { indicator: drift });
    expect(enteredStraight(aSnapshot({ stages }), [assessment])).toEqual(entered);
  });

  it('is not where another indicator is beyond severe', () => {
    const other = anAssessment(severeValue, { indicator: anIndicator({ name: 'other', threshold: { severe } }) });
    expect(enteredStraight(aSnapshot({ stages }), [other])).toEqual([]);
  });

  it('is where an engagement begins, when the breach is that bad', () => {
    const story = storyOf({ stages });
    story.poll(severeValue, toEngage);
    expect(story.engaged().stage).toBe(1);
  });

  it('is the next one, without waiting for its time, when the breach becomes that bad', () => {
    const story = storyOf({ stages: [{ ...limitStage, escalateAfterSeconds: null }, ...stages.slice(1)] });
    story.poll(breachValue, enough);
    expect(story.engaged().stage).toBe(0);
    expect(story.poll(severeValue).transition).toMatchObject({ kind: 'Escalated', from: 0, to: 1 });
  });

  it('says nothing where the indicator sets no severe', () => {
    const assessment = anAssessment(1e9, { indicator: anIndicator() });
    expect(enteredStraight(aSnapshot({ stages }), [assessment])).toEqual([]);
  });
});

describe('a stage that asks in a plan that enforces', () => {
  const stages = [limitStage, { ...shadowStage, mode: 'Approve' as const }, rollbackStage];

  it('is asked for when the one below it was not enough, and entered on approval', () => {
    const story = storyOf({ stages });
    story.poll(breachValue, enough);
    expect(story.transitions()).toMatchObject([
      { kind: 'Engaged', to: 0 },
      { kind: 'Proposed', from: 0, to: 1 },
    ]);
    story.decide(approve(1));
    expect(story.poll(breachValue).transition).toMatchObject({ kind: 'Escalated', to: 1, actor: 'ana' });
  });

  it('keeps the constraint below it while nobody answers', () => {
    const story = storyOf({ stages });
    story.poll(breachValue, 500);
    expect(story.engaged()).toMatchObject({ stage: 0, proposal: { stage: 1 } });
  });

  it('does not keep a severe breach from the stage above it that asks nobody', () => {
    const story = storyOf({ stages: [limitStage, stages[1] ?? shadowStage, { ...rollbackStage, enterOnSevere: ['score-drift'] }] });
    story.poll(severeValue, toEngage);
    expect(story.engaged().stage).toBe(2);
  });

  it('is entered up to the highest that asks nobody first, then asked for, when a breach leads straight to it', () => {
    const asking = { ...rollbackStage, mode: 'Approve' as const, enterOnSevere: ['score-drift'] };
    const story = storyOf({ stages: [limitStage, shadowStage, asking] });
    story.poll(severeValue, toEngage);
    expect(story.transitions()).toMatchObject([{ kind: 'Engaged', to: 1 }]);
    story.poll(severeValue, enough);
    expect(story.transitions().at(-1)).toMatchObject({ kind: 'Proposed', from: 1, to: 2 });
  });

  it('is never bridged by a stage that would give callers more of the candidate', () => {
    const [tight, loose] = [{ ...shadowStage, escalateAfterSeconds: null }, limitStage];
    const asking = { ...rollbackStage, mode: 'Approve' as const, enterOnSevere: ['score-drift'] };
    const story = storyOf({ stages: [tight, loose, asking] });
    story.poll(breachValue, toEngage);
    story.poll(severeValue, enough);
    expect(story.transitions()).toMatchObject([
      { kind: 'Engaged', to: 0 },
      { kind: 'Proposed', from: 0, to: 2 },
    ]);
  });

  it('is not asked for again once rejected, and what lies below it stays', () => {
    const story = storyOf({ stages });
    story.poll(breachValue, enough);
    story.decide(reject(1));
    story.poll(breachValue, enough);
    expect(story.transitions().at(-1)).toMatchObject({ kind: 'Rejected', to: 1 });
    expect(story.engaged()).toMatchObject({ stage: 0, proposal: null });
  });

  it('comes down as any other', () => {
    const story = storyOf({ stages });
    story.poll(breachValue, toEngage);
    story.poll(okValue, 500);
    expect(story.transitions().at(-1)).toMatchObject({ kind: 'Released' });
  });
});

describe('a stage that enforces in a plan that asks', () => {
  const stages = [{ ...limitStage, mode: 'Enforce' as const }, shadowStage, rollbackStage];

  it('is entered at once; the next one is asked for', () => {
    const story = storyOf({ mode: 'Approve', stages });
    story.poll(breachValue, enough);
    expect(story.transitions()).toMatchObject([
      { kind: 'Engaged', to: 0 },
      { kind: 'Proposed', to: 1 },
    ]);
  });

  it('holds while a worse one is asked for from the start', () => {
    const story = storyOf({
      mode: 'Approve',
      stages: [stages[0] ?? limitStage, shadowStage, { ...rollbackStage, enterOn: ['score-drift'] }],
    });
    story.poll(breachValue, toEngage);
    expect(story.engaged().stage).toBe(0);
    story.poll(breachValue, enough);
    expect(story.transitions().at(-1)).toMatchObject({ kind: 'Proposed', to: 2 });
  });

  it('ends the asking when the breach becomes so bad that it leads there', () => {
    const urgent = { ...rollbackStage, mode: 'Enforce' as const, enterOnSevere: ['score-drift'] };
    const story = storyOf({ mode: 'Approve', stages: [limitStage, shadowStage, urgent] });
    story.poll(breachValue, toEngage);
    expect(story.transitions()).toMatchObject([{ kind: 'Proposed', to: 0 }]);
    expect(story.poll(severeValue).transition).toMatchObject({ kind: 'Engaged', to: 2, actor: 'operator' });
  });

  it('lets a question that ran out of time answer for the stage it was about, not for a worse one nobody was asked about', () => {
    const approval = { ...aSnapshot().approval, onTimeout: 'Engage' } as const;
    const worse = { ...rollbackStage, enterOnSevere: ['score-drift'] };
    const story = storyOf({ mode: 'Approve', approval, stages: [limitStage, shadowStage, worse] });
    story.poll(breachValue, toEngage + 59);
    expect(story.transitions()).toMatchObject([{ kind: 'Proposed', to: 0 }]);

    expect(story.poll(severeValue).transition).toMatchObject({ kind: 'Engaged', to: 0, reason: 'ApprovalTimedOut' });

    story.poll(severeValue, enough);
    expect(story.transitions().at(-1)).toMatchObject({ kind: 'Proposed', from: 0, to: 2 });
  });

  it('touches nothing in a plan that observes: nobody is asked for what is never done', () => {
    const story = storyOf({ mode: 'Observe', stages: [{ ...limitStage, mode: 'Approve' as const }, shadowStage, rollbackStage] });
    story.poll(breachValue, toEngage);
    expect(story.transitions()).toMatchObject([{ kind: 'Engaged', to: 0 }]);
  });
});
