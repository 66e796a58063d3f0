import { reportFormats } from '../core/report/render.ts';
import type { ReportFormat } from '../core/report/render.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { readPeriodDays } from './period.ts';

export interface ReportCommand {
  readonly kind: 'Report';
  readonly periodDays: number;
  readonly format: ReportFormat;
}

export interface ReportSwitches {
  readonly format?: string;
  readonly period?: string;
  readonly json: boolean;
}

export const reportUsage = `  kubectl modelrisk report [-n NAMESPACE | -A] [--period DAYS] [--format ${reportFormats.join('|')}]
                                                       the programme on a page: what has to be decided, posture, loss, what to fix
                                                       first, figures of the period; every number with its source (docs/reports.md)
`;

export function reportCommand(
  rest: readonly string[],
  { period, json, format = json ? 'json' : 'md' }: ReportSwitches,
): Result<ReportCommand, string> {
  if (rest.length > 0) return failure('report takes no name');
  const known = reportFormats.find((each) => each === format);
  if (known === undefined) return failure(`--format ${format} is not known: write ${reportFormats.join(', ')}`);
  if (json && known !== 'json') return failure('--json and --format exclude each other');
  const periodDays = readPeriodDays(period);
  if (!periodDays.ok) return periodDays;
  return success({ kind: 'Report', periodDays: periodDays.value, format: known });
}
