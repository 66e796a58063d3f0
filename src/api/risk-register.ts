import type { StandingEvidence } from '../core/risk/evidence.ts';
import { incidentRate } from '../core/risk/incident-rate.ts';
import type { QuantifiedRisk } from '../core/risk/model-loss.ts';
import { toHistory, toImpact } from './likelihood-impact.ts';
import type { ModelRisk } from './model-risk.ts';

type Register = Pick<ModelRisk['spec'], 'risks' | 'indicators'>;

/** The entries of the register that have a price. */
export function toQuantifiedRisks({ risks }: Pick<Register, 'risks'>): readonly QuantifiedRisk[] {
  return risks.flatMap(({ name, category, likelihood, impact }) => {
    const priced = impact === undefined ? null : toImpact(impact);
    if (likelihood === undefined || priced === null) return [];
    const { prior, confirmed } = toHistory(likelihood);
    return [{ name, category, prior, confirmed, rate: incidentRate(prior, confirmed), impact: priced }];
  });
}

export function unquantifiedRisks(register: Register): readonly string[] {
  const priced = new Set(toQuantifiedRisks(register).map(({ name }) => name));
  return register.risks.map(({ name }) => name).filter((name) => !priced.has(name));
}

/** What the indicators say of the risks they watch, by the factor each stands at. One that was never read says nothing. */
export function toEvidence({ risks, indicators }: Register, ratios: ReadonlyMap<string, number>): readonly StandingEvidence[] {
  const categories = new Map(risks.map(({ name, category }) => [name, category]));
  return indicators.flatMap(({ name, risk }) => {
    const [ratio, category] = [ratios.get(name), categories.get(risk)];
    return ratio === undefined || category === undefined ? [] : [{ indicator: name, risk, category, ratio }];
  });
}

/** Factors as the status remembers them. */
export function rememberedRatios({ indicators }: ModelRisk['status']): Map<string, number> {
  return new Map(
    indicators.flatMap(({ name, likelihoodRatio }) => (likelihoodRatio === undefined ? [] : [[name, likelihoodRatio] as const])),
  );
}
