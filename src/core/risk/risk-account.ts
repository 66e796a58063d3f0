import { lognormalParameters, meanAmount, pertParameters } from './amount.ts';
import type { Amount } from './amount.ts';
import { meanOf, singleEventP95 } from './event-loss.ts';
import type { ImpactComponent, ImpactKind } from './event-loss.ts';
import { chanceOfIncident, horizonYears, incidentRate, meanRate, rateQuantile } from './incident-rate.ts';
import type { IncidentHistory, IncidentRate } from './incident-rate.ts';
import type { QuantifiedRisk, RiskLoss } from './model-loss.ts';
import type { ScoreMesh } from './score-mesh.ts';

export interface ComponentAccount {
  readonly kind: ImpactKind;
  readonly amount: Amount;
  readonly units: number;
  readonly chance: number;
  /** Of the distribution: mu and sigma, or alpha and beta; none of a constant. */
  readonly parameters: { readonly [name: string]: number };
  readonly meanAmount: number;
  /** Chance times mean amount. */
  readonly mean: number;
}

/** Every number between what a person wrote of one risk and its expected annual loss. */
export interface RiskAccount {
  readonly name: string;
  readonly category: string;
  readonly prior: IncidentHistory;
  readonly confirmed: IncidentHistory;
  /** Gamma(shape, years), its mean, its 5 % and 95 % points, and the chance of at least one incident within a year. */
  readonly history: IncidentRate & { readonly mean: number; readonly low: number; readonly high: number; readonly chance: number };
  /** Null: nothing was read of it. */
  readonly evidence: {
    readonly indicator: string;
    readonly ratio: number;
    readonly probability: number;
    readonly odds: number;
    readonly weighedProbability: number;
  } | null;
  /** Incidents a year with live evidence. */
  readonly rate: number;
  readonly components: readonly ComponentAccount[];
  readonly dependence: 'Comonotonic' | 'Independent';
  readonly meanImpact: number;
  readonly singleEventP95: number;
  readonly expectedAnnualLoss: number;
}

export function riskAccount(risk: QuantifiedRisk, now: RiskLoss, mesh: ScoreMesh): RiskAccount {
  const { name, category, prior, confirmed, impact } = risk;
  const rate = incidentRate(prior, confirmed);
  const evidence = now.evidence === null ? null : evidenceAccount(now.evidence, meanRate(rate));
  return {
    ...{ name, category, prior, confirmed, evidence },
    history: {
      ...rate,
      mean: meanRate(rate),
      low: rateQuantile(rate, 0.05),
      high: rateQuantile(rate, 0.95),
      chance: chanceOfIncident(rate),
    },
    rate: meanRate(now.rate),
    components: impact.components.map(componentAccount),
    dependence: impact.dependence,
    meanImpact: now.meanImpact,
    singleEventP95: singleEventP95(impact, mesh),
    expectedAnnualLoss: now.expectedAnnualLoss,
  };
}

function evidenceAccount({ indicator, ratio }: NonNullable<RiskLoss['evidence']>, rate: number) {
  const probability = -Math.expm1(-rate * horizonYears);
  const odds = Math.expm1(rate * horizonYears);
  return { indicator, ratio, probability, odds, weighedProbability: 1 - 1 / (1 + odds * ratio) };
}

function componentAccount(component: ImpactComponent): ComponentAccount {
  const { kind, amount, units, chance } = component;
  return { kind, amount, units, chance, parameters: parametersOf(amount), meanAmount: meanAmount(amount), mean: meanOf(component) };
}

function parametersOf(amount: Amount): { readonly [name: string]: number } {
  if (amount.kind === 'Constant') return {};
  return amount.kind === 'Lognormal' ? lognormalParameters(amount) : pertParameters(amount);
}
