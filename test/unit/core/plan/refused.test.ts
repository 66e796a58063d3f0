import { describe, expect, it } from '@jest/globals';
import { stepPlan } from '../../../../src/core/plan.ts';
import type { PlanStepInput } from '../../../../src/core/plan/input.ts';
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

const stages = [limitStage, shadowStage, rollbackStage];
const none = { ...limitStage, name: 'none', actions: [{ target: 'traffic', kind: 'CanaryLimit', maxPercent: 0 }] } as const;
const begun = { stageSinceMs: startMs, verifiedAtMs: null, direction: 'Up' } as const;
const firing = aReading('Firing', anAssessment(breachValue, { atMs: startMs }));

/** One step in this stage, which was never seen in force, while the trigger fires. */
function stepIn(stage: number, changes: Partial<PlanStepInput> = {}, ladder: Partial<Parameters<typeof aSnapshot>[0]> = { stages }) {
  return stepPlan(
    aStep({
      snapshot: aSnapshot({ targets: [route, flag], ...ladder }),
      memory: anEngagement({ stage, ...begun }),
      indicators: { 'score-drift': firing },
      nowMs: startMs,
      ...changes,
    }),
  ).transition;
}

describe('a stage that is refused until somebody mends something', () => {
  it('is passed for the nearest that holds as much without what is refused, though that names it too', () => {
    expect(stepIn(0, { unservedTargets: ['traffic'] })).toMatchObject({ kind: 'Escalated', from: 0, to: 2, reason: 'Refused' });
    const ladder = { stages: [limitStage, flagStage, rollbackStage] };
    expect(stepIn(0, { unservedTargets: ['traffic'] }, ladder)).toMatchObject({ to: 1 });
  });

  it('is passed for a limit where copies alone are refused', () => {
    const refused = { unservedTargets: ['traffic'], targetsWithoutMirror: ['traffic'] };
    expect(stepIn(0, refused, { stages: [shadowStage, none, rollbackStage] })).toMatchObject({ to: 1, reason: 'Refused' });
    expect(stepIn(0, refused)).toBeNull();
  });

  it.each<[string, Parameters<typeof stepIn>[1]]>([
    ['nobody is safe to send callers to', { targetsWithoutSafeBackend: ['traffic'], refusedTargets: ['traffic'] }],
    ['nothing of it is refused', { unservedTargets: [] }],
    ['what is refused holds nothing of it', { unservedTargets: ['flag'] }],
    ['nothing later holds as much', { unservedTargets: ['traffic', 'flag'] }],
    ['it was seen in force', { unservedTargets: ['traffic'], memory: anEngagement({ stage: 0, ...begun, verifiedAtMs: startMs }) }],
    ['it is on the way down', { unservedTargets: ['traffic'], memory: anEngagement({ stage: 0, ...begun, direction: 'Down' }) }],
    [
      'the signal is good again',
      { unservedTargets: ['traffic'], indicators: { 'score-drift': aReading('Clear', anAssessment(okValue, { atMs: startMs })) } },
    ],
  ])('is stayed in where %s', (_name, changes) => {
    expect(stepIn(0, changes)?.reason).not.toBe('Refused');
  });

  it('asks first where the next asks first', () => {
    const asking = { ...rollbackStage, mode: 'Approve' } as const;
    expect(stepIn(0, { unservedTargets: ['traffic'] }, { stages: [limitStage, asking] })).toMatchObject({ kind: 'Proposed', to: 1 });
  });
});
