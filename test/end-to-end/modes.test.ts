import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModel, httpRoutes, mitigationPlans, riskIncidents } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { conditionOf, isConstrained, ownedByUsers, phaseOf, shareOf, stepsOf } from '../builders/traffic-view.ts';

describe('what a plan is allowed to do', () => {
  let world: OperatorWorld;

  beforeEach(async () => {
    world = await openOperatorWorld();
  }, 60_000);

  afterEach(() => world.close());

  const guard = (plan: Readonly<Record<string, unknown>>): Promise<void> =>
    applyGuardedModel(world.plane.client, { namespace: world.namespace, providerURL: world.provider.url, plan });

  it('Observe: records what it would do and touches nothing', async () => {
    await guard({ mode: 'Observe' });
    const route = await world.get(httpRoutes, 'credit');
    await world.start();
    world.setDrift(0.9);
    await world.until(mitigationPlans, 'credit', (plan) => phaseOf(plan) === 'Engaged');
    const incidents = await world.untilListed(riskIncidents, (list) => list.some((incident) => stepsOf(incident).includes('WouldApply')));
    expect(incidents).toHaveLength(1);
    expect(ownedByUsers(await world.get(httpRoutes, 'credit'))).toEqual(ownedByUsers(route));
  }, 60_000);

  it('Approve: asks, and moves nothing until somebody answers', async () => {
    await guard({ mode: 'Approve', approval: { roles: ['risk'] } });
    const route = await world.get(httpRoutes, 'credit');
    await world.start();
    world.setDrift(0.9);
    const plan = await world.until(mitigationPlans, 'credit', (object) => conditionOf(object, 'AwaitingApproval')?.status === 'True');
    expect(phaseOf(plan)).toBe('Proposed');
    expect(ownedByUsers(await world.get(httpRoutes, 'credit'))).toEqual(ownedByUsers(route));
    await world.untilListed(riskIncidents, (list) => list.some((incident) => stepsOf(incident).includes('Proposed')));
  }, 60_000);

  it('moves no traffic to a safe version that is in breach too', async () => {
    await guard({
      targets: [
        {
          name: 'traffic',
          httpRoute: {
            name: 'credit',
            candidate: { service: 'credit-v2', port: 8080 },
            safe: { service: 'credit-v1', port: 8080, version: '2.2.0' },
          },
        },
      ],
      stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }],
    });
    await world.start();
    world.setDrift(0.9, 0.9);
    const plan = await world.until(mitigationPlans, 'credit', (object) => conditionOf(object, 'Engaged')?.reason === 'SharedCause');
    expect(phaseOf(plan)).toBe('Idle');
    expect(isConstrained(await world.get(httpRoutes, 'credit'))).toBe(false);
    world.setDrift(0.9, 0.01);
    await world.until(httpRoutes, 'credit', (object) => shareOf(object, 'credit-v2') === 10);
  }, 60_000);

  it('says what is missing, touches nothing, and looks again when it appears', async () => {
    await guard({ riskRef: { name: 'mortgage' } });
    await world.start();
    const blocked = await world.until(mitigationPlans, 'credit', (object) => conditionOf(object, 'Ready')?.status === 'False');
    expect(conditionOf(blocked, 'Ready')).toMatchObject({
      reason: 'RiskMissing',
      message: expect.stringContaining('ModelRisk mortgage does not exist'),
    });
    await world.copyRisk('credit', 'mortgage');
    await world.until(mitigationPlans, 'credit', (object) => conditionOf(object, 'Ready')?.status === 'True');
  }, 60_000);
});

describe('two namespaces with the same model name', () => {
  it('one breaching leaves the other untouched', async () => {
    const [breaching, quiet] = [await openOperatorWorld(), await openOperatorWorld()];
    try {
      for (const world of [breaching, quiet]) {
        // Both ask one provider: only the namespace label tells their series apart.
        await applyGuardedModel(world.plane.client, { namespace: world.namespace, providerURL: breaching.provider.url });
      }
      const before = await quiet.get(httpRoutes, 'credit');
      await Promise.all([breaching.start(), quiet.start()]);
      breaching.setDriftIn({ [breaching.namespace]: 0.9, [quiet.namespace]: 0.01 });
      await breaching.until(httpRoutes, 'credit', (object) => shareOf(object, 'credit-v2') <= 10);
      await quiet.until(mitigationPlans, 'credit', (plan) => phaseOf(plan) === 'Idle');
      expect(ownedByUsers(await quiet.get(httpRoutes, 'credit'))).toEqual(ownedByUsers(before));
    } finally {
      await Promise.all([breaching.close(), quiet.close()]);
    }
  }, 120_000);
});
