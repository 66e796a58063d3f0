import { describe, expect, it } from '@jest/globals';
import { explainTier } from '../../../../src/core/risk/explain-tier.ts';
import { findTier, standingTier } from '../../../../src/core/risk/tier.ts';
import type { Tier, TierFacts } from '../../../../src/core/risk/tier.ts';

const none = { expectedAnnualLossAtLeast: null, singleEventP95AtLeast: null, criticality: [] } as const;
const tiers: readonly Tier[] = [
  { name: 'high', when: { expectedAnnualLossAtLeast: 1_000_000, singleEventP95AtLeast: 10_000_000, criticality: ['Critical', 'High'] } },
  { name: 'medium', when: { ...none, expectedAnnualLossAtLeast: 100_000 } },
  { name: 'low', when: null },
];
const facts = (changes: Partial<TierFacts> = {}): TierFacts => ({
  ...{ expectedAnnualLoss: 0, singleEventP95: 0, criticality: null },
  ...changes,
});
const found = (changes: Partial<TierFacts>) => findTier(tiers, facts(changes));

describe('findTier', () => {
  it.each([
    [{ expectedAnnualLoss: 1_000_000 }, 'high', 'ExpectedAnnualLoss'],
    [{ expectedAnnualLoss: 999_999 }, 'medium', 'ExpectedAnnualLoss'],
    [{ expectedAnnualLoss: 99_999 }, 'low', 'Otherwise'],
    [{ singleEventP95: 10_000_000 }, 'high', 'SingleEventP95'],
    [{ criticality: 'High' }, 'high', 'Criticality'],
    [{ criticality: 'Medium' }, 'low', 'Otherwise'],
    [{ expectedAnnualLoss: null, singleEventP95: null }, 'low', 'Otherwise'],
  ] as const)('%j is %s by %s', (changes, name, ground) => {
    expect(found(changes)).toMatchObject({ tier: { name }, ground });
  });

  it('finds none where the last tier has a condition that does not hold', () => {
    expect(findTier(tiers.slice(0, 2), facts())).toBeNull();
    expect(findTier([], facts({ criticality: 'Critical' }))).toBeNull();
  });
});

describe('standingTier', () => {
  it('rises at once and does not fall', () => {
    expect(standingTier(tiers, null, found({}))).toBe('low');
    expect(standingTier(tiers, 'low', found({ expectedAnnualLoss: 2e6 }))).toBe('high');
    expect(standingTier(tiers, 'high', found({ expectedAnnualLoss: 2e5 }))).toBe('high');
    expect(standingTier(tiers, 'high', null)).toBe('high');
  });

  it('leaves a tier the policy has no more', () => {
    expect(standingTier(tiers, 'gold', found({}))).toBe('low');
    expect(standingTier(tiers, 'gold', null)).toBeNull();
  });
});

describe('explainTier', () => {
  const explain = (standing: string, changes: Partial<TierFacts>) =>
    explainTier({ standing, found: found(changes), facts: facts(changes), currency: 'USD' });

  it('says by what, and beside which limit', () => {
    expect(explain('high', { expectedAnnualLoss: 1_234_567 })).toBe(
      'high: the expected annual loss by prior and confirmed history, 1,235,000 USD, is at least 1,000,000 USD.',
    );
    expect(explain('high', { singleEventP95: 12_500_000 })).toBe(
      'high: 1 incident of 20 of its worst risk costs more than 12,500,000 USD, which is at least 10,000,000 USD.',
    );
    expect(explain('high', { criticality: 'Critical' })).toBe('high: its declared criticality is Critical.');
    expect(explain('low', {})).toBe('low: it reaches none of the limits of the tiers above.');
    expect(explain('low', { expectedAnnualLoss: null })).toBe(
      'low: no entry of its register has a price, and the policy puts all others here.',
    );
  });

  it('says why it is still there when the numbers would put it lower', () => {
    expect(explain('high', {})).toBe(
      'low: it reaches none of the limits of the tiers above. It was in high before, and a tier does not fall by itself.',
    );
    expect(explainTier({ standing: 'high', found: null, facts: facts(), currency: null })).toBe(
      'No tier of the policy fits. It was in high before, and a tier does not fall by itself.',
    );
  });
});
