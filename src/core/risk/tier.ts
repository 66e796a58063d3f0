/** Declared materiality of a model, worst first. */
export type Criticality = 'Critical' | 'High' | 'Medium' | 'Low';

/** One tier of a programme; a model belongs to it when any one of its conditions holds. */
export interface Tier {
  readonly name: string;
  /** Null: every model that no tier above has taken. */
  readonly when: {
    readonly expectedAnnualLossAtLeast: number | null;
    readonly singleEventP95AtLeast: number | null;
    readonly criticality: readonly Criticality[];
  } | null;
}

/** What a tier is judged by: prior and confirmed history, never a live verdict. Null: not declared. */
export interface TierFacts {
  readonly expectedAnnualLoss: number | null;
  readonly singleEventP95: number | null;
  readonly criticality: Criticality | null;
}

export type TierGround = 'ExpectedAnnualLoss' | 'SingleEventP95' | 'Criticality' | 'Otherwise';

export interface TierFinding {
  readonly tier: Tier;
  readonly ground: TierGround;
}

/** The first tier from the top of which a condition holds; null when none does. */
export function findTier(tiers: readonly Tier[], facts: TierFacts): TierFinding | null {
  for (const tier of tiers) {
    const ground = groundFor(tier, facts);
    if (ground !== null) return { tier, ground };
  }
  return null;
}

/**
 * The tier a model is in: the higher of where it stood and where the numbers put it. Up it goes at once; down only by a review,
 * so that a good quarter opens no gate.
 */
export function standingTier(tiers: readonly Tier[], before: string | null, found: TierFinding | null): string | null {
  const rank = (name: string | null) => {
    const index = tiers.findIndex((tier) => tier.name === name);
    return index === -1 ? tiers.length : index;
  };
  const now = found?.tier.name ?? null;
  // A tier the policy has no more is nowhere to stay.
  return rank(before) < rank(now) ? before : now;
}

function groundFor({ when }: Tier, { expectedAnnualLoss, singleEventP95, criticality }: TierFacts): TierGround | null {
  if (when === null) return 'Otherwise';
  if (isAtLeast(expectedAnnualLoss, when.expectedAnnualLossAtLeast)) return 'ExpectedAnnualLoss';
  if (isAtLeast(singleEventP95, when.singleEventP95AtLeast)) return 'SingleEventP95';
  return criticality !== null && when.criticality.includes(criticality) ? 'Criticality' : null;
}

function isAtLeast(value: number | null, limit: number | null): boolean {
  return value !== null && limit !== null && value >= limit;
}
