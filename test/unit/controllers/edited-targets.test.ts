import { afterEach, describe, expect, it } from '@jest/globals';
import { targetsLeft } from '../../../src/controllers/asks.ts';
import {
  fullyReleased,
  refusedTargets,
  statesInForce,
  targetState,
  targetsWithoutSafeBackend,
  yieldingTargets,
} from '../../../src/controllers/plan-state.ts';
import { aSnapshot, anEngagement, flag, limitStage, route, startMs } from '../../builders/core.ts';
import { applyGuardedModelTo, memoryPlan, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { aPlanState } from '../../builders/plan-state.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

const service = (name: string) => ({ service: name, port: 8080 });
const routeTo = (object: string, name = 'traffic') => ({
  name,
  httpRoute: { name: object, candidate: service('credit-v2'), safe: service('credit-v1') },
});
const limiting = (target: string) => [{ name: 'limit', actions: [{ target, canaryLimit: { maxPercent: 10 } }] }];

describe('a target an edit took out of the plan', () => {
  it('says nothing any more of what is refused, left or on its way; while it holds something it does', () => {
    const plan = aPlanState({ engaged: aSnapshot({ targets: [route], stages: [limitStage] }), memory: anEngagement({ stage: 0 }) });
    const entry = { engagement: 1, stage: 0, stageSinceMs: startMs };
    const refusal = { planUID: plan.uid, target: 'gone', reason: 'SafeBackendNotReady', message: '' } as const;
    const yielded = { sinceMs: startMs, leftAtMs: startMs, triedAtMs: null };
    Object.assign(targetState(plan, 'gone'), { refusal, yielded, sending: { sentAtMs: startMs, answer: 'Lost' } });
    const told = () =>
      [statesInForce(plan), refusedTargets(plan), targetsWithoutSafeBackend(plan), targetsLeft(plan)].map((each) => each.length);
    expect([told(), fullyReleased(plan)]).toEqual([[0, 0, 0, 0], true]);
    targetState(plan, 'gone').refusal = { ...refusal, reason: 'RolloutInProgress' };
    expect(yieldingTargets(plan)).toEqual([]);
    targetState(plan, 'gone').applied = entry;
    expect([told(), fullyReleased(plan)]).toEqual([[1, 1, 0, 1], false]);
    expect(yieldingTargets(plan)).toEqual(['gone']);
  });

  it('counts again once the plan names it', () => {
    const plan = aPlanState({ current: aSnapshot({ targets: [flag], stages: [] }) });
    targetState(plan, route.name).sending = { sentAtMs: startMs, answer: 'Lost' };
    expect(fullyReleased(plan)).toBe(true);
    plan.current = aSnapshot({ targets: [route], stages: [] });
    expect(fullyReleased(plan)).toBe(false);
  });

  describe('of a plan in force', () => {
    let world: MemoryOperator;
    afterEach(() => world.stop());

    it('regression: that it was not there makes no engagement fail that has nothing to do with it', async () => {
      world = await startMemoryOperator((api) => {
        applyGuardedModelTo(api);
        api.apply('mitigationplans', memoryPlan({ targets: [routeTo('nowhere', 'wrong')], stages: limiting('wrong') }));
      });
      await world.pass(2);
      expect(conditionOf(planIn(world), 'Ready')).toMatchObject({ reason: 'TargetMissing' });
      world.api.apply('mitigationplans', memoryPlan({ targets: [routeTo('credit')], stages: limiting('traffic') }));
      await world.pass(2);
      world.read(0.9);
      await world.passUntil('capped', () => shareIn(world) === 10);
      await world.pass(3);
      for (const type of ['Ready', 'Effective']) expect(conditionOf(planIn(world), type)).toMatchObject({ status: 'True' });
      expect(conditionOf(planIn(world), 'Stalled')).toMatchObject({ status: 'False' });
    });

    it('regression: keeps no deleted plan for a patch of another plan there, the answer to which was lost', async () => {
      const other = (target: { readonly name: string }): object => {
        const plan = memoryPlan({ suspend: 'Hold', targets: [target], stages: limiting(target.name) }) as { readonly metadata: object };
        return { ...plan, metadata: { ...plan.metadata, name: 'other' } };
      };
      world = await startMemoryOperator((api) => {
        applyGuardedModelTo(api);
        api.apply('mitigationplans', other(routeTo('credit')));
      });
      await world.pass(2);
      world.api.onWrite(({ resource }) => (resource === 'httproutes' ? 'Lose' : 'Pass'));
      world.read(0.9);
      await world.pass(2);
      expect(shareIn(world)).toBe(50);
      world.api.apply('mitigationplans', other(routeTo('elsewhere', 'another')));
      await world.pass(1);
      world.api.onWrite(() => 'Pass');
      await world.passUntil('capped', () => shareIn(world) === 10);
      world.api.remove('mitigationplans', 'other');
      await world.passUntil('gone', () => world.api.get('mitigationplans', 'other') === null);
    });
  });
});
