import type { ModelRisk } from '../api/model-risk.ts';
import { tierInForce } from '../api/tier-status.ts';
import { backlogSection } from './backlog-section.ts';
import { budgetsOf } from './budgets.ts';
import { constraintsSection } from './constraints.ts';
import { explainModel } from './explain-model.ts';
import type { ReportFacts } from './facts.ts';
import { gapsSection } from './gaps.ts';
import { governanceSection } from './governance-section.ts';
import { policyInForce } from './held-lines.ts';
import { incidentSection } from './incident-file.ts';
import { modelCardSection } from './model-card.ts';
import { papersSection } from './papers.ts';
import { pendingSection } from './pending.ts';
import { periodSection } from './period-figures.ts';
import { planSection } from './plan-table.ts';
import { playbookSection } from './playbook-section.ts';
import type { ReportText } from './programme-report.ts';
import { readingsSection } from './readings.ts';
import { registerSection } from './register.ts';
import { nameOf } from './source.ts';

/** More than a model can have. */
const wholeBacklog = 64;

/** The model card with its risk file; `facts` are of this model alone. */
export function modelReport(model: ModelRisk, facts: ReportFacts): ReportText {
  const policy = facts.all.policies.find(({ metadata }) => metadata.name === policyInForce(model))?.spec ?? null;
  const tier = policy === null ? null : tierInForce(model, policy);
  const explained = explainModel(model, policy);
  return {
    title: `Model risk: ${nameOf(model)}`,
    subtitle: `Model ${model.spec.model.name}, version ${model.spec.model.version}, owned by ${model.spec.owner.team}`,
    scope: facts.where,
    sections: [
      pendingSection(facts),
      modelCardSection(model),
      papersSection(model),
      readingsSection(model, policy, { ...explained, budgets: budgetsOf(model, facts.nowMs) }),
      playbookSection({ model, tier, policy: policyInForce(model), plans: facts.plans }),
      planSection(facts.plans),
      constraintsSection(facts),
      registerSection(model, explained.loss),
      governanceSection(model, facts),
      incidentSection(facts, explained.loss.currency),
      backlogSection(facts, wholeBacklog),
      periodSection(facts),
      gapsSection(facts),
    ],
  };
}
