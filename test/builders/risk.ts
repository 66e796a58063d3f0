import { incidentRate } from '../../src/core/risk/incident-rate.ts';
import type { Amount } from '../../src/core/risk/amount.ts';
import type { Impact, ImpactComponent, ImpactKind } from '../../src/core/risk/event-loss.ts';
import type { QuantifiedRisk } from '../../src/core/risk/model-loss.ts';

/** Estimates as people write them; every builder answers a fresh value. */

export function lognormal(low: number, high: number, cap: number | null = null): Amount {
  return { kind: 'Lognormal', low, high, cap };
}

export function pert(min: number, mode: number, max: number): Amount {
  return { kind: 'PERT', min, mode, max };
}

export function constant(amount: number): Amount {
  return { kind: 'Constant', amount };
}

export function component(amount: Amount, kind: ImpactKind = 'customerHarm', chance = 1): ImpactComponent {
  return { kind, amount, units: 1, chance };
}

export function impactOf(...components: readonly ImpactComponent[]): Impact {
  return { components, dependence: 'Comonotonic' };
}

export interface RiskChanges {
  readonly name?: string;
  readonly category?: string;
  readonly prior?: readonly [incidents: number, years: number];
  readonly confirmed?: readonly [incidents: number, years: number];
  readonly impact?: Impact;
}

/** The example of the research: 2 incidents in 4 years, 50 thousand to 2 million each. */
export function aRisk(changes: RiskChanges = {}): QuantifiedRisk {
  const history = ([incidents, years]: readonly [number, number]) => ({ incidents, years });
  const prior = history(changes.prior ?? [2, 4]);
  const confirmed = history(changes.confirmed ?? [0, 0]);
  return {
    name: changes.name ?? 'unfair-denials',
    category: changes.category ?? 'Fairness',
    ...{ prior, confirmed, rate: incidentRate(prior, confirmed) },
    impact: changes.impact ?? impactOf(component(lognormal(50_000, 2_000_000))),
  };
}
