import { describe, expect, it } from '@jest/globals';
import { toLossStatus } from '../../../src/api/loss-status.ts';
import { riskPolicyKind } from '../../../src/api/risk-policy.ts';
import { toTierStatus } from '../../../src/api/tier-status.ts';
import type { TierInput } from '../../../src/api/tier-status.ts';

const loss = {
  risks: [],
  expected: { value: 296_491.02, low: 52_683.4, high: 703_256.6 },
  p95: 1_550_849.9,
  residual: 47_649.1,
  inherent: { expectedAnnualLoss: 296_491.02, singleEventP95: 2_000_000 },
};

describe('toLossStatus', () => {
  it('shows three significant digits, so that a status says something new only when there is something new', () => {
    expect(toLossStatus({ loss, liveShare: 1, safeLoss: null }, 'EUR')).toEqual({
      expectedAnnualLoss: {
        value: 296_000,
        low: 52_700,
        high: 703_000,
        inherent: 296_000,
        residual: 47_600,
        liveSharePercent: 100,
        currency: 'EUR',
      },
      p95: 1_550_000,
    });
  });

  it('shows what the residual was computed from, and no currency where the policy has none', () => {
    const { expectedAnnualLoss } = toLossStatus({ loss, liveShare: 0.1, safeLoss: 12_345 }, null);
    expect(expectedAnnualLoss).toMatchObject({ liveSharePercent: 10, safe: 12_300 });
    expect(expectedAnnualLoss).not.toHaveProperty('currency');
  });
});

describe('toTierStatus', () => {
  const { tiers } = riskPolicyKind.spec.parse({
    tiers: [{ name: 'high', when: { expectedAnnualLossAtLeast: 1_000_000, criticality: ['High'] } }, { name: 'low' }],
  });
  const tierOf = (changes: Partial<TierInput> = {}) =>
    toTierStatus({ spec: {}, policy: { tiers, currency: 'USD' }, loss, before: null, ...changes });

  it('is the first tier that fits', () => {
    expect(tierOf()).toEqual({ inherent: 'low', computed: 'low', message: 'low: it reaches none of the limits of the tiers above.' });
    expect(tierOf({ spec: { criticality: 'High' } })).toMatchObject({
      inherent: 'high',
      message: 'high: its declared criticality is High.',
    });
  });

  it('stays where it was when the numbers fall, and says so', () => {
    expect(tierOf({ before: 'high' })).toMatchObject({
      inherent: 'high',
      computed: 'low',
      message: expect.stringContaining('does not fall'),
    });
  });

  it('of a model without a price is that of its declaration, or the last', () => {
    expect(tierOf({ loss: null })).toMatchObject({ inherent: 'low' });
    expect(tierOf({ loss: null, spec: { criticality: 'High' } })).toMatchObject({ inherent: 'high' });
  });

  it('is none where the policy has none that fits', () => {
    expect(tierOf({ policy: { tiers: [] } })).toBeNull();
    expect(tierOf({ policy: { tiers: tiers.slice(0, 1) } })).toBeNull();
  });
});
