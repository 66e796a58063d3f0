import type { RiskPolicy } from '../api/risk-policy.ts';
import type { AlertedIndicator, AlertedModel } from '../governance/rules/rule.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { modelLinks } from './links.ts';
import type { PlanState } from './plan-state.ts';
import type { RiskState } from './risk-state.ts';

/** What rules say of a model: as it is written, in the tier its status says, with the plans that act for it. */
export function toAlertedModel(
  state: Pick<RiskState, 'risk' | 'identity' | 'terms'>,
  { object, policy, plans }: { readonly object: UntypedObject; readonly policy: RiskPolicy; readonly plans: readonly PlanState[] },
): AlertedModel {
  const { risk, identity } = state;
  const { namespace } = identity;
  const { owner, risks, indicators } = risk.spec;
  const { status } = object as { readonly status?: { readonly tier?: { readonly inherent?: string } } };
  const categories = new Map(risks.map(({ name, category }) => [name, category]));
  return {
    namespace,
    risk: risk.metadata.name,
    tier: status?.tier?.inherent ?? null,
    team: owner.team,
    contact: owner.contact,
    indicators: indicators.map(({ name, risk: watched, threshold, objective }): AlertedIndicator => {
      const category = categories.get(watched) ?? '';
      const windowSeconds = objective?.windowSeconds;
      return {
        name,
        category,
        links: modelLinks(state, { policy, categories: [category], facts: { indicator: name } }),
        threshold: threshold === undefined ? null : { direction: threshold.direction, breach: threshold.breach },
        objective:
          objective === undefined || windowSeconds === undefined ? null : { targetPercent: objective.targetPercent, windowSeconds },
      };
    }),
    plans: plans.map(({ current }) => current.plan.name).sort(),
    targets: [...new Set(plans.flatMap(({ current }) => current.targets.map(({ object: target }) => target)))].sort(),
  };
}
