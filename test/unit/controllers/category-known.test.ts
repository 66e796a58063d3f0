import { describe, expect, it } from '@jest/globals';
import { report, reportedIn, startHandling, take, withSpec } from '../../builders/handling.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn } from '../../builders/memory-story.ts';

async function reported(changes: object): Promise<MemoryOperator> {
  const world = await startHandling();
  take(world, { name: 'told', action: 'ReportIncident', report: { ...report, ...changes } });
  await world.pass(3);
  return world;
}

const conditionIn = (world: MemoryOperator) => reportedIn(world).status.conditions.find(({ type }) => type === 'CategoryKnown');
const clocksIn = (world: MemoryOperator) => reportedIn(world).status.deadlines.map(({ name }) => name);
const change = (world: MemoryOperator, changes: object): void => {
  world.api.apply('riskpolicies', withSpec(liveIn(world, 'riskpolicies', 'default'), changes));
};

describe('regression: an incident reported under a category the policy does not have', () => {
  it('is open all the same, and says that no clock counts for the category', async () => {
    const world = await reported({ category: 'Fairnes', severity: 'High' });
    expect(reportedIn(world)).toMatchObject({ spec: { categories: ['Fairnes'], report: { category: 'Fairnes' } } });
    expect([clocksIn(world), reportedIn(world).status.closedAt]).toEqual([[], undefined]);
    expect(conditionIn(world)).toMatchObject({ status: 'False', reason: 'CategoryUnknown', observedGeneration: 1 });
    expect(conditionIn(world)?.message).toBe(
      "Category Fairnes of this report is not in the taxonomy of RiskPolicy default (DataQuality, ModelPerformance, Fairness, Security, Privacy, OperationalReliability), so no authority's clock counts for that category: ai-act can't begin by it; duties that name no categories do. Report it again under one of these, or have it added to spec.categories of the policy and to its duties.",
    );
    await world.stop();
  });

  it('begins the clocks of duties that name no categories', async () => {
    const world = await reported({ category: 'Fairnes', severity: 'Critical' });
    expect([clocksIn(world), conditionIn(world)?.status]).toEqual([['ai-act-critical'], 'False']);
    await world.stop();
  });

  it('says no more once the policy has the category', async () => {
    const world = await reported({ category: 'Conduct' });
    expect(conditionIn(world)?.reason).toBe('CategoryUnknown');
    const since = conditionIn(world)?.lastTransitionTime;
    await world.clock.advance(60_000);
    await world.pass(1);
    expect(conditionIn(world)?.lastTransitionTime).toBe(since);
    const categories = ['Conduct', 'Fairness'].map((name) => ({ name }));
    change(world, { categories });
    await world.pass(2);
    expect(conditionIn(world)).toBeUndefined();
    change(world, { categories: categories.slice(1) });
    await world.pass(2);
    expect(conditionIn(world)?.message).toContain('RiskPolicy default (DataQuality, ModelPerformance, ');
    await world.stop();
  });

  it('is told of only where there is something to tell', async () => {
    const world = await reported({ category: 'Fairness', severity: 'High' });
    expect([clocksIn(world), conditionIn(world)]).toEqual([['ai-act'], undefined]);
    await world.stop();
  });
});
