import { describe, expect, it } from '@jest/globals';

import { permittedEntry } from '../../../src/controllers/asks.ts';
import type { RefusalReason } from '../../../src/actuators/port.ts';
import { desiredEntry, isCovered, targetState, verifiedAtMs, yieldingTargets } from '../../../src/controllers/plan-state.ts';
import type { PlanState } from '../../../src/controllers/plan-state.ts';
import type { Stage } from '../../../src/core/model/plan.ts';
import type { Target } from '../../../src/core/model/target.ts';
import { aSnapshot, anEngagement, flag, limitStage, route, startMs } from '../../builders/core.ts';
import { aPlanState } from '../../builders/plan-state.ts';

const update: Target = { kind: 'Rollout', name: 'update', object: 'credit', settleSeconds: 0 };
const workload: Target = {
  kind: 'Deployment',
  name: 'workload',
  object: 'credit',
  purpose: 'Pin',
  revision: null,
  behind: null,
};

const both: Stage = {
  ...limitStage,
  actions: [...limitStage.actions, { target: 'update', kind: 'CanaryLimit', maxPercent: 10 }],
};

function engaged(targets: readonly Target[], stage: Stage): PlanState {
  const snapshot = aSnapshot({ targets, stages: [stage] });
  return aPlanState({ engaged: snapshot, memory: anEngagement({ stage: 0, direction: 'Up' }) });
}

function refuse(plan: PlanState, target: string, reason: RefusalReason): void {
  targetState(plan, target).refusal = { planUID: plan.uid, target, reason, message: '' };
}

function bring(plan: PlanState, target: string, atMs = startMs): void {
  Object.assign(targetState(plan, target), { applied: desiredEntry(plan), verifiedAtMs: atMs });
}

describe('a route that is left to a Rollout', () => {
  it('keeps neither the Rollout nor a flag waiting, but a workload: that answers callers until the route is moved', () => {
    const stage: Stage = {
      ...both,
      actions: [...both.actions, { target: 'flag', kind: 'FlagRollback' }, { target: 'workload', kind: 'Pin' }],
    };
    const plan = engaged([route, update, flag, workload], stage);
    expect(permittedEntry(plan, update, startMs)).toBe('None');
    refuse(plan, 'traffic', 'RolloutInProgress');
    expect(permittedEntry(plan, update, startMs)).toEqual(desiredEntry(plan));
    bring(plan, 'update');
    expect(permittedEntry(plan, flag, startMs)).toEqual(desiredEntry(plan));
    bring(plan, 'flag');
    expect(permittedEntry(plan, workload, startMs)).toBe('None');
  });

  it.each(['RolloutInProgress', 'AlreadyPromoted', 'SameRevision'] as const)('for %s is covered once the other stands', (reason) => {
    const plan = engaged([route, update], both);
    refuse(plan, 'traffic', reason);
    expect([isCovered(plan, 'traffic'), yieldingTargets(plan), verifiedAtMs(plan)]).toEqual([false, ['traffic'], null]);
    bring(plan, 'update', startMs + 5);
    expect([isCovered(plan, 'traffic'), yieldingTargets(plan), verifiedAtMs(plan)]).toEqual([true, [], startMs + 5]);
  });

  it.each([
    [
      'the other refuses too',
      (plan: PlanState) => {
        bring(plan, 'update');
        refuse(plan, 'update', 'AlreadyPromoted');
      },
    ],
    [
      'it is refused for something else',
      (plan: PlanState) => {
        bring(plan, 'update');
        refuse(plan, 'traffic', 'SafeBackendNotReady');
      },
    ],
  ])('is not covered where %s', (_case, change) => {
    const plan = engaged([route, update], both);
    refuse(plan, 'traffic', 'RolloutInProgress');
    change(plan);
    expect(isCovered(plan, 'traffic')).toBe(false);
  });

  it('is not covered by a target the stage asks nothing of, nor by a flag', () => {
    const limitAndFlag: Stage = { ...limitStage, actions: [...limitStage.actions, { target: 'flag', kind: 'FlagRollback' }] };
    const plan = engaged([route, update, flag], limitAndFlag);
    refuse(plan, 'traffic', 'RolloutInProgress');
    bring(plan, 'update');
    bring(plan, 'flag');
    expect(isCovered(plan, 'traffic')).toBe(false);
  });
});
