import type { ReportSection } from '../core/report/document.ts';
import type { ReportFacts } from './facts.ts';
import { policyInForce } from './held-lines.ts';
import { oneOf } from './source.ts';

/** What this report does not know, and why: nothing is dropped without a word. */
export function gapsSection(facts: ReportFacts, more: readonly string[] = []): ReportSection {
  const items = [...facts.gaps, ...facts.models.flatMap((model) => modelGaps(model, facts)), ...more];
  const heading = 'Gaps';
  if (items.length === 0) return { heading, blocks: [{ kind: 'Text', text: 'None is known.' }] };
  return { heading, blocks: [{ kind: 'Gaps', items }] };
}

function modelGaps(model: ReportFacts['models'][number], { all }: ReportFacts): readonly string[] {
  const { status } = model;
  const which = oneOf('ModelRisk', model);
  const policy = policyInForce(model);
  const unpriced = status.unquantifiedRisks;
  return [
    ...(status.conditions.length === 0 ? [`${which}: no operator has looked at it yet.`] : []),
    ...(all.policies.some(({ metadata }) => metadata.name === policy)
      ? []
      : [`${which}: RiskPolicy ${policy} is not there or can't be read, so its tier, playbook and rank in the backlog are not shown.`]),
    ...(unpriced.length === 0 ? [] : [`${which}: risks ${unpriced.join(', ')} have no likelihood and impact, so no loss counts them.`]),
  ];
}

/** Models are found by their ModelRisks alone. */
export const unregisteredGap =
  'Workloads that look like models and have no ModelRisk are not looked for here: kubectl modelrisk list shows them.';
