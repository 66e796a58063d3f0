import type { MitigationPlan } from '../api/mitigation-plan.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import type { TierSpec } from '../api/risk-tier.ts';
import { planTermLines, riskTermLines } from '../api/term-lines.ts';
import type { TermLine } from '../api/term-lines.ts';
import { planTerms, riskTerms } from '../api/terms.ts';
import type { Origin } from '../api/terms.ts';
import { withHeld } from './held-lines.ts';

/** One thing a model or one of its plans is held to. */
export interface PlaybookLine extends Omit<TermLine, 'from'> {
  readonly object: string;
  readonly from: Origin | 'Tier';
}

export interface PlaybookLines {
  readonly lines: readonly PlaybookLine[];
  /** What of the ladder a plan can't do. */
  readonly problems: readonly string[];
}

/** `plans`: of this model. Tier null: the model is in none. */
export function playbookLines(risk: ModelRisk, tier: TierSpec | null, plans: readonly MitigationPlan[]): PlaybookLines {
  const ofModel = (line: TermLine | PlaybookLine): PlaybookLine => ({ ...line, object: `ModelRisk ${risk.metadata.name}` });
  const held = plans.map(({ metadata, spec }) => ({ object: `MitigationPlan ${metadata.name}`, terms: planTerms(spec, tier) }));
  return {
    lines: [
      ...withHeld(riskTermLines(riskTerms(risk.spec, tier)), risk.status).map(ofModel),
      ...(tier === null ? [] : askedBy(tier).map((line) => ofModel({ ...line, object: '' }))),
      ...held.flatMap(({ object, terms }) => planTermLines(terms).map((line) => ({ ...line, object }))),
    ],
    problems: held.flatMap(({ object, terms }) => terms.unfit.map((message) => `${object}: ${message}`)),
  };
}

/** After which time whom: of incidents people report, and of what plans without a `notify` do. */
const escalationText = (escalation: NonNullable<TierSpec['playbook']>['escalation']): string | undefined =>
  escalation?.map(({ afterSeconds, receivers }) => `after ${String(afterSeconds)} s ${receivers.join(', ')}`).join('; ');

/** What only a tier can say. */
export function askedBy({
  reviewEverySeconds,
  reviewSchedule,
  reviewTimeZone,
  reviewRoles,
  signOffRoles,
  requiredDocumentation,
  floors,
  playbook,
}: TierSpec): readonly Omit<PlaybookLine, 'object'>[] {
  const said: readonly (readonly [string, string | undefined])[] = [
    ['reviewEverySeconds', reviewEverySeconds === undefined ? undefined : `${String(reviewEverySeconds)} s`],
    ['reviewSchedule', reviewSchedule === undefined ? undefined : `${reviewSchedule} (${reviewTimeZone ?? 'UTC'})`],
    ['reviewRoles', reviewRoles?.join(', ')],
    ['signOffRoles', signOffRoles?.join(', ')],
    ['requiredDocumentation', requiredDocumentation?.join(', ')],
    ['floors.mode', floors?.mode],
    ['floors.categories', floors?.categories?.join(', ')],
    ['playbook.escalation', escalationText(playbook?.escalation)],
    ['playbook.remediation', playbook?.remediation],
    ['playbook.runbookURL', playbook?.runbookURL],
    ['playbook.dashboardURL', playbook?.dashboardURL],
  ];
  return said.flatMap(([field, value]) => (value === undefined ? [] : [{ field, value, from: 'Tier' as const, instead: null }]));
}
