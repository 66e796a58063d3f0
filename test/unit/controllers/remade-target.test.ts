import { afterEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, memoryPlan, memoryRoute, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { incidentsIn } from '../../builders/memory-record.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

const limit = { name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] };
const yields = { action: 'Yield', afterSeconds: 10, retryAfterSeconds: 300 };

describe('a target that somebody deletes and makes anew', () => {
  let world: MemoryOperator;
  afterEach(() => world.stop());

  async function capped(plan: Readonly<Record<string, unknown>> = {}): Promise<void> {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('mitigationplans', memoryPlan({ stages: [limit], ...plan }));
    });
    await world.pass(1);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(1);
  }

  function make(): void {
    const route = memoryRoute() as { readonly metadata: object };
    const managedFields = [{ manager: 'argocd-controller', operation: 'Update', time: '2026-06-01T12:00:00Z' }];
    world.api.apply('httproutes', { ...route, metadata: { ...route.metadata, managedFields } });
  }

  /** As Argo CD with Replace and Force does it, every `everyMs`, with `goneMs` between; answers how many patches of ours that brought. */
  async function replace({ everyMs, goneMs, seconds }: Readonly<Record<'everyMs' | 'goneMs' | 'seconds', number>>): Promise<number> {
    const before = world.api.writes.length;
    for (let atMs = 0; atMs < seconds * 1000; atMs += everyMs) {
      world.api.remove('httproutes', 'credit');
      if (goneMs > 0) await world.clock.advance(goneMs);
      make();
      await world.clock.advance(everyMs - goneMs);
    }
    return world.api.writes.slice(before).filter(({ resource }) => resource === 'httproutes').length;
  }

  const told = () => (incidentsIn(world)[0]?.status.entries ?? []).map(({ type }) => type);

  it.each([0, 50])(
    'regression: costs no more patches than the budget, and is Contested (gone for %d ms)',
    async (goneMs) => {
      await capped();
      const patches = await replace({ everyMs: 125, goneMs, seconds: 40 });
      expect(patches).toBeGreaterThanOrEqual(40);
      expect(patches).toBeLessThanOrEqual(10 + 40);
      expect(conditionOf(planIn(world), 'Contested')).toMatchObject({
        status: 'True',
        reason: 'ForeignEdits',
        message: expect.stringContaining('argocd-controller keeps changing target traffic'),
      });
      expect(told().filter((type) => type === 'Contested')).toHaveLength(1);
      expect(told().length).toBeLessThan(10);
      await world.pass(70);
      expect(shareIn(world)).toBe(10);
      expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'False' });
    },
    30_000,
  );

  it('is constrained at once each time where that is done no faster than the budget', async () => {
    await capped();
    for (let times = 0; times < 10; times += 1) {
      await replace({ everyMs: 1500, goneMs: 250, seconds: 1.5 });
      expect(shareIn(world)).toBe(10);
    }
  }, 20_000);

  it('is no contest when it happens once', async () => {
    await capped();
    await replace({ everyMs: 500, goneMs: 250, seconds: 0.5 });
    await world.pass(3);
    expect(shareIn(world)).toBe(10);
    expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'False' });
  });

  it('is left to that writer where the plan says so, and stays left', async () => {
    await capped({ onContest: yields });
    await replace({ everyMs: 1000, goneMs: 250, seconds: 40 });
    expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'True', reason: 'Yielded' });
    const patches = await replace({ everyMs: 1000, goneMs: 250, seconds: 20 });
    expect(shareIn(world)).toBe(50);
    expect(told().filter((type) => type === 'Yielded')).toHaveLength(1);
    expect(patches).toBeLessThanOrEqual(50);
    await world.pass(yields.retryAfterSeconds);
    expect(shareIn(world)).toBe(10);
    await world.pass(70);
    expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'False' });
  }, 30_000);

  it('is told as gone once nobody makes it anew', async () => {
    await capped();
    await replace({ everyMs: 500, goneMs: 250, seconds: 10 });
    world.api.remove('httproutes', 'credit');
    await world.pass(70);
    expect(conditionOf(planIn(world), 'Stalled')).toMatchObject({ status: 'True', reason: 'TargetMissing' });
    expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'False' });
    const since = told().slice(told().indexOf('Contested'));
    expect(since.filter((type) => type === 'Stalled')).toHaveLength(1);
  }, 20_000);

  it('is given back without waiting for the budget, and nothing of the contest is left for the next engagement', async () => {
    await capped();
    await replace({ everyMs: 125, goneMs: 0, seconds: 12 });
    world.api.apply('mitigationplans', memoryPlan({ suspend: 'Release', stages: [limit] }));
    await world.pass(1);
    expect(shareIn(world)).toBe(50);
    world.read(0.01);
    await world.pass(5);
    world.api.apply('mitigationplans', memoryPlan({ stages: [limit] }));
    await replace({ everyMs: 500, goneMs: 0, seconds: 0.5 });
    world.read(0.9);
    await world.passUntil('capped anew', () => shareIn(world) === 10);
    await world.pass(2);
    expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'False' });
  }, 20_000);
});
