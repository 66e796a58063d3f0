import { afterEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, memoryRoute, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn, planIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf, shareOf } from '../../builders/traffic-view.ts';

describe('evidence a stage may move on', () => {
  let world: MemoryOperator;
  afterEach(() => world.stop());

  const inStage = (name: string) => (): boolean => (planIn(world).status as { stage?: { name: string } } | undefined)?.stage?.name === name;

  it('regression: a good reading of copies brings no caller back where the signal is only measurable live', async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', memoryPolicy({ measurableIn: ['Live'] }));
    });
    world.read(0.9);
    await world.passUntil('in shadow', inStage('shadow'));
    world.read(0.01);
    await world.pass(30);
    expect(shareIn(world)).toBe(0);
    expect(world.api.get('modelrisks', 'credit')).toMatchObject({ status: { indicators: [{ name: 'score-drift', state: 'Firing' }] } });
    expect(conditionOf(planIn(world), 'AwaitingEvidence')).toMatchObject({ status: 'True', reason: 'AwaitingEvidence' });
  });

  it('begins anew with each stage for what adds up over polls, and goes on where nobody is engaged', async () => {
    world = await startMemoryOperator();
    const evidenceFromMs = () => world.lastAsked()?.evidenceFromMs ?? null;
    await world.pass(3);
    expect(evidenceFromMs()).toBeNull();
    world.read(0.9);
    await world.passUntil('limited', inStage('limit'));
    await world.pass(3);
    const limited = evidenceFromMs();
    expect(limited).toBeGreaterThan(0);
    await world.passUntil('in shadow', inStage('shadow'));
    await world.pass(3);
    expect(evidenceFromMs()).toBeGreaterThan(limited ?? NaN);
    await world.pass(1);
    expect(evidenceFromMs()).toBeLessThan(world.clock.nowMs() - 1000);
    world.read(0.01);
    await world.passUntil('given back', () => shareIn(world) === 50);
    await world.pass(3);
    expect(evidenceFromMs()).toBeNull();
  });

  /** Guards a route of its own against the same drift of the same model; one stage. */
  function secondPlan(suspend: string): object {
    const plan = structuredClone(memoryPlan({ suspend })) as {
      metadata: { name: string };
      spec: { targets: { httpRoute?: { name: string } }[]; stages: object[] };
    };
    plan.metadata.name = 'second';
    const [traffic] = plan.spec.targets;
    if (traffic?.httpRoute === undefined) throw new Error('the first target is a route');
    traffic.httpRoute.name = 'other';
    plan.spec.targets = [traffic];
    plan.spec.stages = [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }];
    return plan;
  }

  it('regression: a plan in shadow does not blind another plan of its risk, nor is it blinded by it', async () => {
    const shadowLast = [
      { name: 'limit', escalateAfterSeconds: 4, actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] },
      { name: 'shadow', actions: [{ target: 'traffic', shadow: { percent: 100 } }] },
    ];
    const otherShare = (): number => shareOf(liveIn(world, 'httproutes', 'other'), 'credit-v2');
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      const route = memoryRoute() as { metadata: object };
      api.apply('httproutes', { ...route, metadata: { ...route.metadata, name: 'other' } });
      api.apply('mitigationplans', memoryPlan({ stages: shadowLast }));
      api.apply('mitigationplans', secondPlan('Hold'));
    });
    world.read(0.9);
    await world.passUntil('in shadow', inStage('shadow'));
    expect(otherShare()).toBe(50);
    world.api.apply('mitigationplans', secondPlan('None'));
    await world.passUntil('the second engaged', () => otherShare() === 10);
    expect(shareIn(world)).toBe(0);

    world.read({ Live: 0.9, Shadow: 0.01 });
    await world.passUntil('the first steps down on its copies', inStage('limit'));
    await world.pass(10);
    expect(shareIn(world)).toBeLessThanOrEqual(10);
    expect(otherShare()).toBe(10);
    expect(world.api.get('modelrisks', 'credit')).toMatchObject({ status: { indicators: [{ state: 'Firing' }] } });

    world.read(0.01);
    await world.passUntil('both given back', () => shareIn(world) === 50 && otherShare() === 50);
  });
});
