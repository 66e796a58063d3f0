import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { noReading } from '../../builders/core.ts';
import type { Observation } from '../../../src/core/model/observation.ts';

type Fields = Readonly<Record<string, unknown>>;

const price = {
  likelihood: { incidents: 2, years: 4 },
  impact: { customerHarm: { constant: 1000 }, regulatory: { constant: 5000 } },
};
const tiers = [{ name: 'High', when: { expectedAnnualLossAtLeast: 2500, criticality: ['High'] } }, { name: 'Low' }];

function pricedRisk(changes: Fields = {}, spec: Fields = {}): object {
  const risk = memoryRisk() as { readonly spec: Fields };
  return { ...risk, spec: { ...risk.spec, ...spec, risks: [{ name: 'stale-population', category: 'DataQuality', ...price, ...changes }] } };
}

function policyWith(spec: Fields): object {
  const policy = memoryPolicy() as { readonly spec: Fields };
  return { ...policy, spec: { ...policy.spec, ...spec } };
}

interface Status {
  readonly tier?: { readonly inherent: string; readonly computed: string; readonly message: string };
  readonly expectedAnnualLoss?: Readonly<Record<string, number | string>>;
  readonly p95?: number;
  readonly unquantifiedRisks?: readonly string[];
  readonly indicators?: readonly { readonly likelihoodRatio?: number; readonly verdict?: string }[];
}

describe('loss of a model', () => {
  let world: MemoryOperator;
  const status = (): Status => (world.api.get('modelrisks', 'credit') as unknown as { readonly status: Status }).status;
  const loss = () => status().expectedAnnualLoss;
  const ratio = () => status().indicators?.[0]?.likelihoodRatio;
  const statusWrites = () =>
    world.api.writes.filter(({ resource, subresource }) => resource === 'modelrisks' && subresource === 'status').length;
  /** Odds of a year with an incident times `ratio`, as a rate. */
  const weighed = (factor: number) => Math.log1p(factor * Math.expm1(0.5));
  const rounded = (value: number) => Number(value.toPrecision(3));
  const withIndicator = (changes: Fields) => {
    const { spec } = memoryRisk(changes) as { readonly spec: Fields };
    world.api.apply('modelrisks', pricedRisk({}, { indicators: spec['indicators'] }));
  };

  beforeEach(async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', policyWith({ currency: 'USD', tiers }));
      api.apply('modelrisks', pricedRisk());
    });
    await world.pass(3);
  });
  afterEach(() => world.stop());

  it('is in the status: mean, interval, 95 % point, tier and currency, and in /metrics', async () => {
    expect(loss()).toMatchObject({ value: 3000, inherent: 3000, residual: 3000, liveSharePercent: 100, currency: 'USD' });
    expect(loss()?.['low']).toBeLessThan(3000);
    expect(loss()?.['high']).toBeGreaterThan(3000);
    expect(status().p95).toBe(12_000);
    expect(status().tier).toMatchObject({ inherent: 'High', computed: 'High' });
    expect(status().unquantifiedRisks).toEqual([]);
    expect(await world.sample('modelrisk_expected_annual_loss', 'lending', 'credit')).toBeCloseTo(3000, 6);
    expect(await world.sample('modelrisk_annual_loss_p95', 'lending', 'credit')).toBeCloseTo(12_000, -2);
  });

  it('costs no write while nothing changes', async () => {
    const before = world.api.writes.length;
    for (const value of [0.01, 0.02, 0.03]) {
      world.read(value);
      await world.pass(20);
    }
    expect(world.api.writes.length).toBe(before);
  });

  it('follows live evidence once, and the tier does not', async () => {
    world.api.apply('mitigationplans', memoryPlan({ mode: 'Observe' }));
    world.read(0.15);
    await world.pass(3);
    expect([ratio(), loss()?.['value']]).toEqual([2, rounded(6000 * weighed(2))]);
    const written = statusWrites();
    await world.pass(30);
    expect(loss()).toMatchObject({ value: rounded(6000 * weighed(2)), inherent: 3000 });
    expect(statusWrites()).toBe(written);
    expect(status().tier).toMatchObject({ inherent: 'High', computed: 'High' });
  });

  it('follows a breach beyond severe without another verdict, and does not flap about it', async () => {
    withIndicator({ threshold: { direction: 'Above', warn: 0.1, breach: 0.25, clear: 0.1, severe: 0.6 } });
    world.api.apply('mitigationplans', memoryPlan({ mode: 'Observe' }));
    world.read(0.5);
    await world.pass(3);
    expect(ratio()).toBe(5);
    world.read(0.7);
    await world.pass(2);
    expect([ratio(), loss()?.['value']]).toEqual([10, rounded(6000 * weighed(10))]);
    const written = statusWrites();
    for (const value of [0.5, 0.7, 0.5]) {
      world.read(value);
      await world.pass(2);
    }
    expect([ratio(), statusWrites()]).toEqual([10, written]);
    world.read(0.01);
    await world.pass(3);
    expect(ratio()).toBe(1);
  });

  it('under a constraint stays with the breach, shows what remains, and follows the first fresh Ok after it', async () => {
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(1);
    // Fines in full; the safe version, which nobody priced, like the candidate before the breach.
    const residual = (share: number) => rounded(share * 1000 * weighed(5) + (1 - share) * 500 + 5000 * weighed(5));
    expect(loss()).toMatchObject({ value: rounded(6000 * weighed(5)), liveSharePercent: 10, residual: residual(0.1) });
    world.read(0.01);
    await world.pass(1.5);
    expect(planIn(world).status).toMatchObject({ memory: { phase: 'Engaged' } });
    expect([status().indicators?.[0]?.verdict, ratio()]).toEqual(['Ok', 5]);
    await world.passUntil('released', () => shareIn(world) === 50);
    await world.pass(4);
    // The signal of this story knows no noise floor: its Ok is no evidence either way.
    expect(ratio()).toBe(1);
    expect(loss()).toMatchObject({ value: 3000, residual: 3000, liveSharePercent: 100 });
  });

  it('keeps the last factor above 1 while there are no data, over a restart too', async () => {
    world.api.apply('mitigationplans', memoryPlan({ mode: 'Observe' }));
    world.read(0.9);
    await world.pass(3);
    expect(ratio()).toBe(5);
    world.read(noReading);
    await world.pass(3);
    expect([status().indicators?.[0]?.verdict, ratio()]).toEqual(['NoData', 5]);
    await world.restart();
    await world.pass(3);
    expect([ratio(), loss()?.['value']]).toEqual([5, rounded(6000 * weighed(5))]);
    world.read(0.01);
    await world.pass(3);
    expect(ratio()).toBe(1);
  });

  it('takes an Ok for good news only where the noise floor says that a breach would have shown, and does not flap with it', async () => {
    const quiet = (noiseFloor: number): Observation => ({
      kind: 'Value',
      value: 0.01,
      sampleCount: 1000,
      noiseFloor,
      interval: null,
      computation: null,
      dataTimeMs: world.clock.nowMs(),
      windowSeconds: 1,
      source: { provider: 'default/prometheus', query: 'score_drift', queriedAtMs: world.clock.nowMs() },
    });
    // With no minimum written, a floor above half of breach would be Insufficient: too few rows, which is another matter.
    withIndicator({ minSamples: 0 });
    world.read(noReading);
    await world.pass(2);
    world.read(quiet(0.05));
    await world.pass(1);
    expect([ratio(), loss()?.['value']]).toEqual([0.8, rounded(6000 * weighed(0.8))]);
    const written = statusWrites();
    world.read(quiet(0.2));
    await world.pass(2);
    expect([ratio(), statusWrites()]).toEqual([0.8, written]);
  });

  it('is left out, and named, for entries without a price', async () => {
    world.api.apply('modelrisks', pricedRisk({ likelihood: undefined, impact: undefined }));
    await world.pass(1);
    expect(loss()).toBeUndefined();
    expect(status().p95).toBeUndefined();
    expect(status().unquantifiedRisks).toEqual(['stale-population']);
    expect(await world.sample('modelrisk_expected_annual_loss', 'lending', 'credit')).toBeNull();
  });

  it('follows an edit of register and policy at once; the tier rises and does not fall', async () => {
    world.api.apply('modelrisks', pricedRisk({ likelihood: { incidents: 1, years: 4 } }));
    await world.pass(1);
    expect(loss()).toMatchObject({ value: 1500 });
    expect(status().tier).toMatchObject({ inherent: 'High', computed: 'Low' });
    expect(status().tier?.message).toContain('It was in High before');
    await world.restart();
    await world.pass(2);
    expect(status().tier).toMatchObject({ inherent: 'High', computed: 'Low' });
    world.api.apply(
      'riskpolicies',
      policyWith({ currency: 'EUR', tiers: [{ name: 'gold', when: { criticality: ['Critical'] } }, { name: 'rest' }] }),
    );
    await world.pass(1);
    expect([loss()?.['currency'], status().tier?.inherent]).toEqual(['EUR', 'rest']);
    world.api.apply('modelrisks', pricedRisk({}, { criticality: 'Critical' }));
    await world.pass(1);
    expect(status().tier).toMatchObject({ inherent: 'gold', message: 'gold: its declared criticality is Critical.' });
  });

  it('keeps its tier while the policy is gone: nobody can say which is the higher one', async () => {
    world.api.remove('riskpolicies', 'default');
    await world.pass(1);
    expect(status().tier?.inherent).toBe('High');
    expect(loss()).toMatchObject({ value: 3000 });
    expect(loss()).not.toHaveProperty('currency');
  });

  it('counts the safe version by the ModelRisk of that version, without its fines', async () => {
    const risk = pricedRisk() as { readonly metadata: Fields; readonly spec: Fields };
    const safe = { ...risk, metadata: { ...risk.metadata, name: 'credit-safe' } };
    const { model } = risk.spec as { readonly model: Fields };
    const calm = { name: 'stale-population', category: 'DataQuality', likelihood: { incidents: 1, years: 10 }, impact: price.impact };
    world.api.apply('modelrisks', { ...safe, spec: { ...risk.spec, model: { ...model, version: '2.2.0' }, risks: [calm] } });
    const plan = memoryPlan() as { readonly spec: Fields };
    const [route, flag] = (plan.spec as { readonly targets: readonly [{ readonly httpRoute: { readonly safe: Fields } }, unknown] })
      .targets;
    const versioned = { ...route, httpRoute: { ...route.httpRoute, safe: { ...route.httpRoute.safe, version: '2.2.0' } } };
    world.api.apply('mitigationplans', memoryPlan({ targets: [versioned, flag] }));
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(1);
    expect(loss()).toMatchObject({ safe: 100, residual: rounded(0.1 * 1000 * weighed(5) + 0.9 * 100 + 5000 * weighed(5)) });
  });
});
