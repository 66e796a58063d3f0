import { describe, expect, it } from '@jest/globals';
import { stepPlan } from '../../../../src/core/plan.ts';
import type { PlanStepInput } from '../../../../src/core/plan/input.ts';
import type { Stage } from '../../../../src/core/model/plan.ts';
import type { Target } from '../../../../src/core/model/target.ts';
import { explainTransition } from '../../../../src/core/explain.ts';
import {
  aReading,
  aSnapshot,
  aStep,
  anAssessment,
  anEngagement,
  breachValue,
  flag,
  flagStage,
  limitStage,
  okValue,
  rollbackStage,
  route,
  shadowStage,
  startMs,
} from '../../../builders/core.ts';

const other = { ...route, name: 'other', object: 'other' } as const;
const alone = { ...flag, behind: null } as const;
const room: Target = { kind: 'Deployment', name: 'room', object: 'credit-v1', purpose: 'Scale', revision: null, behind: null };
const more = { target: 'room', kind: 'Scale', minReplicas: 4, readyWithinSeconds: 60 } as const;
const closed = (target: string, maxPercent = 0): Stage => ({
  ...limitStage,
  name: `${target}-${maxPercent}`,
  actions: [{ target, kind: 'CanaryLimit', maxPercent }],
});
const offAlone: Stage = { ...flagStage, actions: [...closed('traffic').actions, ...flagStage.actions] };
const bothAt = (percent: number): Stage => ({
  ...limitStage,
  name: 'both',
  actions: [...closed('traffic').actions, ...closed('other', percent).actions],
});
const begun = { stageSinceMs: startMs, verifiedAtMs: null, direction: 'Up' } as const;
const firing = aReading('Firing', anAssessment(breachValue, { atMs: startMs }));
const absent = { absentTargets: ['traffic'] };
const patient = (stages: readonly Stage[]) => stages.map((stage) => ({ ...stage, escalateAfterSeconds: null }));

interface Ladder {
  readonly targets?: readonly Target[];
  readonly stages: readonly Stage[];
}

function stepIn(stage: number, changes: Partial<PlanStepInput>, { targets = [route, flag], stages }: Ladder) {
  const snapshot = aSnapshot({ targets, stages: patient(stages) });
  const memory = anEngagement({ stage, ...begun });
  const input = aStep({ snapshot, memory, indicators: { 'score-drift': firing }, nowMs: startMs, ...changes });
  return stepPlan(input).transition;
}

describe('a stage whose target is not to be found', () => {
  it.each<[string, Ladder, number]>([
    ['a flag behind that route', { stages: [limitStage, flagStage] }, 1],
    ['a flag of its own', { targets: [route, alone], stages: [limitStage, offAlone] }, 1],
    ['another route, though only limited', { targets: [route, other], stages: [closed('traffic', 10), bothAt(50)] }, 1],
    ['the first of two that is there', { stages: [limitStage, shadowStage, rollbackStage] }, 2],
  ])('is passed for the nearest that holds something by %s', (_by, ladder, to) => {
    expect(stepIn(0, absent, ladder)).toMatchObject({ kind: 'Escalated', from: 0, to, reason: 'Absent' });
  });

  it('is passed though its room was seen: that holds nothing back', () => {
    const limit = { ...limitStage, actions: [...limitStage.actions, more] };
    const ladder = { targets: [route, flag, room], stages: [limit, flagStage] };
    const memory = anEngagement({ stage: 0, ...begun, verifiedAtMs: startMs });
    expect(stepIn(0, { ...absent, memory }, ladder)).toMatchObject({ to: 1, reason: 'Absent' });
  });

  it('is passed where another of its targets refuses for good', () => {
    const both = { ...limitStage, actions: [...limitStage.actions, ...closed('other').actions] };
    const next = { ...flagStage, actions: [...flagStage.actions, ...closed('other').actions] };
    const ladder = { targets: [route, other, flag], stages: [both, next] };
    expect(stepIn(0, { ...absent, unservedTargets: ['other'] }, ladder)?.to).toBe(1);
  });

  it.each<[string, Ladder, Partial<PlanStepInput>]>([
    ['it was found', { stages: [limitStage, flagStage] }, { absentTargets: [] }],
    ['another of its targets is there', { targets: [route, flag], stages: [rollbackStage, flagStage] }, absent],
    ['no later one names anything that is there', { stages: [limitStage, shadowStage] }, absent],
    [
      'a later one only makes room',
      { targets: [route, room], stages: [limitStage, { ...limitStage, name: 'room', actions: [more] }] },
      absent,
    ],
    ['a later one names what is not there either', { stages: [limitStage, flagStage] }, { absentTargets: ['traffic', 'flag'] }],
    ['a later one names what refuses for good', { stages: [limitStage, flagStage] }, { ...absent, unservedTargets: ['flag'] }],
    [
      'it is on the way down',
      { stages: [limitStage, flagStage] },
      { ...absent, memory: anEngagement({ stage: 0, ...begun, direction: 'Down' }) },
    ],
    [
      'the signal is good again',
      { stages: [limitStage, flagStage] },
      { ...absent, indicators: { 'score-drift': aReading('Clear', anAssessment(okValue, { atMs: startMs })) } },
    ],
  ])('is stayed in where %s', (_name, ladder, changes) => {
    expect(stepIn(0, changes, ladder)).toBeNull();
  });

  it('is stayed in where the next gives more of what the one below it may still hold', () => {
    const stages = [closed('other', 10), closed('traffic'), bothAt(50), { ...bothAt(0), name: 'closed' }];
    expect(stepIn(1, absent, { targets: [route, other], stages })?.to).toBe(3);
  });

  it('asks first where the next asks first', () => {
    const asking = { ...flagStage, mode: 'Approve' } as const;
    expect(stepIn(0, absent, { stages: [limitStage, asking] })).toMatchObject({ kind: 'Proposed', to: 1 });
  });

  it('says in a sentence why it was passed', () => {
    const transition = stepIn(0, absent, { stages: [limitStage, flagStage] });
    const snapshot = aSnapshot({ targets: [route, flag], stages: [limitStage, flagStage] });
    if (transition === null) throw new Error('no step');
    expect(explainTransition(snapshot, transition)).toContain('What the stage before names is not to be found, so it holds nothing');
  });
});
