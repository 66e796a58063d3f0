import { reportFormats } from '../core/report/render.ts';
import type { ReportFormat } from '../core/report/render.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';

export interface PackCommand {
  readonly kind: 'Pack';
  readonly format: ReportFormat;
  /** Null: all of the file. */
  readonly framework: string | null;
  /** File of controls; null: those that ship with the plugin. */
  readonly controls: string | null;
}

export interface PackSwitches {
  readonly pack: boolean;
  readonly framework?: string;
  readonly controls?: string;
  readonly format?: string;
  readonly period?: string;
  readonly model?: string;
  readonly tier?: string;
  readonly json: boolean;
}

export const packOptions = {
  pack: { type: 'boolean', default: false },
  framework: { type: 'string' },
  controls: { type: 'string' },
} as const;

export const packUsage = `  kubectl modelrisk report --pack [--framework NAME] [-n NAMESPACE | -A] [--format ${reportFormats.join('|')}]
                                                       the evidence by control of NIST AI RMF, ISO/IEC 42001 and 23894, EU AI Act,
                                                       SR 26-2, SS1/23, E-23: what is shown, what is missing (docs/regulator-pack.md)
      --controls FILE     your own frameworks and controls instead
`;

/** Null: no pack is asked for. */
export function packCommand(
  words: readonly string[],
  { pack, framework, controls, json, format = json ? 'json' : 'md', period, model, tier }: PackSwitches,
): Result<PackCommand, string> | null {
  const isReport = words[0] === 'report';
  if (!pack || !isReport) {
    const stray = pack || framework !== undefined || controls !== undefined;
    return stray ? failure('--pack, --framework and --controls go with report --pack') : null;
  }
  if (words.length > 1) return failure('report --pack takes no name');
  if (period !== undefined) return failure('--period says nothing to a pack: it shows how things stand; leave it out');
  if (model !== undefined || tier !== undefined) return failure('--pack is of the programme: leave --model and --tier out');
  const known = reportFormats.find((each) => each === format);
  if (known === undefined) return failure(`--format ${format} is not known: write ${reportFormats.join(', ')}`);
  if (json && known !== 'json') return failure('--json and --format exclude each other');
  return success({ kind: 'Pack', format: known, framework: framework ?? null, controls: controls ?? null });
}
