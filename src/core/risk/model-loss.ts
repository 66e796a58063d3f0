import gammaQuantile from '@stdlib/stats-base-dists-gamma-quantile';
import { annualLoss, annualQuantile } from './annual-loss.ts';
import type { PricedRisk } from './annual-loss.ts';
import { meanImpact, singleEventP95 } from './event-loss.ts';
import type { Impact } from './event-loss.ts';
import { neutralRatio, ratioOf } from './evidence.ts';
import type { StandingEvidence } from './evidence.ts';
import { meanRate, weighByEvidence } from './incident-rate.ts';
import type { IncidentHistory, IncidentRate } from './incident-rate.ts';
import type { ScoreMesh } from './score-mesh.ts';

/** An entry of the register with a likelihood and an impact. */
export interface QuantifiedRisk {
  readonly name: string;
  readonly category: string;
  readonly prior: IncidentHistory;
  readonly confirmed: IncidentHistory;
  /** What the history alone says. */
  readonly rate: IncidentRate;
  readonly impact: Impact;
}

export interface ModelLossInput {
  readonly risks: readonly QuantifiedRisk[];
  readonly evidence: readonly StandingEvidence[];
  /** Most of the candidate's answers that callers get while the constraints in force hold, 0 to 1. */
  readonly liveShare: number;
  /** Expected annual loss, without fines, of the version traffic goes to instead; null when nobody has priced it. */
  readonly safeLoss: number | null;
}

/** One risk as it stands now. */
export interface RiskLoss {
  readonly name: string;
  readonly category: string;
  /** With live evidence. */
  readonly rate: IncidentRate;
  readonly impact: Impact;
  /** What live evidence multiplied the odds by, and the indicator that says so; null: none was read. */
  readonly evidence: StandingEvidence | null;
  readonly meanImpact: number;
  readonly expectedAnnualLoss: number;
}

/** Money a year, in the currency of the policy. */
export interface ModelLoss {
  readonly risks: readonly RiskLoss[];
  /** With live evidence; the true mean lies between `low` and `high` with a probability of 0.9. */
  readonly expected: { readonly value: number; readonly low: number; readonly high: number };
  /** 19 of 20 years cost less, all risks together. */
  readonly p95: number;
  /** What remains while the constraints in force hold. */
  readonly residual: number;
  /** By prior and confirmed history only: what the tier rests on. */
  readonly inherent: { readonly expectedAnnualLoss: number; readonly singleEventP95: number };
}

/** The whole arithmetic of one model. Pure; the work is bounded by the number of risks times the square of the grid's 2,000 steps. */
export function modelLoss(input: ModelLossInput, mesh: ScoreMesh): ModelLoss {
  const risks = riskLosses(input.risks, input.evidence);
  return {
    risks,
    expected: expectedLoss(risks),
    p95: annualQuantile(annualLoss(risks, mesh), 0.95),
    residual: residualLoss(input, risks),
    inherent: inherentLoss(input.risks, mesh),
  };
}

/** Of a register alone: what the tier of a model rests on. Money a year, and of one event. */
export function inherentLoss(risks: readonly PricedRisk[], mesh: ScoreMesh): ModelLoss['inherent'] {
  return {
    expectedAnnualLoss: sum(risks.map(({ rate, impact }) => meanRate(rate) * meanImpact(impact))),
    singleEventP95: Math.max(0, ...risks.map(({ impact }) => singleEventP95(impact, mesh))),
  };
}

/** What a year is expected to cost without fines, by history only: what a model is worth as the safe version of another. */
export function lossWithoutFines(risks: readonly PricedRisk[]): number {
  return sum(risks.map(({ rate, impact }) => meanRate(rate) * meanImpact(withoutFines(impact))));
}

/** Each risk with live evidence, as if nothing were constrained. */
export function riskLosses(risks: readonly QuantifiedRisk[], evidence: readonly StandingEvidence[]): readonly RiskLoss[] {
  return risks.map((risk) => riskLoss(risk, evidence));
}

function riskLoss({ name, category, rate, impact }: QuantifiedRisk, all: readonly StandingEvidence[]): RiskLoss {
  const evidence = ratioOf({ name, category }, all);
  const weighed = weighByEvidence(rate, evidence?.ratio ?? neutralRatio);
  const mean = meanImpact(impact);
  const expectedAnnualLoss = meanRate(weighed) * mean;
  return { name, category, rate: weighed, impact, evidence, meanImpact: mean, expectedAnnualLoss };
}

/**
 * Mean of the year and a 90 % interval from what is not known of the rates. A sum of Gammas is taken for the Gamma with its mean
 * and variance (exact for one risk); quantiles of the parts are never summed.
 */
function expectedLoss(risks: readonly PricedRisk[]): ModelLoss['expected'] {
  const means = risks.map(({ rate, impact }) => meanRate(rate) * meanImpact(impact));
  const value = sum(means);
  if (value === 0) return { value, low: 0, high: 0 };
  // Of the variance relative to the mean squared, which needs no currency.
  const spread = sum(risks.map(({ rate }, index) => ((means[index] ?? 0) / value) ** 2 / rate.shape));
  const at = (probability: number) => gammaQuantile(probability, 1 / spread, 1) * spread * value;
  return { value, low: at(0.05), high: at(0.95) };
}

/** x candidate + (1 - x) safe. A fine is for what was done, not for how much: it is not scaled. A safe version nobody priced is as bad. */
function residualLoss({ risks, liveShare, safeLoss }: ModelLossInput, live: readonly PricedRisk[]): number {
  const candidate = lossWithoutFines(live);
  const fines = sum(live.map(({ rate, impact }) => meanRate(rate) * meanImpact(finesOf(impact))));
  return liveShare * candidate + (1 - liveShare) * (safeLoss ?? lossWithoutFines(risks)) + fines;
}

function finesOf({ components }: Impact) {
  return { components: components.filter(({ kind }) => kind === 'regulatory') };
}

function withoutFines({ components }: Impact) {
  return { components: components.filter(({ kind }) => kind !== 'regulatory') };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
