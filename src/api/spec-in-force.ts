import type { IndicatorInForce, ModelRisk } from './model-risk.ts';
import type { RiskPolicySpec } from './risk-policy.ts';
import { indicatorInForce, riskTerms } from './terms.ts';
import { tierInForce } from './tier-status.ts';

/** What is written, with nothing left that a playbook or a default supplies, and under the floors of the tier. */
export type SpecInForce = Omit<ModelRisk['spec'], 'indicators'> & {
  readonly evaluationIntervalSeconds: number;
  readonly indicators: readonly IndicatorInForce[];
};

export function specInForce(risk: Pick<ModelRisk, 'spec' | 'status'>, policy: Pick<RiskPolicySpec, 'tiers'>): SpecInForce {
  const terms = riskTerms(risk.spec, tierInForce(risk, policy));
  return {
    ...risk.spec,
    evaluationIntervalSeconds: terms.evaluationIntervalSeconds.value,
    indicators: terms.indicators.map(indicatorInForce),
  };
}
