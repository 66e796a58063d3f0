import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../testbed/api-client.ts';
import { applyGuardedModel, featureFlags, httpRoutes, mitigationPlans, riskIncidents } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { defaultVariant, isConstrained, isMirrored, ownedByUsers, phaseOf, shareOf, stepsOf } from '../builders/traffic-view.ts';

describe('the main story, from the bundle on the real API server', () => {
  let world: OperatorWorld;
  let route: KubeObject;
  let flag: KubeObject;

  beforeAll(async () => {
    world = await openOperatorWorld();
    await applyGuardedModel(world.plane.client, { namespace: world.namespace, providerURL: world.provider.url });
    route = await world.get(httpRoutes, 'credit');
    flag = await world.get(featureFlags, 'credit-flags');
    await world.start();
  }, 120_000);

  afterAll(() => world.close());

  it('leaves a quiet model alone', async () => {
    await world.until(mitigationPlans, 'credit', (plan) => phaseOf(plan) === 'Idle');
    expect(ownedByUsers(await world.get(httpRoutes, 'credit'))).toEqual(ownedByUsers(route));
  });

  it('caps the candidate at a breach, keeps the sum, and goes on to shadow and flag while it lasts', async () => {
    world.setDrift(0.9);
    const capped = await world.until(httpRoutes, 'credit', (live) => shareOf(live, 'credit-v2') <= 10);
    expect(shareOf(capped, 'credit-v2')).toBe(10);
    expect(capped.metadata.annotations).toMatchObject({
      'modelrisk.dev/journal': expect.any(String),
      'modelrisk.dev/epoch': expect.any(String),
    });
    const shadowed = await world.until(httpRoutes, 'credit', isMirrored);
    expect(shareOf(shadowed, 'credit-v2')).toBe(0);
    await world.until(featureFlags, 'credit-flags', (live) => defaultVariant(live) === 'off');
    expect(isMirrored(await world.get(httpRoutes, 'credit'))).toBe(false);
  }, 60_000);

  it('comes down step by step on fresh Ok, and leaves route and flag as their users had them', async () => {
    world.setDrift(0.01);
    await world.until(httpRoutes, 'credit', isMirrored);
    expect(defaultVariant(await world.get(featureFlags, 'credit-flags'))).toBe('on');
    await world.until(httpRoutes, 'credit', (live) => !isConstrained(live));
    await world.until(featureFlags, 'credit-flags', (live) => !isConstrained(live));
    expect(ownedByUsers(await world.get(httpRoutes, 'credit'))).toEqual(ownedByUsers(route));
    expect(ownedByUsers(await world.get(featureFlags, 'credit-flags'))).toEqual(ownedByUsers(flag));
  }, 60_000);

  it('has one incident for it, closed, with every step in order', async () => {
    const incidents = await world.plane.client.list(riskIncidents, { namespace: world.namespace });
    expect(incidents.map(stepsOf)).toEqual([['Engaged', 'Escalated', 'Escalated', 'SteppedDown', 'SteppedDown', 'Released', 'Closed']]);
  });

  it('keeps a record that audit verify finds intact, and finds touched when an entry is', async () => {
    const verify = () => world.plugin(['audit', 'verify', '--namespace', world.namespace, '--json']);
    expect(JSON.parse((await verify()).stdout)).toMatchObject({ incidents: 1, findings: [] });
    const [incident] = await world.plane.client.list(riskIncidents, { namespace: world.namespace });
    await world.tamper(riskIncidents, incident?.metadata.name ?? '', [
      { op: 'replace', path: '/status/entries/0/reason', value: 'nothing happened' },
    ]);
    const after = await verify();
    expect(after.code).toBe(1);
    expect(JSON.parse(after.stdout)).toMatchObject({ findings: [{ incident: incident?.metadata.name }] });
  });

  it('exposes metrics that promtool accepts', async () => {
    expect(await world.checkMetrics()).toEqual({ code: 0, output: '' });
  });
});
