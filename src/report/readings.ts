import type { IndicatorInForce, ModelRisk } from '../api/model-risk.ts';
import type { RiskPolicySpec } from '../api/risk-policy.ts';
import type { BudgetRecord } from '../core/budget/explain-budget.ts';
import type { ReportBlock, ReportRow, ReportSection } from '../core/report/document.ts';
import type { VerdictRecord } from '../core/explain-verdict.ts';
import { duration } from '../core/risk/programme/explain-programme.ts';
import { budgetCells, budgetColumns, budgetSource } from './budgets.ts';
import type { ExplainedModel } from './explain-model.ts';
import { tableOr } from './field-table.ts';
import { fieldOf } from './source.ts';

const unknown = 'unknown';

interface ReadModel extends Pick<ExplainedModel, 'indicators' | 'verdicts'> {
  readonly budgets: readonly BudgetRecord[];
}

/** The last reading of each indicator with the limits it was judged by and who supplied it, and the objectives. */
export function readingsSection(model: ModelRisk, policy: RiskPolicySpec | null, read: ReadModel): ReportSection {
  return { heading: 'Indicators', blocks: [readingTable(model, policy, read), ...objectiveTable(model, read)] };
}

function readingTable(
  model: ModelRisk,
  policy: RiskPolicySpec | null,
  { indicators, verdicts }: Pick<ExplainedModel, 'indicators' | 'verdicts'>,
): ReportBlock {
  const rows = indicators.flatMap((indicator, index) => {
    const verdict = verdicts[index];
    if (verdict === undefined) return [];
    return [
      {
        cells: [indicator.name, indicator.risk, ...readingCells(verdict), suppliedBy(indicator, policy)],
        source: fieldOf('ModelRisk', model, `.status.indicators[${indicator.name}]`, `.spec.indicators[${indicator.name}]`),
      },
    ];
  });
  const columns = ['Indicator', 'Watches', 'State', 'Verdict', 'Value', 'Rows', 'Judged by', 'Data of', 'Supplied by'];
  return tableOr({ kind: 'Table', caption: 'Last change of each indicator', columns, rows }, 'The model has no indicator.');
}

function readingCells({ last }: VerdictRecord): readonly string[] {
  if (last === null) return [unknown, 'nobody has looked', unknown, unknown, unknown, unknown];
  const { state, since, verdict, value, sampleCount, threshold, dataTime } = last;
  return [
    `${state} since ${since}`,
    verdict ?? unknown,
    value === null ? unknown : String(value),
    sampleCount === null ? unknown : String(sampleCount),
    threshold === null ? unknown : limits(threshold),
    dataTime ?? unknown,
  ];
}

function limits({ direction, warn, breach, clear, severe }: NonNullable<NonNullable<VerdictRecord['last']>['threshold']>): string {
  const named = [
    ['warn', warn],
    ['breach', breach],
    ['clear', clear],
    ['severe', severe],
  ] as const;
  return `${direction} ${named.flatMap(([name, limit]) => (limit === null ? [] : [`${name} ${String(limit)}`])).join(', ')}`;
}

/** Who was asked for the number, or sent it. */
function suppliedBy({ signal }: IndicatorInForce, policy: RiskPolicySpec | null): string {
  if ('quorum' in signal) return `a quorum: ${String(signal.quorum.atLeast)} of ${signal.quorum.indicators.join(', ')}`;
  if ('promQL' in signal) return `provider ${signal.promQL.provider}, a query of the model`;
  const template = policy?.signals.find(({ name }) => name === signal.template.name);
  if (template === undefined) return `signal ${signal.template.name}`;
  const from =
    'provider' in template
      ? `provider ${template.provider}`
      : 'push' in template || 'alert' in template
        ? 'what is sent to the operator'
        : 'the state of the cluster';
  return `${from}, signal ${template.name}`;
}

/** Objectives bound the share of bad readings; that of a burn-rate signal is counted where its events are. */
function objectiveTable(model: ModelRisk, { indicators, budgets }: Pick<ReadModel, 'indicators' | 'budgets'>): readonly ReportBlock[] {
  const own = budgets.map((budget): ReportRow => {
    const { indicator, targetPercent, windowSeconds } = budget;
    return {
      cells: [indicator, `${String(targetPercent)} %`, duration(windowSeconds * 1000), ...budgetCells(budget)],
      source: budgetSource(model, indicator),
    };
  });
  const ofEvents = indicators.flatMap(({ name, objective }): readonly ReportRow[] => {
    if (objective === undefined || objective.windowSeconds !== undefined) return [];
    const cells = [name, `${String(objective.targetPercent)} %`, 'as its burn-rate signal says', unknown, unknown, unknown, unknown];
    return [{ cells, source: fieldOf('ModelRisk', model, `.spec.indicators[${name}].objective`) }];
  });
  const rows = [...own, ...ofEvents];
  if (rows.length === 0) return [];
  const columns = ['Indicator', 'Good, at least', 'Over', ...budgetColumns];
  return [{ kind: 'Table', caption: 'Objectives, and what is left of their budgets', columns, rows }];
}
