import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryPlan, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { shareIn } from '../../builders/memory-story.ts';
import { noReading } from '../../builders/core.ts';

describe('gauges that tell of state', () => {
  let world: MemoryOperator;
  const stage = (): Promise<number | null> => world.sample('modelrisk_engaged_stage', 'lending', 'credit');
  const cap = (): Promise<number | null> => world.sample('modelrisk_constraint_in_force', 'lending', 'HTTPRoute', 'credit', 'Cap');
  const age = (): Promise<number | null> => world.sample('modelrisk_observation_age_seconds', 'lending', 'credit', 'score-drift');

  beforeEach(async () => {
    world = await startMemoryOperator();
    await world.pass(2);
  });
  afterEach(() => world.stop());

  it('show an idle plan at 0 and no constraint', async () => {
    expect([await stage(), await cap()]).toEqual([0, null]);
    expect(await world.sample('modelrisk_indicator_value', 'lending', 'credit', 'score-drift')).toBe(0.01);
  });

  it('regression: show an engaged plan from the first scrape after a restart, and nothing of one that is gone', async () => {
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    expect([await stage(), await cap()]).toEqual([1, 1]);
    await world.restart();
    expect([await stage(), await cap()]).toEqual([1, 1]);
    world.api.remove('mitigationplans', 'credit');
    await world.pass(5);
    expect([await stage(), await cap()]).toEqual([null, null]);
  });

  it('tell a plan that only observes from a constraint in force', async () => {
    world.api.apply('mitigationplans', memoryPlan({ mode: 'Observe' }));
    world.read(0.9);
    await world.pass(3);
    expect([await stage(), await cap()]).toEqual([1, null]);
  });

  it('regression: an indicator that is read in copies only stayed blind for what was missing of live answers before', async () => {
    const blind = (): Promise<number | null> => world.sample('modelrisk_indicator_blind_seconds', 'lending', 'credit', 'score-drift');
    const stages = [{ name: 'shadow', actions: [{ target: 'traffic', shadow: { percent: 100 } }] }];
    world.api.apply('mitigationplans', memoryPlan({ stages }));
    world.api.apply('modelrisks', memoryRisk({ onNoData: 'Breach' }));
    await world.pass(2);
    world.read({ Live: noReading, Shadow: 0.01 });
    await world.passUntil('nobody is answered live', () => shareIn(world) === 0);
    await world.pass(20);
    expect(await blind()).toBe(0);
  });

  it('regression: of a suspended model nothing is blind or grows older: nobody looks', async () => {
    const blind = (): Promise<number | null> => world.sample('modelrisk_indicator_blind_seconds', 'lending', 'credit', 'score-drift');
    const suspended = (suspend: string) => {
      const risk = memoryRisk() as { readonly spec: object };
      world.api.apply('modelrisks', { ...risk, spec: { ...risk.spec, suspend } });
    };
    world.read(noReading);
    await world.pass(10);
    expect(await blind()).toBeGreaterThan(5);
    suspended('Hold');
    await world.pass(10);
    expect([await blind(), await age()]).toEqual([null, null]);
    expect(await world.sample('modelrisk_indicator_breached', 'lending', 'credit', 'score-drift')).toBe(0);
    suspended('None');
    world.read(0.01);
    await world.pass(3);
    expect(await blind()).toBe(0);
  });

  it('regression: data that stopped coming grow older', async () => {
    expect(await age()).toBeLessThanOrEqual(1);
    world.read(noReading);
    await world.pass(30);
    expect(await age()).toBeGreaterThanOrEqual(29);
    world.api.remove('modelrisks', 'credit');
    await world.pass(1);
    expect(await age()).toBeNull();
  });
});
