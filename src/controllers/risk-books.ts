import { createBudgetBook } from './budget-book.ts';
import type { BudgetBook, BudgetBookOptions } from './budget-book.ts';
import { createExposureBook } from './exposure-book.ts';
import type { ExposureBook, ExposureBookOptions } from './exposure-book.ts';
import { createFalseAlarmBook } from './false-alarm-book.ts';
import type { FalseAlarmBook } from './false-alarm-book.ts';
import { createLossBook } from './loss-book.ts';
import type { LossBook } from './loss-book.ts';
import type { Programme } from './programme.ts';
import type { RiskState } from './risk-state.ts';

/** What is kept of every model beside its verdicts. None of it moves traffic. */
export interface RiskBooks {
  readonly losses: LossBook;
  readonly falseAlarms: FalseAlarmBook;
  readonly exposures: ExposureBook;
  readonly budgets: BudgetBook;
  /** Takes in the last readings of a risk; true when its status may have to say something else. Cheap: for every poll. */
  takeIn(risk: RiskState): boolean;
}

type RiskBooksOptions = Omit<ExposureBookOptions & BudgetBookOptions, 'programme'>;

export function createRiskBooks(options: RiskBooksOptions, programme: Programme): RiskBooks {
  const exposures = createExposureBook({ ...options, programme });
  const [losses, budgets] = [createLossBook(programme), createBudgetBook({ ...options, programme })];
  return {
    ...{ losses, falseAlarms: createFalseAlarmBook(), exposures, budgets },
    takeIn: (risk) => [losses.takeIn(risk), budgets.takeIn(risk)].includes(true),
  };
}
