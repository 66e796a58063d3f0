import type { ModelRisk } from '../api/model-risk.ts';
import type { EpochMs } from '../shared/clock.ts';
import { budgetsOf, leastLeft } from './budgets.ts';

/** One model, from its spec and status alone. */
export interface ModelLine {
  readonly namespace: string;
  readonly name: string;
  readonly model: string;
  readonly version: string;
  readonly tier: string | null;
  readonly owner: string;
  readonly contact: string;
  /** Reason of condition Documented; NotObserved: no operator has looked. */
  readonly documented: string;
  /** Reason of condition ReviewCurrent. */
  readonly reviewed: string;
  /** Reason of condition SignedOff. */
  readonly signed: string;
  readonly missing: readonly string[];
  readonly lineageCoveragePercent: number | null;
  /** Money a minute at stake, in the currency of the policy; null: not known, or not declared. */
  readonly moneyPerMinute: number | null;
  readonly exposure: 'Known' | 'Unknown' | 'NotDeclared';
}

/** A line with the least that is left of any error budget of the model; `NotDeclared`: none of its indicators has an objective. */
export interface BudgetedLine extends ModelLine {
  readonly budgetLeft: number | null;
  readonly budget: 'Known' | 'Unknown' | 'NotDeclared';
}

export function idOf({ namespace, name }: Pick<ModelLine, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

export function toModelLine({ metadata, spec, status }: ModelRisk): ModelLine {
  const reasonOf = (type: string): string => status.conditions.find((each) => each.type === type)?.reason ?? 'NotObserved';
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    model: spec.model.name,
    version: spec.model.version,
    tier: status.tier?.inherent ?? null,
    owner: spec.owner.team,
    contact: spec.owner.contact,
    documented: reasonOf('Documented'),
    reviewed: reasonOf('ReviewCurrent'),
    signed: reasonOf('SignedOff'),
    missing: status.documentation?.missing ?? [],
    lineageCoveragePercent: status.documentation?.lineageCoveragePercent ?? null,
    moneyPerMinute: spec.exposure === undefined ? null : (status.exposure?.moneyPerMinute ?? null),
    exposure: spec.exposure === undefined ? 'NotDeclared' : status.exposure?.moneyPerMinute === undefined ? 'Unknown' : 'Known',
  };
}

export function toBudgetedLine(model: ModelRisk, nowMs: EpochMs): BudgetedLine {
  const budgets = budgetsOf(model, nowMs);
  const budgetLeft = leastLeft(budgets);
  return { ...toModelLine(model), budgetLeft, budget: budgets.length === 0 ? 'NotDeclared' : budgetLeft === null ? 'Unknown' : 'Known' };
}

/** Nobody has looked at its papers yet, or nobody can: nothing missing does not mean that all is there. */
export function isUnknown({ documented }: ModelLine): boolean {
  return ['NotObserved', 'PolicyMissing'].includes(documented);
}
