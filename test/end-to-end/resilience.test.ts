import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../testbed/api-client.ts';
import type { OperatorProcess } from '../../testbed/operator-process.ts';
import { applyGuardedModel, aRoute, featureFlags, httpRoutes, mitigationPlans, riskIncidents } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { isConstrained, ownedByUsers, phaseOf, shareOf, stepsOf } from '../builders/traffic-view.ts';

/** One stage only: what is tested here is what holds while it is in force. */
const capOnly = {
  // Each test engages it once more; the fourth would latch it for good.
  recovery: { stepSeconds: 1, flap: { maxEngagements: 16, windowSeconds: 86400 } },
  stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }],
};

describe('while a model is capped', () => {
  let world: OperatorWorld;
  let operator: OperatorProcess;
  let route: KubeObject;

  const live = (): Promise<KubeObject> => world.get(httpRoutes, 'credit');
  const engage = async (): Promise<void> => {
    world.setDrift(0.9);
    await world.until(httpRoutes, 'credit', (object) => shareOf(object, 'credit-v2') === 10);
  };
  const recover = async (): Promise<void> => {
    world.setDrift(0.01);
    await world.until(httpRoutes, 'credit', (object) => !isConstrained(object));
  };

  beforeAll(async () => {
    world = await openOperatorWorld();
    await applyGuardedModel(world.plane.client, { namespace: world.namespace, providerURL: world.provider.url, plan: capOnly });
    operator = await world.start();
  }, 120_000);

  beforeEach(async () => {
    route = await live();
  });

  afterAll(() => world.close());

  it('takes an edit by others as new intent: bounded again at once, given back at release', async () => {
    await engage();
    const weights = [70, 30].map((value, index) => ({ op: 'replace' as const, path: `/spec/rules/0/backendRefs/${index}/weight`, value }));
    await world.plane.client.patch(httpRoutes, { namespace: world.namespace, name: 'credit' }, weights);
    await world.until(httpRoutes, 'credit', (object) => shareOf(object, 'credit-v2') === 10);
    await recover();
    expect(shareOf(await live(), 'credit-v2')).toBe(30);
    await world.plane.client.patch(httpRoutes, { namespace: world.namespace, name: 'credit' }, [
      { op: 'replace', path: '/spec/rules/0/backendRefs/0/weight', value: 50 },
      { op: 'replace', path: '/spec/rules/0/backendRefs/1/weight', value: 50 },
    ]);
  }, 60_000);

  it('lets a user apply over it without force, and keeps the bound', async () => {
    await engage();
    await world.until(
      httpRoutes,
      'credit',
      ({ metadata }) => !(metadata.managedFields ?? []).some(({ manager }) => manager === 'modelrisk-operator'),
    );
    const applied = await world.plane.kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(aRoute(world.namespace)));
    expect(applied).toMatchObject({ code: 0, stderr: '' });
    await world.until(httpRoutes, 'credit', (object) => shareOf(object, 'credit-v2') === 10);
    await recover();
    expect(shareOf(await live(), 'credit-v2')).toBe(50);
  }, 60_000);

  it('survives the death of the operator: the cap stays, the successor goes on with the same incident and restores', async () => {
    const before = await world.untilListed(riskIncidents, (incidents) =>
      incidents.every((incident) => stepsOf(incident).includes('Closed')),
    );
    await engage();
    operator.process.signal('SIGKILL');
    await operator.process.exited;
    expect(shareOf(await live(), 'credit-v2')).toBe(10);
    operator = await world.start();
    await world.until(mitigationPlans, 'credit', (plan) => phaseOf(plan) === 'Engaged');
    expect(shareOf(await live(), 'credit-v2')).toBe(10);
    await recover();
    expect(ownedByUsers(await live())).toEqual(ownedByUsers(route));
    // Killed before or after its incident was written: there is one for this engagement, and it is whole.
    const after = await world.untilListed(
      riskIncidents,
      (incidents) => incidents.length > before.length && incidents.every((incident) => stepsOf(incident).includes('Closed')),
    );
    expect(after).toHaveLength(before.length + 1);
    expect(after.map(stepsOf)).toContainEqual(['Engaged', 'Released', 'Closed']);
  }, 90_000);

  it('holds while the provider is down, and says so', async () => {
    await engage();
    world.provider.answerOthers({ kind: 'Reset' });
    await world.untilCondition('ModelRisk', 'Assessed', ({ status, reason }) => status === 'False' && reason === 'Error');
    expect(shareOf(await live(), 'credit-v2')).toBe(10);
    await recover();
  }, 60_000);

  it('gives everything back when its plan is deleted, and says so on record', async () => {
    await engage();
    await world.plane.client.delete(mitigationPlans, { namespace: world.namespace, name: 'credit' });
    await world.untilGone(mitigationPlans, 'credit');
    await world.until(httpRoutes, 'credit', (object) => !isConstrained(object));
    expect(ownedByUsers(await live())).toEqual(ownedByUsers(route));
    const incidents = await world.plane.client.list(riskIncidents, { namespace: world.namespace });
    expect(incidents.flatMap(stepsOf)).toEqual(expect.arrayContaining(['ReleasedByDeletion']));
    expect(isConstrained(await world.get(featureFlags, 'credit-flags'))).toBe(false);
  }, 60_000);
});
