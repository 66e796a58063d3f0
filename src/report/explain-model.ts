import { fromIndicatorStatus, toLossAccount } from '../api/explanation.ts';
import type { IndicatorInForce, ModelRisk } from '../api/model-risk.ts';
import type { RiskPolicySpec } from '../api/risk-policy.ts';
import { indicatorInForce, riskTerms } from '../api/terms.ts';
import { tierInForce } from '../api/tier-status.ts';
import type { VerdictRecord } from '../core/explain-verdict.ts';
import type { LossAccount } from '../core/risk/explain-loss.ts';
import { createScoreMesh } from '../core/risk/score-mesh.ts';

export interface ExplainedModel {
  /** With what its tier supplies, in the order of the spec. */
  readonly indicators: readonly IndicatorInForce[];
  /** One an indicator. */
  readonly verdicts: readonly VerdictRecord[];
  readonly loss: LossAccount;
}

/** By the operator's own arithmetic, from the object alone. Policy null: it can't be read; the currency comes from the status. */
export function explainModel(model: ModelRisk, policy: RiskPolicySpec | null): ExplainedModel {
  const { spec, status } = model;
  const terms = riskTerms(spec, policy === null ? null : tierInForce(model, policy));
  const indicators = terms.indicators.map(indicatorInForce);
  return {
    indicators,
    verdicts: indicators.map((each) => fromIndicatorStatus(each, model, terms.evaluationIntervalSeconds.value)),
    loss: toLossAccount(model, policy?.currency ?? status.expectedAnnualLoss?.currency ?? null, createScoreMesh()),
  };
}
