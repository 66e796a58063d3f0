import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { APIClient, KubeObject } from '../../testbed/api-client.ts';
import { publishBackend } from '../../testbed/backend.ts';
import {
  aFlag,
  aModelRisk,
  aPlan,
  aPolicy,
  aRoute,
  featureFlags,
  httpRoutes,
  mitigationPlans,
  modelRisks,
  riskIncidents,
  riskPolicies,
} from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { conditionOf, isConstrained, ownedByUsers, shareOf } from '../builders/traffic-view.ts';

/** One plan that names seven things nobody has made; each test makes the next one. */
describe('a plan that names what is not there', () => {
  let world: OperatorWorld;
  let client: APIClient;
  let guarded: { readonly namespace: string; readonly providerURL: string };

  const apply = (resource: Parameters<APIClient['apply']>[0], object: KubeObject): Promise<KubeObject> =>
    client.apply(resource, object, { fieldManager: 'kubectl', force: true });
  const untilSaid = async (reason: string, text: string): Promise<void> => {
    const plan = await world.until(mitigationPlans, 'credit', (object) => {
      const ready = conditionOf(object, 'Ready');
      return ready?.status === 'False' && ready.reason === reason && ready.message.includes(text);
    });
    expect(conditionOf(plan, 'Ready')?.message).toContain(text);
  };
  const aFlagWith = (flags: object): KubeObject => ({ ...aFlag(world.namespace), spec: { flagSpec: { flags } } });
  const useV2 = (variants: object) => ({ 'use-v2': { state: 'ENABLED', variants, defaultVariant: 'on' } });

  beforeAll(async () => {
    world = await openOperatorWorld();
    ({ client } = world.plane);
    guarded = { namespace: world.namespace, providerURL: world.provider.url };
    await client.create(riskPolicies, aPolicy(guarded));
    await client.create(mitigationPlans, aPlan(guarded));
    // All the while there would be reason enough to act.
    world.setDrift(0.9);
    await world.start();
  }, 120_000);

  afterAll(() => world.close());

  it('names the risk, and every target beside it', async () => {
    await untilSaid('RiskMissing', 'ModelRisk credit does not exist');
    await untilSaid('RiskMissing', 'HTTPRoute credit (target traffic) does not exist');
    await untilSaid('RiskMissing', 'FeatureFlag credit-flags (target flag) does not exist');
  }, 60_000);

  it('names the indicator the risk lacks, and those it has', async () => {
    await apply(modelRisks, aModelRisk({ ...guarded, indicator: { name: 'parity' } }));
    await untilSaid('IndicatorMissing', 'ModelRisk credit has no indicator score-drift; it has parity');
  }, 60_000);

  it('names the Services behind the route, one by one, and the port', async () => {
    await apply(httpRoutes, aRoute(world.namespace));
    await untilSaid('IndicatorMissing', `Service ${world.namespace}/credit-v2 (port 8080) does not exist`);
    await publishBackend(client, { name: 'credit-v2', namespace: world.namespace, port: 8080 });
    await untilSaid('IndicatorMissing', `Service ${world.namespace}/credit-v1 (port 8080) does not exist`);
    await publishBackend(client, { name: 'credit-v1', namespace: world.namespace, port: 9090 });
    await untilSaid('IndicatorMissing', `Service ${world.namespace}/credit-v1 (port 8080) has no port 8080, only 9090`);
  }, 60_000);

  it('names the flag and its variant', async () => {
    await apply(featureFlags, aFlagWith({ 'use-v3': { state: 'ENABLED', variants: { on: true }, defaultVariant: 'on' } }));
    await untilSaid('IndicatorMissing', 'has no flag use-v2');
    await apply(featureFlags, aFlagWith(useV2({ on: true })));
    await untilSaid('IndicatorMissing', 'variant off');
    await apply(featureFlags, aFlagWith(useV2({ on: true, off: false })));
  }, 60_000);

  it('has touched nothing meanwhile, and keeps off while the safe Service is missing', async () => {
    const before = await world.get(httpRoutes, 'credit');
    expect(isConstrained(before)).toBe(false);
    expect(await client.list(riskIncidents, { namespace: world.namespace })).toEqual([]);
    await apply(modelRisks, aModelRisk(guarded));
    const refused = await world.until(mitigationPlans, 'credit', (plan) => conditionOf(plan, 'Effective')?.reason === 'BackendMissing');
    expect(conditionOf(refused, 'Effective')?.message).toContain('credit-v1');
    await untilSaid('BackendMissing', `Service ${world.namespace}/credit-v1 (port 8080)`);
    expect(ownedByUsers(await world.get(httpRoutes, 'credit'))).toEqual(ownedByUsers(before));
  }, 60_000);

  it('acts by itself once the last of it is there', async () => {
    await publishBackend(client, { name: 'credit-v1', namespace: world.namespace, port: 8080 });
    await world.until(httpRoutes, 'credit', (object) => shareOf(object, 'credit-v2') <= 10);
    const ready = await world.until(mitigationPlans, 'credit', (plan) => conditionOf(plan, 'Ready')?.status === 'True');
    expect(conditionOf(ready, 'Ready')?.reason).toBe('Reconciled');
  }, 60_000);
});
