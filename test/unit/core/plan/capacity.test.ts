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
  capacity,
  flag,
  flagStage,
  limitStage,
  route,
  startMs,
} from '../../../builders/core.ts';

const readyWithinSeconds = 90;
const scale = { target: 'capacity', kind: 'Scale', minReplicas: 4, readyWithinSeconds } as const;
const snapshot = aSnapshot({
  targets: [capacity, route, flag],
  stages: [{ ...limitStage, actions: [scale, ...limitStage.actions] }, flagStage],
});

/** The stage began at `startMs` and its route refuses: nobody is ready to take the requests. */
function stepAfter(seconds: number, changes: Partial<PlanStepInput> = {}) {
  const nowMs = startMs + seconds * 1000;
  const reading = aReading('Firing', anAssessment(breachValue, { atMs: nowMs }));
  return stepPlan(
    aStep({
      snapshot,
      memory: anEngagement({ stage: 0, stageSinceMs: startMs, verifiedAtMs: null, direction: 'Up' }),
      indicators: { 'score-drift': reading },
      targetsWithoutSafeBackend: ['traffic'],
      targetsShortOfReplicas: ['traffic'],
      refusedTargets: ['traffic'],
      nowMs,
      ...changes,
    }),
  ).transition;
}

describe('a stage that makes room before it moves requests', () => {
  it('waits for the room as long as it says, and not a moment longer', () => {
    expect(stepAfter(0)).toBeNull();
    expect(stepAfter(readyWithinSeconds - 0.001)).toBeNull();
    expect(stepAfter(readyWithinSeconds)).toMatchObject({ kind: 'Escalated', to: 1, reason: 'SafeBackendNotReady' });
  });

  it('does not wait for replicas nobody will start', () => {
    const refusedTargets = ['traffic', 'capacity'];
    expect(stepAfter(0, { refusedTargets })).toMatchObject({ kind: 'Escalated', to: 1, reason: 'SafeBackendNotReady' });
  });

  it('does not wait where the backend is missing: no replica makes a Service', () => {
    expect(stepAfter(0, { targetsShortOfReplicas: [] })).toMatchObject({ kind: 'Escalated', to: 1 });
  });

  it('waits for none where it asks for none', () => {
    const plain = aSnapshot({ targets: [route, flag], stages: [limitStage, flagStage] });
    expect(stepAfter(0, { snapshot: plain })).toMatchObject({ kind: 'Escalated', to: 1 });
  });
});
