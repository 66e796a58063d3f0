import type { Metrics } from '../telemetry/metrics.ts';
import type { BudgetBook } from './budget-book.ts';
import type { Programme } from './programme.ts';

export interface BudgetGaugesOptions {
  readonly programme: Pick<Programme, 'risks'>;
  readonly budgets: Pick<BudgetBook, 'of'>;
  readonly metrics: Pick<Metrics, 'indicatorBudgetLeft'>;
}

/** Where nothing was judged there is no figure: neither all nor nothing is left. */
export function setBudgets({ programme, budgets, metrics }: BudgetGaugesOptions): void {
  metrics.indicatorBudgetLeft.reset();
  for (const state of programme.risks.values()) {
    const labels = { namespace: state.identity.namespace, risk: state.risk.metadata.name };
    for (const [indicator, { left }] of budgets.of(state))
      if (left !== null) metrics.indicatorBudgetLeft.set({ ...labels, indicator }, left);
  }
}
