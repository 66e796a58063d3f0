import { assertNever } from '../../shared/assert-never.ts';
import { declaredMoney, money } from './money.ts';
import type { TierFacts, TierFinding } from './tier.ts';

export interface TierExplanation {
  readonly standing: string;
  /** What the numbers and the declaration give now; null when no tier fits. */
  readonly found: TierFinding | null;
  readonly facts: TierFacts;
  readonly currency: string | null;
}

/** Why a model is in its tier, and why it is still there when the numbers alone would put it lower. */
export function explainTier({ standing, found, facts, currency }: TierExplanation): string {
  const now = found === null ? 'No tier of the policy fits.' : `${found.tier.name}: ${ground(found, facts, currency)}.`;
  if (found?.tier.name === standing) return now;
  return `${now} It was in ${standing} before, and a tier does not fall by itself.`;
}

function ground({ tier, ground: kind }: TierFinding, facts: TierFacts, currency: string | null): string {
  switch (kind) {
    case 'ExpectedAnnualLoss':
      return `the expected annual loss by prior and confirmed history, ${money(facts.expectedAnnualLoss ?? 0, currency)}, is at least ${declaredMoney(tier.when?.expectedAnnualLossAtLeast ?? 0, currency)}`;
    case 'SingleEventP95':
      return `1 incident of 20 of its worst risk costs more than ${money(facts.singleEventP95 ?? 0, currency)}, which is at least ${declaredMoney(tier.when?.singleEventP95AtLeast ?? 0, currency)}`;
    case 'Criticality':
      return `its declared criticality is ${facts.criticality ?? 'none'}`;
    case 'Otherwise':
      return facts.expectedAnnualLoss === null
        ? 'no entry of its register has a price, and the policy puts all others here'
        : 'it reaches none of the limits of the tiers above';
    default:
      return assertNever(kind);
  }
}
