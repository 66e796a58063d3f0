import { explainTier } from '../core/risk/explain-tier.ts';
import type { ModelLoss } from '../core/risk/model-loss.ts';
import { findTier, standingTier } from '../core/risk/tier.ts';
import type { TierStatus } from './loss-status.ts';
import type { ModelRisk } from './model-risk.ts';
import type { RiskPolicySpec } from './risk-policy.ts';
import { toTiers } from './risk-tier.ts';
import type { TierSpec } from './risk-tier.ts';

export interface TierInput {
  readonly spec: Pick<ModelRisk['spec'], 'criticality'>;
  readonly policy: Pick<RiskPolicySpec, 'tiers' | 'currency'>;
  /** Null: no entry of the register has a price. */
  readonly loss: Pick<ModelLoss, 'inherent'> | null;
  /** Tier it stood in. */
  readonly before: string | null;
}

/** Null: the policy has no tier for it. */
export function toTierStatus({ spec, policy, loss, before }: TierInput): TierStatus | null {
  const tiers = toTiers(policy.tiers);
  const facts = {
    expectedAnnualLoss: loss?.inherent.expectedAnnualLoss ?? null,
    singleEventP95: loss?.inherent.singleEventP95 ?? null,
    criticality: spec.criticality ?? null,
  };
  const found = findTier(tiers, facts);
  const standing = standingTier(tiers, before, found);
  if (standing === null) return null;
  return {
    inherent: standing,
    ...(found === null ? {} : { computed: found.tier.name }),
    message: explainTier({ standing, found, facts, currency: policy.currency ?? null }),
  };
}

/**
 * The tier whose terms hold for a model: where its status says it stands, or higher where its declared criticality is. What its numbers
 * make of it is in the status a moment after they are known. Null: in none.
 */
export function tierInForce(risk: Pick<ModelRisk, 'spec' | 'status'>, policy: Pick<RiskPolicySpec, 'tiers'>): TierSpec | null {
  const tiers = toTiers(policy.tiers);
  const facts = { expectedAnnualLoss: null, singleEventP95: null, criticality: risk.spec.criticality ?? null };
  const standing = standingTier(tiers, risk.status.tier?.inherent ?? null, findTier(tiers, facts));
  return policy.tiers.find(({ name }) => name === standing) ?? null;
}
