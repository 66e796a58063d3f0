import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ObjectiveStatus } from '../../../src/api/objective-status.ts';
import { budgetOfStatus } from '../../../src/api/objective-status.ts';
import type { Observation } from '../../../src/core/model/observation.ts';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';

type Fields = Readonly<Record<string, unknown>>;

const objective = { targetPercent: 90, windowSeconds: 604_800 };
const [good, bad] = [0.01, 0.4];

const blind: Observation = {
  kind: 'NoData',
  cause: 'Empty',
  message: 'no series for this model',
  source: { provider: 'default/prometheus', query: 'score_drift', queriedAtMs: 0 },
};

describe('the budget of an indicator', () => {
  let world: MemoryOperator;
  const risk = (indicator: Fields = { objective }, spec: Fields = {}) => {
    const written = memoryRisk(indicator) as { readonly spec: Fields };
    return { ...written, spec: { ...written.spec, evaluationIntervalSeconds: 5, ...spec } };
  };
  const shown = (): ObjectiveStatus | undefined => {
    const { status } = world.api.get('modelrisks', 'credit') as unknown as {
      readonly status: { readonly indicators: readonly { readonly objective?: ObjectiveStatus }[] };
    };
    return status.indicators[0]?.objective;
  };
  const standings = () => shown()?.changes.map(({ standing }) => standing);
  const left = () => world.sample('modelrisk_indicator_budget_left_ratio', 'lending', 'credit', 'score-drift');
  const counted = (result: string) => world.sample('modelrisk_indicator_readings_total', 'lending', 'credit', 'score-drift', result);
  const writes = () => world.api.writes.filter(({ resource }) => resource === 'modelrisks').length;
  const events = () => world.events.map(({ reason }) => reason).filter((reason) => reason.startsWith('Budget'));
  /** By the counter, as the recording rule computes it. */
  const byReadings = async () => {
    const [goods, bads] = [(await counted('Good')) ?? 0, (await counted('Bad')) ?? 0];
    return 1 - bads / (goods + bads) / 0.1;
  };

  beforeEach(async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.remove('mitigationplans', 'credit');
      api.apply('modelrisks', risk());
    });
    await world.pass(1);
  });
  afterEach(() => world.stop());

  it('is whole while the limit is kept, and costs no write', async () => {
    await world.pass(70);
    const before = writes();
    await world.pass(600);
    expect(writes()).toBe(before);
    expect(shown()).toMatchObject({ ...objective, folded: [], budgetLeft: 1 });
    expect(standings()).toEqual(['Good']);
    expect(await left()).toBe(1);
  });

  it('goes down with a breach and comes back with good time, as the readings counter says', async () => {
    await world.pass(600);
    world.read(bad);
    await world.pass(30);
    world.read(good);
    await world.pass(600);
    expect(standings()).toEqual(['Good', 'Bad', 'Good']);
    const share = await left();
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.8);
    expect(Math.abs((share ?? NaN) - (await byReadings()))).toBeLessThan(0.01);
  });

  it('counts time without a usable reading on neither side', async () => {
    await world.pass(300);
    world.read(bad);
    await world.pass(30);
    const before = await byReadings();
    world.read(blind);
    await world.pass(900);
    expect(standings()).toEqual(['Good', 'Bad', 'None']);
    expect(await byReadings()).toBe(before);
    expect(Math.abs(((await left()) ?? NaN) - before)).toBeLessThan(0.02);
    expect(await counted('None')).toBeGreaterThan(150);
    world.read(good);
    await world.pass(300);
    expect(standings()).toEqual(['Good', 'Bad', 'None', 'Good']);
  });

  it('goes on over a quick restart as if there had been none', async () => {
    await world.pass(300);
    const before = shown();
    await world.restart();
    await world.pass(100);
    expect(shown()).toEqual(before);
    expect(standings()).toEqual(['Good']);
    expect(await left()).toBe(1);
  });

  it('counts nothing of the time in which no operator led, good or bad', async () => {
    await world.pass(300);
    world.read(bad);
    await world.pass(32);
    const before = await left();
    world.read(good);
    await world.restart(86_400);
    await world.pass(10);
    expect(standings()).toEqual(['Good', 'Bad', 'None', 'Good']);
    const [, , from, to] = shown()?.changes.map(({ at }) => Date.parse(at)) ?? [];
    expect(((to ?? 0) - (from ?? 0)) / 1000).toBeGreaterThan(86_300);
    expect(Math.abs(((await left()) ?? NaN) - (before ?? NaN))).toBeLessThan(0.1);
  });

  it('sees that nobody looks at a suspended model, from two intervals after the last look', async () => {
    await world.pass(300);
    world.api.apply('modelrisks', risk({ objective }, { suspend: 'Hold' }));
    await world.pass(130);
    expect(standings()).toEqual(['Good', 'None']);
    const [from, to] = shown()?.changes.map(({ at }) => Date.parse(at)) ?? [];
    const judgedSeconds = ((to ?? 0) - (from ?? 0)) / 1000;
    expect(judgedSeconds).toBeGreaterThan(295);
    expect(judgedSeconds).toBeLessThan(315);
    world.api.apply('modelrisks', risk());
    await world.pass(10);
    expect(standings()).toEqual(['Good', 'None', 'Good']);
  });

  it('does not take what nobody looks at for judged before that is written', async () => {
    await world.pass(300);
    world.read(bad);
    await world.pass(30);
    const before = await left();
    world.api.apply('modelrisks', risk({ objective }, { suspend: 'Hold' }));
    await world.pass(12);
    const then = await left();
    await world.pass(40);
    expect(then).toBeLessThan(before ?? NaN);
    expect(await left()).toBe(then);
  });

  it('is kept by an edit of the objective, and goes by the new one', async () => {
    await world.pass(300);
    world.read(bad);
    await world.pass(30);
    world.read(good);
    await world.pass(300);
    const before = (await left()) ?? NaN;
    world.api.apply('modelrisks', risk({ objective: { ...objective, targetPercent: 95 } }));
    await world.pass(6);
    expect(standings()).toEqual(['Good', 'Bad', 'Good']);
    expect(shown()?.targetPercent).toBe(95);
    expect(1 - ((await left()) ?? NaN)).toBeCloseTo(2 * (1 - before), 1);
  });

  it('counts by the limit that was in force: an edit of the threshold judges nothing anew', async () => {
    world.read(0.2);
    await world.pass(300);
    world.api.apply('modelrisks', risk({ objective, threshold: { direction: 'Above', breach: 0.15, clear: 0.1 } }));
    await world.pass(20);
    expect(standings()).toEqual(['Good', 'Bad']);
  });

  it('goes with the objective, and begins anew with another', async () => {
    await world.pass(20);
    world.api.apply('modelrisks', risk({}));
    await world.pass(10);
    expect(shown()).toBeUndefined();
    expect(await left()).toBeNull();
    const again = world.clock.nowMs();
    world.api.apply('modelrisks', risk());
    await world.pass(10);
    expect(Date.parse(shown()?.changes[0]?.at ?? '')).toBeGreaterThanOrEqual(again);
  });

  it('has no series while nothing was judged', async () => {
    await world.stop();
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('modelrisks', risk());
    });
    world.read(blind);
    await world.pass(0.5);
    expect(await left()).toBeNull();
  });

  it('says in its status what the metric says, and what the object alone lets anybody compute', async () => {
    await world.pass(600);
    world.read(bad);
    await world.pass(200);
    const [status, metric] = [shown(), (await left()) ?? NaN];
    if (status === undefined) throw new Error('nothing is shown');
    expect(budgetOfStatus('score-drift', status, world.clock.nowMs()).left).toBeCloseTo(metric, 9);
    const told = status.budgetLeft ?? NaN;
    expect(Math.abs(told - metric)).toBeLessThan(1.2);
    expect(told).toBeLessThan(1);
  });

  describe('under an engagement', () => {
    const otherQuery = { promQL: { query: 'max by (namespace, model, version) (0 * score_drift)' } };
    const stages = [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }];

    async function engaged(plan: Fields): Promise<void> {
      world.api.apply('mitigationplans', memoryPlan(plan));
      world.api.apply('modelrisks', risk({ objective }, { evaluationIntervalSeconds: 1 }));
      await world.pass(5);
      world.read(0.9);
      await world.passUntil('engaged', () => world.api.list('riskincidents').length > 0);
      await world.pass(2);
    }

    it('goes by what is written, and so does the counter: what the engagement reads beside it counts for that alone', async () => {
      await engaged({ stages });
      world.api.apply('riskpolicies', memoryPolicy(otherQuery));
      world.readElsewhere(good);
      await world.pass(3);
      const [goods, bads] = [(await counted('Good')) ?? 0, (await counted('Bad')) ?? 0];
      await world.pass(10);
      expect(await counted('Bad')).toBe(bads);
      expect(await counted('Good')).toBe(goods + 10);
      expect(standings()).toEqual(['Good', 'Bad', 'Good']);
    });

    it('counts nothing while callers receive no answers of the model', async () => {
      await engaged({ stages: [{ name: 'shadow', actions: [{ target: 'traffic', shadow: { percent: 100 } }] }] });
      await world.pass(70);
      expect(standings()).toEqual(['Good', 'Bad', 'None']);
      const then = await left();
      await world.pass(100);
      expect(await left()).toBe(then);
    });
  });

  describe('when it is spent', () => {
    const enoughSeconds = 604_800 / 30;

    it('is no news of an indicator that is young', async () => {
      await world.pass(60);
      world.read(bad);
      await world.pass(130);
      expect(shown()?.budgetLeft).toBeLessThan(0);
      expect(shown()?.spentAt).toBeUndefined();
      expect(events()).toEqual([]);
    });

    it('is told once, and once more when a tenth of it is back; no traffic moves by either', async () => {
      await world.clock.advance(enoughSeconds * 1000);
      world.read(bad);
      await world.clock.advance(2400 * 1000);
      const spentAt = shown()?.spentAt;
      expect(spentAt).toBeDefined();
      expect(events()).toEqual(['BudgetSpent']);
      await world.restart();
      await world.pass(70);
      expect(shown()?.spentAt).toBe(spentAt);
      world.read(good);
      await world.clock.advance(600 * 1000);
      expect(await left()).toBeLessThan(0.1);
      expect(events()).toEqual(['BudgetSpent']);
      await world.clock.advance(9000 * 1000);
      expect(shown()?.spentAt).toBeUndefined();
      expect(events()).toEqual(['BudgetSpent', 'BudgetBack']);
      expect(world.api.writes.filter(({ resource }) => resource === 'httproutes')).toEqual([]);
    });

    it('regression: is not said to be back where nobody looked for a whole window: nothing is known then', async () => {
      await world.clock.advance(enoughSeconds * 1000);
      world.read(bad);
      await world.clock.advance(2400 * 1000);
      const spentAt = shown()?.spentAt;
      expect(spentAt).toBeDefined();
      world.api.apply('modelrisks', risk({ objective }, { suspend: 'Hold' }));
      await world.clock.advance((objective.windowSeconds + 600) * 1000);
      expect(await left()).toBeNull();
      expect(shown()).not.toHaveProperty('budgetLeft');
      expect(shown()?.spentAt).toBe(spentAt);
      expect(events()).toEqual(['BudgetSpent']);
    });

    it('is in bounded room however often the readings turn', async () => {
      for (let turn = 0; turn < 60; turn += 1) {
        world.read(turn % 2 === 0 ? bad : good);
        await world.pass(10);
      }
      expect(shown()?.changes).toHaveLength(32);
      expect(shown()?.folded.length).toBeLessThan(3);
      expect(Math.abs(((await left()) ?? NaN) - (await byReadings()))).toBeLessThan(0.2);
    });
  });
});
