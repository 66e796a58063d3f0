import type { MitigationPlan } from '../api/mitigation-plan.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import { toRemediation } from '../api/remediation.ts';
import { rememberedRatios, toEvidence, toQuantifiedRisks } from '../api/risk-register.ts';
import type { RiskPolicySpec } from '../api/risk-policy.ts';
import { rankBacklog } from '../core/risk/backlog/rank.ts';
import type { Backlog } from '../core/risk/backlog/rank.ts';
import type { RiskExposure } from '../core/risk/backlog/remediation.ts';
import { riskLosses } from '../core/risk/model-loss.ts';
import { idOf } from './model-line.ts';

const weeksAYear = 365.25 / 7;

export interface RankedObjects {
  /** Under one policy. */
  readonly models: readonly ModelRisk[];
  readonly plans: readonly MitigationPlan[];
}

/** The backlog of the models under one policy, as the plugin prints it. */
export function rankModels({ models, plans }: RankedObjects, { discountPercent }: Pick<RiskPolicySpec, 'discountPercent'>): Backlog {
  const holding = plans.filter(({ status }) => status.phase === 'Engaged');
  return rankBacklog({
    remediations: models.flatMap((model) => model.spec.remediations.map((each) => toRemediation(each, idOfModel(model)))),
    exposures: models.flatMap((model) => exposuresOf(model, holding)),
    discountPercent,
  });
}

function idOfModel({ metadata: { namespace = '', name } }: Pick<ModelRisk, 'metadata'>): string {
  return idOf({ namespace, name });
}

/** With live evidence, as if nothing were constrained, beside what the constraints that hold cost. */
function exposuresOf(model: ModelRisk, holding: readonly MitigationPlan[]): readonly RiskExposure[] {
  const { spec, status } = model;
  const losses = riskLosses(toQuantifiedRisks(spec), toEvidence(spec, rememberedRatios(status)));
  const costs = holdingCosts(model, holding);
  return losses.map(({ name, rate, meanImpact }) => ({
    id: `${idOfModel(model)}/${name}`,
    rate,
    meanImpact,
    holdingCost: (costs.get(name) ?? 0) * weeksAYear,
  }));
}

/** A week, by risk: the cost of a plan is split among the risks whose indicators brought it on. */
function holdingCosts({ metadata, spec, status }: ModelRisk, holding: readonly MitigationPlan[]): ReadonlyMap<string, number> {
  const costs = new Map<string, number>();
  for (const plan of holding) {
    const { holdingCostPerWeek, riskRef, trigger } = plan.spec;
    if (holdingCostPerWeek === undefined || riskRef.name !== metadata.name || plan.metadata.namespace !== metadata.namespace) continue;
    const triggers = spec.indicators.filter(({ name }) => trigger.indicators.includes(name));
    const firing = triggers.filter(({ name }) => status.indicators.some((each) => each.name === name && each.state !== 'Clear'));
    const risks = new Set((firing.length === 0 ? triggers : firing).map(({ risk }) => risk));
    for (const risk of risks) costs.set(risk, (costs.get(risk) ?? 0) + holdingCostPerWeek / risks.size);
  }
  return costs;
}
