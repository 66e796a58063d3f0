import type { ReportFacts } from './facts.ts';
import { policyInForce } from './held-lines.ts';
import { idOf } from './model-line.ts';
import { nameOf } from './source.ts';

/** Currency of a model: of the policy it is judged under, else as its status says. Null: nobody says one. */
export function currencyOf({ all }: Pick<ReportFacts, 'all'>, model: { readonly namespace: string; readonly name: string }): string | null {
  const risk = all.models.find((each) => nameOf(each) === idOf(model));
  if (risk === undefined) return null;
  const policy = all.policies.find(({ metadata }) => metadata.name === policyInForce(risk));
  return policy?.spec.currency ?? risk.status.expectedAnnualLoss?.currency ?? null;
}
