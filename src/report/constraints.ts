import type { MitigationPlan } from '../api/mitigation-plan.ts';
import type { ReportSection } from '../core/report/document.ts';
import { money } from '../core/risk/money.ts';
import { currencyOf } from './currency.ts';
import type { ReportFacts } from './facts.ts';
import { fieldOf, nameOf } from './source.ts';

/** Plans that hold something; one that only observes says what it would hold. */
export function inForce(plans: readonly MitigationPlan[]): readonly MitigationPlan[] {
  return plans.filter(
    ({ status: { stage, conditions } }) => stage !== undefined && conditions.find(({ type }) => type === 'Engaged')?.reason !== 'Observing',
  );
}

export function constraintsSection(facts: ReportFacts): ReportSection {
  const heading = 'Constraints in force';
  const plans = inForce(facts.plans);
  if (plans.length === 0) return { heading, blocks: [{ kind: 'Text', text: 'No plan holds anything.' }] };
  const rows = plans.map((plan) => ({ cells: cellsOf(plan, facts), source: sourceOf(plan) }));
  const columns = ['Plan', 'ModelRisk', 'Stage', 'Since', 'In effect', 'What targets get', 'Costs a week'];
  return { heading, blocks: [{ kind: 'Table', caption: 'Plans that hold something now', columns, rows }] };
}

function cellsOf(plan: MitigationPlan, facts: ReportFacts): readonly string[] {
  const { spec, status, metadata } = plan;
  const effective = status.conditions.find(({ type }) => type === 'Effective');
  const currency = currencyOf(facts, { namespace: metadata.namespace ?? '', name: spec.riskRef.name });
  return [
    nameOf(plan),
    spec.riskRef.name,
    status.stage?.name ?? '',
    status.stage?.since ?? '',
    effective === undefined ? 'unknown' : `${effective.status} (${effective.reason})`,
    status.targets.map(({ name, effective: gets }) => `${name}: ${gets ?? 'unknown'}`).join('; '),
    spec.holdingCostPerWeek === undefined ? 'not stated' : money(spec.holdingCostPerWeek, currency),
  ];
}

function sourceOf(plan: MitigationPlan): string {
  return fieldOf('MitigationPlan', plan, '.status.stage', '.status.targets', '.spec.holdingCostPerWeek');
}
