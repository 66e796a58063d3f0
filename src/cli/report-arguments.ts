import { reportFormats } from '../core/report/render.ts';
import type { ReportFormat } from '../core/report/render.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { readPeriodDays } from './period.ts';

export interface ReportCommand {
  readonly kind: 'Report';
  /** One ModelRisk, one tier, or the programme. */
  readonly of:
    { readonly kind: 'Model'; readonly name: string } | { readonly kind: 'Tier'; readonly tier: string } | { readonly kind: 'Programme' };
  readonly periodDays: number;
  readonly format: ReportFormat;
}

export interface ReportSwitches {
  readonly format?: string;
  readonly period?: string;
  readonly model?: string;
  readonly tier?: string;
  readonly version?: string;
  readonly waive?: string;
  readonly 'all-namespaces': boolean;
  readonly json: boolean;
}

export const reportUsage = `  kubectl modelrisk report [--model NAME | --tier NAME] [-n NAMESPACE | -A] [--period DAYS] [--format ${reportFormats.join('|')}]
                                                       what has to be decided, posture, loss, what to fix first and the figures of the
                                                       period on one page, of all models or of a tier with its playbook; or the card
                                                       and risk file of a model. Every number with its source (docs/reports.md)
`;

/** What there is to report on. Failure: one sentence. */
function subject({ model, tier, 'all-namespaces': everywhere }: ReportSwitches): Result<ReportCommand['of'], string> {
  if (model !== undefined && tier !== undefined) return failure('--model and --tier exclude each other');
  if (model !== undefined && everywhere) return failure('--model names one ModelRisk of one namespace: write -n NAMESPACE in place of -A');
  if (model !== undefined) return success({ kind: 'Model', name: model });
  return success(tier === undefined ? { kind: 'Programme' } : { kind: 'Tier', tier });
}

export function reportCommand(rest: readonly string[], switches: ReportSwitches): Result<ReportCommand, string> {
  const { period, json, format = json ? 'json' : 'md', version, waive } = switches;
  if (rest.length > 0) return failure('report takes no name: write --model NAME for the report of one ModelRisk');
  if (version !== undefined || waive !== undefined) return failure('--version and --waive go with gate');
  const known = reportFormats.find((each) => each === format);
  if (known === undefined) return failure(`--format ${format} is not known: write ${reportFormats.join(', ')}`);
  if (json && known !== 'json') return failure('--json and --format exclude each other');
  const periodDays = readPeriodDays(period);
  if (!periodDays.ok) return periodDays;
  const of = subject(switches);
  return of.ok ? success({ kind: 'Report', of: of.value, periodDays: periodDays.value, format: known }) : of;
}
