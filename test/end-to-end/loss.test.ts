import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aModelRisk, aPolicy, applyGuardedModel, modelRisks, riskPolicies } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import type { KubeObject } from '../../testbed/api-client.ts';

interface Status {
  readonly tier?: { readonly inherent: string };
  readonly expectedAnnualLoss?: Readonly<Record<string, number>>;
  readonly p95?: number;
}

const statusOf = (object: KubeObject): Status => object['status'] ?? {};

describe('what a model stands to lose', () => {
  let world: OperatorWorld;

  beforeEach(async () => {
    world = await openOperatorWorld();
  }, 60_000);

  afterEach(() => world.close());

  it('is written by its owner, computed by the operator, shown by kubectl and explained by the plugin', async () => {
    const options = { namespace: world.namespace, providerURL: world.provider.url };
    await applyGuardedModel(world.plane.client, options);
    const { client } = world.plane;
    const risk = {
      name: 'stale-population',
      category: 'DataQuality',
      likelihood: { incidents: 2, years: 4 },
      impact: { customerHarm: { low: 5_000_000, high: 200_000_000 }, regulatory: { constant: 10_000_000, fineProbabilityPercent: 20 } },
    };
    const tiers = [{ name: 'High', when: { expectedAnnualLossAtLeast: 25_000_000 } }, { name: 'Low' }];
    const policy = aPolicy(options) as KubeObject & { readonly spec: object };
    const model = aModelRisk(options) as KubeObject & { readonly spec: object };
    await client.apply(
      riskPolicies,
      { ...policy, spec: { ...policy.spec, currency: 'USD', tiers } },
      { fieldManager: 'owner', force: true },
    );
    await client.apply(modelRisks, { ...model, spec: { ...model.spec, risks: [risk] } }, { fieldManager: 'owner', force: true });
    await world.start();

    const calm = await world.until(modelRisks, 'credit', (object) => statusOf(object).expectedAnnualLoss?.['value'] === 30_600_000);
    expect(statusOf(calm)).toMatchObject({
      tier: { inherent: 'High' },
      expectedAnnualLoss: { inherent: 30_600_000, liveSharePercent: 100 },
    });
    const { stdout } = await world.plane.kubectl(['get', 'mrisk', 'credit', '-n', world.namespace]);
    const [header = '', row = ''] = stdout.split('\n');
    const column = (name: string) => row.slice(header.indexOf(name)).split(/\s/)[0];
    expect([column('TIER'), column('LOSS')]).toEqual(['High', '30600000']);

    world.setDrift(0.9);
    const breached = await world.until(
      modelRisks,
      'credit',
      (object) => (statusOf(object).expectedAnnualLoss?.['value'] ?? 0) > 30_600_000,
    );
    expect(statusOf(breached)).toMatchObject({ tier: { inherent: 'High' }, expectedAnnualLoss: { inherent: 30_600_000 } });

    const asJSON = await world.plugin(['explain', 'credit', '--namespace', world.namespace, '--json']);
    const explained = JSON.parse(asJSON.stdout) as { readonly loss: { readonly loss: { readonly expected: { readonly value: number } } } };
    expect(Number(explained.loss.loss.expected.value.toPrecision(3))).toBe(statusOf(breached).expectedAnnualLoss?.['value']);
    const inWords = await world.plugin(['explain', 'credit', '--namespace', world.namespace]);
    expect(inWords.stdout).toContain('Live evidence: score-drift stands at factor 5.');
  }, 90_000);
});
