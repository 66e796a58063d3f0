import type { MitigationPlan } from '../api/mitigation-plan.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import type { TierSpec } from '../api/risk-tier.ts';
import type { ReportSection } from '../core/report/document.ts';
import { playbookLines } from './playbook-lines.ts';
import type { PlaybookLine } from './playbook-lines.ts';
import { oneOf } from './source.ts';

const origins: Readonly<Record<PlaybookLine['from'], string>> = {
  Model: 'the model',
  Plan: 'the plan',
  Playbook: 'playbook of its tier',
  Floor: 'floor of its tier',
  Signed: 'as signed off',
  Tier: 'its tier',
  Default: 'default',
};

interface Held {
  readonly model: ModelRisk;
  readonly tier: TierSpec | null;
  readonly policy: string;
  /** Of this model. */
  readonly plans: readonly MitigationPlan[];
}

/** What the model and its plans are held to, and who says so: the lines of `kubectl modelrisk playbook`. */
export function playbookSection({ model, tier, policy, plans }: Held): ReportSection {
  const { lines, problems } = playbookLines(model, tier, plans);
  const rows = lines.map((line) => ({
    cells: [line.object, line.field, line.value, saidBy(line)],
    source: sourceOf(line, { model, tier, policy }),
  }));
  return {
    heading: 'Limits and playbook in force',
    blocks: [
      {
        kind: 'Table',
        caption: 'What the model and its plans are held to, and who says so',
        columns: ['Object', 'Field', 'In force', 'Said by'],
        rows,
      },
      ...(problems.length === 0 ? [] : [{ kind: 'Gaps' as const, items: problems }]),
    ],
  };
}

function saidBy({ from, instead }: PlaybookLine): string {
  return instead === null ? origins[from] : `${origins[from]}, in place of ${instead}`;
}

function sourceOf({ object, field, from }: PlaybookLine, { model, tier, policy }: Omit<Held, 'plans'>): string {
  const namespace = model.metadata.namespace ?? '';
  const own = `${object.replace(' ', ` ${namespace}/`)} .spec.${field}`;
  if (from === 'Signed') return `${oneOf('ModelRisk', model)} .status.signedTerms, .status.indicators[].signedLimit`;
  const ofTier = `RiskPolicy ${policy} .spec.tiers[${tier?.name ?? ''}]`;
  if (from === 'Tier') return `${ofTier}.${field}`;
  return from === 'Playbook' || from === 'Floor' ? `${ofTier}.${from === 'Floor' ? 'floors' : 'playbook'}; ${own}` : own;
}
