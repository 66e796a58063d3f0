import { explainTier } from '../core/risk/explain-tier.ts';
import { inherentLoss } from '../core/risk/model-loss.ts';
import type { ModelLoss } from '../core/risk/model-loss.ts';
import { createScoreMesh } from '../core/risk/score-mesh.ts';
import { findTier, standingTier } from '../core/risk/tier.ts';
import type { Tier } from '../core/risk/tier.ts';
import type { TierStatus } from './loss-status.ts';
import type { ModelRisk } from './model-risk.ts';
import type { RiskPolicySpec } from './risk-policy.ts';
import { toQuantifiedRisks } from './risk-register.ts';
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
 * The tier whose terms hold for a model: where its status says it stands, or higher where its declared criticality or the price of its
 * register puts it. The status follows a moment later, or much later while it can't be written: a breach must not wait for it. Null: in none.
 */
export function tierInForce(
  risk: Pick<ModelRisk, 'spec' | 'status'>,
  policy: Pick<RiskPolicySpec, 'tiers'>,
  priceOf: PriceOf = priceNow,
): TierSpec | null {
  const tiers = toTiers(policy.tiers);
  const declared = { expectedAnnualLoss: null, singleEventP95: null, criticality: risk.spec.criticality ?? null };
  const standing = standingTier(tiers, risk.status.tier?.inherent ?? null, findTier(tiers, declared));
  const inForce = standingTier(tiers, standing, pricedTier(risk.spec, tiersAbove(tiers, standing), priceOf));
  return policy.tiers.find(({ name }) => name === inForce) ?? null;
}

function tiersAbove(tiers: readonly Tier[], standing: string | null): readonly Tier[] {
  const index = tiers.findIndex(({ name }) => name === standing);
  return index === -1 ? tiers : tiers.slice(0, index);
}

type Register = Pick<ModelRisk['spec'], 'risks'>;

/** What a register comes to; null: nothing in it has a price. */
type PriceOf = (register: Register) => ModelLoss['inherent'] | null;

/** Convolutions take milliseconds. */
const priceNow: PriceOf = (register) => {
  const risks = toQuantifiedRisks(register);
  return risks.length === 0 ? null : inherentLoss(risks, createScoreMesh());
};

/** Prices each register once: who asks again at each status that is written must not compute it again. */
export function rememberPrices(): PriceOf {
  const known = new WeakMap<Register['risks'], ReturnType<PriceOf>>();
  return ({ risks }) => {
    const before = known.get(risks);
    if (before !== undefined) return before;
    const price = priceNow({ risks });
    known.set(risks, price);
    return price;
  };
}

/** Among tiers that go by money: where there are none nothing is computed. */
function pricedTier(register: Register, tiers: readonly Tier[], priceOf: PriceOf) {
  const byMoney = tiers.filter(({ when }) => when !== null && (when.expectedAnnualLossAtLeast ?? when.singleEventP95AtLeast) !== null);
  const price = byMoney.length === 0 ? null : priceOf(register);
  return price === null ? null : findTier(byMoney, { ...price, criticality: null });
}
