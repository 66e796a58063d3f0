import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RefusalReason } from '../../../src/actuators/port.ts';
import type { PlanProblem } from '../../../src/controllers/plan-problems.ts';
import { stallOf as stallAt } from '../../../src/controllers/plan-stall.ts';
import { desiredEntry, targetState } from '../../../src/controllers/plan-state.ts';
import type { PlanState } from '../../../src/controllers/plan-state.ts';
import { initialPlanMemory } from '../../../src/core/plan/memory.ts';
import { aSnapshot, anEngagement, startMs } from '../../builders/core.ts';
import { memoryBackend, memoryPlan, memoryRoute, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { aPlanState } from '../../builders/plan-state.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

const limited = { engagement: 1, stage: 0, stageSinceMs: startMs };
const engaged = (): PlanState => aPlanState({ engaged: aSnapshot(), memory: anEngagement() });
const releasing = (): PlanState => aPlanState({ engaged: aSnapshot(), memory: { ...initialPlanMemory, lastEngagement: 1 } });

function refuse(plan: PlanState, reason: RefusalReason, message = 'No.'): void {
  targetState(plan, 'traffic').refusal = { planUID: plan.uid, target: 'traffic', reason, message };
}

const stallOf = (plan: PlanState, problems: readonly PlanProblem[]) => stallAt(plan, problems, startMs);
const problem = (reason: string): PlanProblem => ({ reason, message: `About ${reason}.` });

describe('what stalls a plan', () => {
  it('is nothing while all goes as it should', () => {
    const plan = engaged();
    Object.assign(targetState(plan, 'traffic'), { applied: desiredEntry(plan), verification: 'Waiting', message: 'Not shown yet.' });
    expect(stallOf(plan, [])).toBeNull();
    expect(stallOf(aPlanState(), [])).toBeNull();
  });

  it('is a target that refuses the stage: which one, why, and what becomes of it', () => {
    const plan = engaged();
    refuse(plan, 'SafeBackendNotReady', 'Service credit-v1 has 0 ready endpoints, it needs 1.');
    expect(stallOf(plan, [])).toEqual({
      reason: 'SafeBackendNotReady',
      message:
        "Stage limit can't be taken on target traffic: Service credit-v1 has 0 ready endpoints, it needs 1. What it held before stays; it is tried again by itself.",
    });
  });

  it.each([
    ['Denied', /Give the operator the right to patch it, or change the policy/],
    ['Invalid', /Correct the object/],
  ] as const)('says what to do where the server only said no (%s)', (reason, remedy) => {
    const plan = engaged();
    refuse(plan, reason);
    expect(stallOf(plan, [])?.message).toMatch(remedy);
  });

  it('is a release that is refused, as long as the target holds something', () => {
    const plan = releasing();
    targetState(plan, 'flag').applied = limited;
    refuse(plan, 'Denied');
    expect(stallOf(plan, [])).toBeNull();
    targetState(plan, 'traffic').applied = limited;
    expect(stallOf(plan, [])?.message).toMatch(/^Target traffic can't be given back: /);
  });

  it('is a stage its object carries and its controllers do not follow', () => {
    const plan = engaged();
    Object.assign(targetState(plan, 'traffic'), { applied: desiredEntry(plan), verification: 'Failed', message: 'Not accepted.' });
    expect(stallOf(plan, [])).toEqual({
      reason: 'NotTaken',
      message: 'Target traffic carries stage limit, but it is not in effect: Not accepted.',
    });
  });

  it('is not what was said of an earlier stage', () => {
    const plan = aPlanState({ engaged: aSnapshot(), memory: anEngagement({ stage: 1, stageSinceMs: startMs + 1 }) });
    Object.assign(targetState(plan, 'traffic'), { applied: limited, verification: 'Failed', message: 'Not accepted.' });
    expect(stallOf(plan, [])).toBeNull();
  });

  it('is anything that is missing once the plan acts', () => {
    expect(stallOf(engaged(), [problem('RiskMissing')])).toMatchObject({ reason: 'RiskMissing' });
  });

  it('is, while the plan wants nothing, only what no waiting cures', () => {
    expect(stallOf(aPlanState(), [problem('RiskMissing'), problem('TargetMissing')])).toBeNull();
    expect(stallOf(aPlanState(), [problem('RiskMissing'), problem('LadderLoosens')])).toMatchObject({ reason: 'LadderLoosens' });
  });
});

describe('a plan in the eyes of kstatus', () => {
  let world: MemoryOperator;

  beforeEach(async () => {
    world = await startMemoryOperator();
    await world.pass(1);
  });
  afterEach(() => world.stop());

  const is = (type: string) => conditionOf(planIn(world), type);
  const stands = (): readonly unknown[] => ['Ready', 'Stalled', 'Reconciling'].map((type) => is(type)?.status);
  const planStage = () => (planIn(world)['status'] as { readonly stage?: { readonly name: string } }).stage?.name;
  const [current, inProgress, failed] = [
    ['True', 'False', 'False'],
    ['False', 'False', 'True'],
    ['False', 'True', 'False'],
  ];

  it('is current at rest, and again once its stage is in effect', async () => {
    expect(stands()).toEqual(current);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.passUntil('in effect', () => is('Effective')?.status === 'True');
    expect(stands()).toEqual(current);
  });

  it('regression: is in progress while a patch is on its way, names the target that lacks it, and no event tells of it', async () => {
    world.api.onWrite(({ resource }) => (resource === 'featureflags' ? 'Lose' : 'Pass'));
    world.read(0.9);
    await world.passUntil('at the last stage', () => planStage() === 'rollback');
    await world.pass(20);
    expect(stands()).toEqual(inProgress);
    expect(is('Reconciling')).toMatchObject({ reason: 'Waiting', message: expect.stringContaining('Target flag') });
    expect(world.events.map(({ reason }) => reason)).not.toContain('Reconciling');
  });

  it('has failed where the last stage needs a safe backend that is not ready, and goes on when it is', async () => {
    world.api.apply(
      'mitigationplans',
      memoryPlan({ stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }] }),
    );
    memoryBackend(world.api, 'credit-v1', false);
    world.read(0.9);
    await world.pass(4);
    expect(stands()).toEqual(failed);
    expect(is('Stalled')).toMatchObject({
      reason: 'SafeBackendNotReady',
      message: expect.stringMatching(/Stage limit.*target traffic.*credit-v1/),
    });
    memoryBackend(world.api, 'credit-v1');
    await world.pass(2);
    expect(stands()).toEqual(current);
  });

  it('has failed while the API server denies what it wants, engaging or giving back', async () => {
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.passUntil('in effect', () => is('Effective')?.status === 'True');
    world.api.onWrite(({ resource }) => (resource === 'httproutes' ? 'Deny' : 'Pass'));
    world.api.apply('mitigationplans', memoryPlan({ suspend: 'Release' }));
    await world.pass(3);
    expect(stands()).toEqual(failed);
    expect(is('Stalled')).toMatchObject({
      reason: 'Denied',
      message: expect.stringMatching(/Target traffic can't be given back.*this policy/),
    });
    world.api.onWrite(() => 'Pass');
    await world.passUntil('given back', () => shareIn(world) === 50);
    await world.pass(3);
    expect(stands()).toEqual(current);
  });

  it('has failed while its target is gone in an engagement, and is in progress where an idle plan waits for one', async () => {
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    world.api.remove('httproutes', 'credit');
    await world.pass(1);
    expect(stands()).toEqual(failed);
    expect(is('Stalled')).toMatchObject({ reason: 'TargetMissing', message: expect.stringContaining('create it') });
    world.read(0.01);
    await world.passUntil('idle', () => is('Engaged')?.status === 'False');
    await world.pass(1);
    expect([is('Ready')?.reason, is('Stalled')?.status]).toEqual(['TargetMissing', 'False']);
    world.api.apply('httproutes', memoryRoute());
    await world.pass(2);
    expect(stands()).toEqual(current);
  });
});
