import { describe, expect, it } from '@jest/globals';
import { explainTransition } from '../../../../src/core/explain.ts';
import { silent } from '../../../../src/core/plan/evidence.ts';
import { stepPlan } from '../../../../src/core/plan.ts';
import type { PlanSnapshot } from '../../../../src/core/model/plan.ts';
import { countQuorum, quorumThreshold } from '../../../../src/core/quorum.ts';
import {
  aReading,
  aSnapshot,
  aStep,
  anAssessment,
  anEngagement,
  anIndicator,
  breachValue,
  failedReading,
  limitStage,
  noReading,
  okValue,
  rollbackStage,
  shadowStage,
  startMs,
  warnValue,
} from '../../../builders/core.ts';
import { tellStory } from '../../../builders/core-story.ts';
import type { Observation } from '../../../../src/core/model/observation.ts';

/** Polls until the first stage: 60 s of breach, an interval apart. */
const toEngage = 5;
/** Polls from a verified stage to the next: escalateAfterSeconds at one interval each. */
const toEscalate = 20;

const tooFew: Observation = {
  kind: 'Insufficient',
  message: 'few',
  sampleCount: 3,
  computation: { statistic: 'PSI', parameters: {}, counts: {} },
  source: noReading.source,
};

function engagedStory(changes: Partial<PlanSnapshot> = {}, indicator = anIndicator()) {
  const story = tellStory({ snapshot: aSnapshot({ onNoEvidence: 'Escalate', ...changes }), indicators: [indicator] });
  story.poll(breachValue, toEngage);
  return story;
}

describe('a stage whose indicator fires and says nothing', () => {
  it.each([
    ['NoData', noReading],
    ['Error', failedReading],
    ['Insufficient', tooFew],
  ])('goes up after its time where the tier says Escalate, not one poll earlier: %s', (_verdict, reading) => {
    const story = engagedStory();
    story.poll(reading, toEscalate - 1);
    expect(story.engaged().stage).toBe(0);
    const { transition } = story.poll(reading);
    expect(transition).toMatchObject({ kind: 'Escalated', from: 0, to: 1, reason: 'NoEvidenceSafeNotAssessed' });
    expect(transition?.assessments.map(({ verdict }) => verdict)).toEqual([reading.kind]);
  });

  it.each([
    ['NoData', noReading],
    ['Error', failedReading],
    ['Insufficient', tooFew],
  ])('stays for ever where it says Hold: %s', (_verdict, reading) => {
    const story = engagedStory({ onNoEvidence: 'Hold' });
    story.poll(reading, 10 * toEscalate);
    expect(story.engaged()).toMatchObject({ stage: 0, evidencedMs: 0 });
  });

  it('counts time with a breach and without evidence together', () => {
    const story = engagedStory();
    story.poll(breachValue, 10);
    story.poll(noReading, 5);
    story.poll(breachValue, 4);
    expect(story.engaged().stage).toBe(0);
    expect(story.poll(breachValue).transition).toMatchObject({ kind: 'Escalated', reason: 'BreachSafeNotAssessed' });
  });

  it('counts nothing before the stage was verified', () => {
    const story = tellStory({ snapshot: aSnapshot({ onNoEvidence: 'Escalate' }), verifiesAtOnce: false });
    story.poll(breachValue, toEngage);
    story.poll(noReading, 5 * toEscalate);
    expect(story.engaged()).toMatchObject({ stage: 0, evidencedMs: 0 });
    story.verify();
    story.poll(noReading, toEscalate);
    expect(story.engaged().stage).toBe(1);
  });

  it('stays where the value between the limits says that it does not breach', () => {
    const story = engagedStory();
    story.poll(noReading, toEscalate - 1);
    story.poll(warnValue, toEscalate);
    expect(story.engaged().stage).toBe(0);
    expect(story.poll(noReading).transition).toMatchObject({ reason: 'NoEvidenceSafeNotAssessed' });
  });

  it('comes down on Ok as ever, and climbs for no silence after', () => {
    const story = engagedStory();
    story.poll(okValue, 100);
    expect(story.memory().phase).toBe('Idle');
    story.poll(noReading, 100);
    expect(story.memory().phase).toBe('Idle');
  });

  it('never where its indicator does not scale with share: what is not seen is not beyond severe', () => {
    const story = engagedStory({}, anIndicator({ scalesWith: 'None' }));
    story.poll(noReading, 10 * toEscalate);
    expect(story.engaged()).toMatchObject({ stage: 0, evidencedMs: 0 });
  });

  it('never where the stage leaves nothing of what the indicator measures: nobody asked it', () => {
    const stages = [{ ...shadowStage, escalateAfterSeconds: 300 }, rollbackStage];
    const story = engagedStory({ stages }, anIndicator({ measurableIn: ['Live'] }));
    story.poll(noReading, 10 * toEscalate);
    expect(story.engaged().stage).toBe(0);
  });

  it('never to a stage that lets callers have more of the candidate', () => {
    const stages = [
      { ...limitStage, escalateAfterSeconds: 300 },
      { ...limitStage, name: 'looser', actions: [{ target: 'traffic', kind: 'CanaryLimit' as const, maxPercent: 90 }] },
    ];
    const story = engagedStory({ stages });
    story.poll(noReading, 10 * toEscalate);
    expect(story.engaged().stage).toBe(0);
  });

  it('never while a person accepted its breach', () => {
    const story = engagedStory();
    story.decide({
      action: 'Accept',
      name: 'june',
      author: 'rita',
      indicators: ['score-drift'],
      expiresAtMs: startMs + 1e9,
    });
    story.poll(noReading, 10 * toEscalate);
    expect(story.engaged().stage).toBe(0);
  });

  it('asks first where the next stage asks', () => {
    const story = engagedStory({ stages: [limitStage, { ...rollbackStage, mode: 'Approve' }] });
    story.poll(noReading, toEscalate);
    expect(story.engaged()).toMatchObject({ stage: 0, proposal: { stage: 1 } });
  });

  it('leads straight nowhere: that takes a breach', () => {
    const stages = [limitStage, shadowStage, { ...rollbackStage, enterOn: ['score-drift'] }];
    const to = (reading: Parameters<typeof anAssessment>[0], evidencedMs: number) =>
      stepPlan(
        aStep({
          snapshot: aSnapshot({ onNoEvidence: 'Escalate', stages }),
          memory: anEngagement({ evidencedMs }),
          verifiedAtMs: startMs - 1e6,
          indicators: { 'score-drift': aReading('Firing', anAssessment(reading, { indicator: anIndicator({ windowSeconds: 0 }) })) },
        }),
      ).transition?.to;
    expect([to(breachValue, 0), to(noReading, 0), to(noReading, 1e9)]).toEqual([2, undefined, 1]);
  });
});

describe('the safe version', () => {
  const stepIn = (safe: Parameters<typeof anAssessment>[0], changes: Partial<PlanSnapshot> = {}) =>
    stepPlan(
      aStep({
        snapshot: aSnapshot({ onNoEvidence: 'Escalate', safeVersion: '2.2.0', ...changes }),
        memory: anEngagement({ evidencedMs: 1e9 }),
        verifiedAtMs: startMs,
        indicators: { 'score-drift': aReading('Firing', anAssessment(noReading)) },
        safeAssessments: { 'score-drift': anAssessment(safe, { version: '2.2.0' }) },
      }),
    );

  it('in breach keeps the stage: callers are not moved from what nobody sees to what is bad', () => {
    const { transition, notes } = stepIn(breachValue);
    expect([transition, notes.map(({ kind }) => kind)]).toEqual([null, ['SharedCause']]);
    expect(stepIn(breachValue, { onSharedCause: 'Engage' }).transition).toMatchObject({ reason: 'NoEvidenceSharedCause' });
  });

  it('is told of where it was assessed, and where it was not', () => {
    expect(stepIn(okValue).transition).toMatchObject({ reason: 'NoEvidence' });
    expect(stepIn(noReading).transition).toMatchObject({ reason: 'NoEvidenceSafeNotAssessed' });
  });

  it('the record names the rule, and what the reading was', () => {
    const { transition } = stepIn(okValue);
    if (transition === null) throw new Error('no step');
    const said = explainTransition(aSnapshot(), transition);
    expect(said).toContain('has no usable reading, the time of the stage is over');
    expect(said).toContain('onNoEvidence: Escalate');
    expect(said).toContain('score-drift of lending/credit-default 2.3.0 (live answers) has no usable reading (Empty)');
  });
});

describe('silent', () => {
  const reading = (assessment: ReturnType<typeof anAssessment>, state: 'Firing' | 'Clearing' = 'Firing') => ({
    ...{ name: 'score-drift', state, indicator: assessment.indicator, assessment, suppressed: false },
  });
  const names = (...readings: Parameters<typeof silent>[1]) => silent({ onNoEvidence: 'Escalate' }, readings).map(({ verdict }) => verdict);

  it('is nobody whose reading says more of the provider than of the model', () => {
    expect(names(reading(anAssessment(noReading)))).toEqual(['NoData']);
    expect(names(reading({ ...anAssessment(noReading), excused: true }))).toEqual([]);
  });

  it('is nobody who does not fire, or is suppressed', () => {
    expect(names(reading(anAssessment(noReading), 'Clearing'))).toEqual([]);
    expect(names({ ...reading(anAssessment(noReading)), suppressed: true })).toEqual([]);
  });

  it('is no quorum: its members may be silent for their providers’ sake', () => {
    const member = anAssessment(noReading);
    const indicator = anIndicator({ threshold: quorumThreshold(1), minSamples: null });
    const quorum = anAssessment(countQuorum([member], startMs), { indicator });
    expect(quorum.verdict).toBe('Insufficient');
    expect(names(reading(quorum))).toEqual([]);
  });
});
