import { toInstant } from '../../../src/api/instant.ts';
import { describe, expect, it } from '@jest/globals';
import { explainAssessment, explainNote, explainStage, explainTransition } from '../../../src/core/explain.ts';
import type { Transition } from '../../../src/core/model/transition.ts';
import type { PlanNote } from '../../../src/core/plan/input.ts';
import {
  aSnapshot,
  aValue,
  anAssessment,
  anIndicator,
  breachValue,
  failedReading,
  limitStage,
  noReading,
  okValue,
  startMs,
  warnValue,
} from '../../builders/core.ts';

const model = 'score-drift of lending/credit-default 2.3.0 (live answers)';

describe('explainAssessment', () => {
  it.each([
    ['a breach', anAssessment(breachValue), `${model} is 0.4 (over 60 s), above its breach limit 0.25.`],
    [
      'a breach beyond chance',
      anAssessment(aValue(0.4, { noiseFloor: 0.0271828, sampleCount: 1204 })),
      `${model} is 0.4 (1204 samples over 60 s), above its breach limit 0.25 and beyond chance (0.02718).`,
    ],
    [
      'a value that could be chance',
      anAssessment(aValue(0.4, { noiseFloor: 0.5 })),
      `${model} is 0.4 (over 60 s), above its breach limit 0.25 but not beyond chance (0.5).`,
    ],
    [
      'a breach beyond doubt',
      anAssessment(aValue(0.4, { interval: { low: 0.31, high: 0.49 } })),
      `${model} is 0.4, surely between 0.31 and 0.49 (over 60 s), above its breach limit 0.25.`,
    ],
    [
      'a value beyond the limit that leaves doubt',
      anAssessment(aValue(0.4, { interval: { low: 0.2, high: 0.6 } })),
      `${model} is 0.4, surely between 0.2 and 0.6 (over 60 s), above its breach limit 0.25 but not beyond doubt.`,
    ],
    [
      'a good value that leaves doubt',
      anAssessment(aValue(0.02, { interval: { low: 0, high: 0.3 } })),
      `${model} is 0.02, surely between 0 and 0.3 (over 60 s), which leaves open whether it is above its breach limit 0.25: no verdict until more samples narrow it.`,
    ],
    [
      'a value that drowns in noise',
      anAssessment(aValue(0.02, { noiseFloor: 0.31, sampleCount: 90 }), { indicator: anIndicator({ minSamples: null }) }),
      `${model} is 0.02 (90 samples over 60 s), and without any change so few rows read up to 0.31, more than half of its breach limit 0.25: no verdict until more samples come; widen the window, or set minSamples to accept fewer.`,
    ],
    ['a warning', anAssessment(warnValue), `${model} is 0.2 (over 60 s), above its warn limit 0.1, not beyond breach 0.25.`],
    ['a good value', anAssessment(okValue), `${model} is 0.02 (over 60 s), within its limits (warn 0.1, breach 0.25).`],
    [
      'too few samples',
      anAssessment(aValue(0.4, { sampleCount: 12 }), { indicator: anIndicator({ minSamples: 500 }) }),
      `${model} rests on 12 samples over 60 s, fewer than the 500 it needs: no verdict.`,
    ],
    [
      'no data',
      anAssessment(noReading),
      `${model} has no usable reading (Empty): the query returned nothing. Check the metric behind the signal at provider prometheus.`,
    ],
    ['an error', anAssessment(failedReading), `${model} could not be read (Unreachable): connection refused. Check provider prometheus.`],
  ])('says %s in one sentence with its numbers', (_case, assessment, sentence) => {
    expect(explainAssessment(assessment)).toBe(sentence);
  });

  it('says below where low is bad, and names clear where there is no warn', () => {
    const parity = anIndicator({ name: 'approval-parity', threshold: { direction: 'Below', warn: null, breach: 0.8, clear: 0.85 } });

    expect(explainAssessment(anAssessment(0.5, { indicator: parity }))).toContain('is 0.5 (over 60 s), below its breach limit 0.8.');
    expect(explainAssessment(anAssessment(0.82, { indicator: parity }))).toContain('below its clear limit 0.85, not beyond breach 0.8');
    expect(explainAssessment(anAssessment(0.9, { indicator: parity }))).toContain('within its limits (clear 0.85, breach 0.8)');
  });

  it('says whether a breach leads further up, where that is not said by the breach', () => {
    const said = (value: number, severe: number | null) =>
      explainAssessment(anAssessment(value, { indicator: anIndicator({ scalesWith: 'None', threshold: { severe } }) }));
    expect(said(0.4, 0.6)).toContain('above its breach limit 0.25, within its severe limit 0.6.');
    expect(said(0.7, 0.6)).toContain('above its breach limit 0.25, beyond its severe limit 0.6.');
    expect(said(0.7, null)).toContain('above its breach limit 0.25, which leads to no higher stage (no severe limit).');
    expect(said(0.6000001, 0.6)).toContain('is 0.6000001 (over 60 s)');
  });

  it('never rounds a value onto the limit it passed', () => {
    expect(explainAssessment(anAssessment(0.2500001))).toContain('is 0.2500001 (over 60 s), above its breach limit 0.25.');
  });

  it('says that a minimum was not met where the signal reports no count', () => {
    expect(explainAssessment(anAssessment(aValue(0.4), { indicator: anIndicator({ minSamples: 500 }) }))).toContain(
      'reports no sample count over 60 s, and 500 samples are needed: no verdict.',
    );
  });
});

describe('explainStage', () => {
  it('names the stage, its place and what it does', () => {
    expect([0, 1, 2].map((index) => explainStage(aSnapshot(), index))).toEqual([
      'stage limit (1 of 3): traffic at most 10 % live',
      'stage shadow (2 of 3): traffic 0 % live, 100 % mirrored',
      'stage rollback (3 of 3): traffic at most 0 % live, flag rolled back to its safe variant',
    ]);
    const scale = { target: 'capacity', kind: 'Scale', minReplicas: 4, readyWithinSeconds: 120 } as const;
    const stages = [{ ...limitStage, actions: [scale, { target: 'workload', kind: 'Pin' } as const] }];
    expect(explainStage(aSnapshot({ stages }), 0)).toBe(
      'stage limit (1 of 1): capacity with at least 4 replicas, workload back on an earlier revision',
    );
    expect(explainStage(aSnapshot(), null)).toBe('no stage: intent as written');
    expect(explainStage(aSnapshot(), 7)).toBe('stage 7, which the plan no longer has');
  });
});

describe('explainTransition', () => {
  const step = (changes: Partial<Transition>): Transition => ({
    kind: 'Engaged',
    engagement: 4,
    from: null,
    to: 0,
    reason: 'Breach',
    actor: 'operator',
    assessments: [anAssessment(breachValue)],
    ...changes,
  });

  it('tells an engagement with reason, evidence and the way out', () => {
    expect(explainTransition(aSnapshot(), step({}))).toBe(
      'Plan lending/credit-default engaged stage limit (1 of 3): traffic at most 10 % live (engagement 4). ' +
        'The indicators breach on the candidate and not on the safe version. ' +
        `${model} is 0.4 (over 60 s), above its breach limit 0.25. ` +
        'To take it off at once, create a RiskDecision with action Release for engagement 4.',
    );
  });

  it('says what Observe mode would have done, and offers nothing to take off', () => {
    const sentence = explainTransition(aSnapshot({ mode: 'Observe' }), step({}));

    expect(sentence).toContain('would engage stage limit');
    expect(sentence).not.toContain('RiskDecision');
  });

  it.each([
    [
      step({ kind: 'Proposed' }),
      /proposes stage limit .* Create a RiskDecision with action Approve or Reject for engagement 4, stage 0 \(role risk\)\.$/,
    ],
    [
      step({ kind: 'Escalated', from: 0, to: 1, reason: 'Approved', actor: 'ana' }),
      /escalated from stage limit to stage shadow \(2 of 3\).* Approved by ana\./,
    ],
    [
      step({ kind: 'SteppedDown', from: 2, to: 1, reason: 'Probe' }),
      /stepped down from stage rollback to stage shadow .* Callers still get no answer of the candidate/,
    ],
    [
      step({ kind: 'Released', from: 0, to: null, reason: 'Recovered' }),
      /released stage limit; the latest intent holds again \(engagement 4\)\. Every trigger has been Clear/,
    ],
    [step({ kind: 'Released', from: 0, to: null, reason: 'ReleasedByDecision', actor: 'ana' }), /Released by a decision of ana\./],
    [step({ kind: 'Latched', from: 1, to: 1, reason: 'TooManyEngagements' }), /latched in stage shadow .* flap limit .* action Release/],
    [step({ kind: 'Rejected', from: null, to: null, reason: 'Rejected', actor: 'ana' }), /Rejected by ana\.$/],
    [
      step({ kind: 'Withdrawn', from: 0, to: null, reason: 'TriggersClear' }),
      /withdrew its question about stage limit .* Every trigger is Clear again\.$/,
    ],
    [step({ reason: 'SomethingNew' }), /Reason: SomethingNew\./],
  ])('tells %#', (transition, expected) => {
    expect(explainTransition(aSnapshot(), transition)).toMatch(expected);
  });
});

describe('explainNote', () => {
  const shared: PlanNote = {
    kind: 'SharedCause',
    assessments: [anAssessment(breachValue)],
    safeAssessments: [anAssessment(breachValue, { version: '2.2.0' })],
  };

  it('names both versions where the cause is shared, and where to look', () => {
    const sentence = explainNote(aSnapshot(), shared, toInstant);

    expect(sentence).toContain('credit-default 2.3.0 (live answers) is 0.4');
    expect(sentence).toContain('credit-default 2.2.0 (live answers) is 0.4');
    expect(sentence).toContain('Look upstream of both versions');
  });

  it.each<[PlanNote, RegExp]>([
    [
      { kind: 'AwaitingApproval', engagement: 4, stage: 1, sinceMs: startMs, overdue: false },
      /waits for approval of stage shadow .* since 2026-01-01T00:00:00.000Z\. Create a RiskDecision/,
    ],
    [{ kind: 'AwaitingApproval', engagement: 4, stage: 1, sinceMs: startMs, overdue: true }, /longer than its 900 s/],
    [
      { kind: 'AwaitingEvidence', stage: 2, indicators: ['score-drift'], probeAtMs: startMs },
      /can't measure score-drift in stage rollback .* at 2026-01-01T00:00:00.000Z will supply/,
    ],
    [
      { kind: 'AwaitingEvidence', stage: 2, indicators: ['score-drift'], probeAtMs: null },
      /Only a person can step down: .* action Release/,
    ],
    [
      { kind: 'AwaitingDecision', stage: 0, cause: 'Latched' },
      /engaged more than 3 times within 86400 s\. Create a RiskDecision with action Release/,
    ],
    [{ kind: 'AwaitingDecision', stage: 2, cause: 'ProbesUsedUp' }, /all 2 probes of this engagement are used up/],
    [
      { kind: 'AwaitingDecision', stage: 1, cause: 'SlowOutcomes', indicators: ['recall'] },
      /outcomes of recall take longer than 7 days.*RiskDecision with action Release/,
    ],
    [{ kind: 'AwaitingDecision', stage: 1, cause: 'NothingToMeasure' }, /nothing can be measured here/],
    [{ kind: 'Held', by: 'ana', untilMs: startMs }, /held by ana until 2026-01-01T00:00:00.000Z/],
    [{ kind: 'Held', by: 'suspend', untilMs: null }, /suspended with suspend: Hold .* Set suspend: None/],
    [{ kind: 'Suppressed', indicators: ['score-drift'] }, /does not engage on score-drift/],
    [{ kind: 'NotAskedAgain', stage: 0 }, /does not ask again for stage limit/],
  ])('tells %#', (note, expected) => {
    expect(explainNote(aSnapshot(), note, toInstant)).toMatch(expected);
  });
});
