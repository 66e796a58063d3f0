import type { ModelRisk } from '../api/model-risk.ts';
import { budgetOfStatus } from '../api/objective-status.ts';
import type { ObjectiveStatus } from '../api/objective-status.ts';
import { budgetLeftText } from '../core/budget/explain-budget.ts';
import type { BudgetRecord } from '../core/budget/explain-budget.ts';
import type { ReportBlock, ReportRow, ReportSection } from '../core/report/document.ts';
import { duration } from '../core/risk/programme/explain-programme.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { ReportFacts } from './facts.ts';
import { tableOr } from './field-table.ts';
import { fieldOf, fieldOfAll, nameOf } from './source.ts';
import { tallyFigure } from './tally.ts';

/** Of each indicator with an objective of its own, what is left of its budget, from the object alone; one the operator has not counted yet is unknown. */
export function budgetsOf({ spec, status }: Pick<ModelRisk, 'spec' | 'status'>, nowMs: EpochMs): readonly BudgetRecord[] {
  const counted = new Map(
    status.indicators.flatMap(({ name, objective }) => (objective === undefined ? [] : [[name, objective] as const])),
  );
  const declared = spec.indicators.flatMap(({ name, objective }) => {
    const { targetPercent, windowSeconds } = objective ?? {};
    return targetPercent === undefined || windowSeconds === undefined
      ? []
      : [[name, { targetPercent, windowSeconds, changes: [], folded: [] }] as const];
  });
  return [...new Map<string, ObjectiveStatus>([...declared, ...counted])].map(([name, objective]) =>
    budgetOfStatus(name, objective, nowMs),
  );
}

/** The least that is left of any of them: null: of none anybody knows. */
export function leastLeft(budgets: readonly Pick<BudgetRecord, 'left'>[]): number | null {
  const known = budgets.flatMap(({ left }) => left ?? []);
  return known.length === 0 ? null : Math.min(...known);
}

export const budgetColumns = ['Budget left', 'A breach for', 'Of judged', 'Allowed'] as const;

export function budgetCells({ left, badSeconds, judgedSeconds, allowedSeconds }: BudgetRecord): readonly string[] {
  if (left === null) return [budgetLeftText(null), 'unknown', 'nothing', 'unknown'];
  return [budgetLeftText(left), ...[badSeconds, judgedSeconds, allowedSeconds].map((seconds) => duration(seconds * 1000))];
}

/** Where the object says what a budget is computed from. */
export function budgetSource(model: ModelRisk, indicator: string): string {
  return `${fieldOf('ModelRisk', model, `.status.indicators[${indicator}].objective`)}; docs/alerts.md`;
}

/** How many objectives were not kept, and which. */
export function budgetsSection({ models, where, nowMs }: Pick<ReportFacts, 'models' | 'where' | 'nowMs'>): ReportSection {
  const all = models.flatMap((model) => budgetsOf(model, nowMs).map((budget) => ({ model, budget })));
  return { heading: 'Objectives', blocks: all.length === 0 ? [none] : [figures(all, where), spentTable(all)] };
}

const none: ReportBlock = { kind: 'Text', text: 'No indicator has an objective of its own.' };

interface Counted {
  readonly model: ModelRisk;
  readonly budget: BudgetRecord;
}

function figures(all: readonly Counted[], where: string): ReportBlock {
  const n = all.length;
  const count = all.filter(({ budget }) => budget.isSpent).length;
  const unknown = all.filter(({ budget }) => budget.left === null).length;
  const source = `${fieldOfAll('Objectives of ModelRisks', { where, n }, '.status.indicators[].objective')}; docs/alerts.md`;
  return { kind: 'Figures', figures: [tallyFigure('Error budgets spent', { count, unknown, n }, source)] };
}

function spentTable(all: readonly Counted[]): ReportBlock {
  const rows = all
    .filter(({ budget }) => budget.isSpent)
    .toSorted((a, b) => (a.budget.left ?? 0) - (b.budget.left ?? 0))
    .map(({ model, budget }): ReportRow => {
      const { indicator, targetPercent, windowSeconds } = budget;
      const over = duration(windowSeconds * 1000);
      return {
        cells: [nameOf(model), indicator, `${String(targetPercent)} % over ${over}`, ...budgetCells(budget)],
        source: budgetSource(model, indicator),
      };
    });
  const columns = ['ModelRisk', 'Indicator', 'Objective', ...budgetColumns];
  return tableOr({ kind: 'Table', caption: 'Error budgets that are spent', columns, rows }, 'No error budget is spent.');
}
