import { createExposureBook } from './exposure-book.ts';
import type { ExposureBook, ExposureBookOptions } from './exposure-book.ts';
import { createFalseAlarmBook } from './false-alarm-book.ts';
import type { FalseAlarmBook } from './false-alarm-book.ts';
import { createLossBook } from './loss-book.ts';
import type { LossBook } from './loss-book.ts';
import type { Programme } from './programme.ts';

/** What is kept of every model beside its verdicts. None of it moves traffic. */
export interface RiskBooks {
  readonly losses: LossBook;
  readonly falseAlarms: FalseAlarmBook;
  readonly exposures: ExposureBook;
}

export function createRiskBooks(options: Omit<ExposureBookOptions, 'programme'>, programme: Programme): RiskBooks {
  const exposures = createExposureBook({ ...options, programme });
  return { losses: createLossBook(programme), falseAlarms: createFalseAlarmBook(), exposures };
}
