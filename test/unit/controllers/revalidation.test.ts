import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { driftPolicy, keptCounts, otherCounts } from '../../builders/references.ts';
import { criticalRisk, reviewedPolicy, statusOf, writeReview } from '../../builders/reviewing.ts';

type Fields = Readonly<Record<string, unknown>>;

const tiers = [{ name: 'High', when: { criticality: ['High'] }, reviewEverySeconds: 3600 }];

describe('what asks for a review before its time', () => {
  let world: MemoryOperator;
  const review = () => statusOf(world, 'ModelRisk').review as Fields;
  const triggers = () => ((review()['triggers'] ?? []) as readonly { readonly reason: string }[]).map(({ reason }) => reason);
  const edit = (spec: Fields, signal: Fields = {}) => world.api.apply('riskpolicies', reviewedPolicy({ tiers, ...spec }, signal));

  beforeEach(async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', reviewedPolicy({ tiers }));
      api.apply('modelrisks', criticalRisk());
    });
    await world.pass(2);
    writeReview(world, 'spring', { kind: 'ModelRisk' });
    await world.pass(2);
  });
  afterEach(() => world.stop());

  it.each([
    ['a tier', { tiers: [{ ...tiers[0], reviewEverySeconds: 7200 }] }, {}],
    ['the taxonomy', { categories: [{ name: 'DataQuality', runbookURL: 'https://runbooks.example/data' }] }, {}],
    ['the currency', { currency: 'EUR' }, {}],
    ['a signal its indicators read', {}, { windowSeconds: 2 }],
  ])('is %s that was edited', async (_, spec, signal) => {
    expect(triggers()).toEqual([]);
    edit(spec, signal);
    await world.pass(2);
    expect(triggers()).toEqual(['PolicyChanged']);
    expect(review()).toMatchObject({ reason: 'PolicyChanged', revalidation: { reason: 'PolicyChanged' } });
  });

  it.each([
    ['whom to tell', { receivers: [{ name: 'oncall', alertmanager: { url: 'http://alertmanager.monitoring:9093' } }] }],
    ['what a benefit loses in a year', { discountPercent: 20 }],
    ['how early people are warned', { reviewWarningSeconds: 6 }],
  ])('is not an edit of %s', async (_, spec) => {
    edit(spec);
    await world.pass(2);
    expect(triggers()).toEqual([]);
  });

  it('is not a signal of others', async () => {
    const policy = reviewedPolicy({ tiers }) as { readonly spec: { readonly signals: readonly object[] } };
    edit({ signals: [...policy.spec.signals, { ...policy.spec.signals[0], name: 'of-others' }] });
    await world.pass(2);
    expect(triggers()).toEqual([]);
  });

  it('is not another choice of signals by the owner: the policy says what it said', async () => {
    const { spec } = criticalRisk() as { readonly spec: { readonly indicators: readonly Fields[] } };
    world.api.apply('modelrisks', criticalRisk({ indicators: [{ ...spec.indicators[0], signal: { template: { name: 'missing' } } }] }));
    await world.pass(2);
    expect(triggers()).toEqual([]);
  });

  it('is found after a restart: what was reviewed is in the status', async () => {
    await world.restart();
    await world.pass(2);
    expect(triggers()).toEqual([]);
    edit({ currency: 'EUR' });
    await world.restart();
    await world.pass(2);
    expect(triggers()).toEqual(['PolicyChanged']);
  });

  it('is nothing a policy that can not be read says', async () => {
    world.api.remove('riskpolicies', 'default', '');
    await world.pass(2);
    expect(triggers()).toEqual([]);
    world.api.apply('riskpolicies', reviewedPolicy({ tiers }));
    await world.pass(2);
    expect(triggers()).toEqual([]);
  });

  it('is each kind once, the first brings it forward, and a review ends them all', async () => {
    edit({ currency: 'EUR' });
    await world.pass(2);
    world.api.apply('modelrisks', criticalRisk({ model: { name: 'credit', version: '2.4.0' } }));
    await world.pass(2);
    edit({ currency: 'CHF' });
    await world.pass(2);
    expect(triggers()).toEqual(['PolicyChanged', 'NewVersion']);
    expect(review()).toMatchObject({ revalidation: { reason: 'PolicyChanged' } });
    writeReview(world, 'again', { kind: 'ModelRisk' });
    await world.pass(2);
    expect(review()).not.toHaveProperty('triggers');
    expect(review()).not.toHaveProperty('revalidation');
  });
});

describe('drift', () => {
  let world: MemoryOperator;
  const binned = ({ upperBounds, counts }: typeof keptCounts) => ({ upperBounds: [...upperBounds, Infinity], counts });
  const review = () => statusOf(world, 'ModelRisk').review as Fields;

  afterEach(() => world.stop());

  async function begin(): Promise<void> {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      const { spec: signals } = driftPolicy() as { readonly spec: Fields };
      api.apply('riskpolicies', reviewedPolicy({ ...signals, tiers }));
      const { spec } = criticalRisk() as { readonly spec: { readonly indicators: readonly Fields[] } };
      const signal = { template: { name: 'score-drift' }, reference: keptCounts };
      api.apply('modelrisks', criticalRisk({ indicators: [{ ...spec.indicators[0], signal }] }));
      api.remove('mitigationplans', 'credit');
    });
    world.count(binned(keptCounts));
    await world.pass(3);
    writeReview(world, 'spring', { kind: 'ModelRisk' });
    await world.pass(3);
  }

  it('that fires brings the review forward, also where there is no plan, and stays known when it is over', async () => {
    await begin();
    expect(review()).not.toHaveProperty('triggers');
    world.count(binned(otherCounts));
    await world.pass(4);
    expect(review()['triggers']).toEqual([expect.objectContaining({ reason: 'Drift' })]);
    world.count(binned(keptCounts));
    await world.pass(6);
    expect(review()).toMatchObject({ revalidation: { reason: 'Drift' } });
  });

  it('that fired before the review was before the eyes of whoever made it', async () => {
    await begin();
    world.count(binned(otherCounts));
    await world.pass(4);
    writeReview(world, 'summer', { kind: 'ModelRisk' });
    await world.pass(4);
    expect(review()).toMatchObject({ decision: 'summer' });
    expect(review()).not.toHaveProperty('triggers');
  });
});
