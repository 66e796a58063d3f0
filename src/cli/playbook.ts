import { parseMitigationPlan } from '../api/mitigation-plan.ts';
import type { TierSpec } from '../api/risk-tier.ts';
import { planTermLines, riskTermLines } from '../api/term-lines.ts';
import type { TermLine } from '../api/term-lines.ts';
import { planTerms, riskTerms } from '../api/terms.ts';
import type { Origin } from '../api/terms.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { withHeld } from './held-lines.ts';
import { listAll } from './list-all.ts';
import { readTier } from './read-tier.ts';
import type { TierClients } from './read-tier.ts';
import { tableLines } from './table.ts';

export interface PlaybookClients extends TierClients {
  readonly plans: Pick<ResourceClient<UntypedObject>, 'listPage'>;
}

/** One thing a model or one of its plans is held to. */
export interface PlaybookLine extends Omit<TermLine, 'from'> {
  readonly object: string;
  readonly from: Origin | 'Tier';
}

export interface PlaybookReport {
  readonly namespace: string;
  readonly name: string;
  readonly policy: string;
  readonly tier: string | null;
  readonly lines: readonly PlaybookLine[];
  /** What of the ladder a plan can't do. */
  readonly problems: readonly string[];
}

/** `kubectl modelrisk playbook NAME`: by the functions the operator goes by, from the objects alone. Failure: one sentence. */
export async function readPlaybook(
  clients: PlaybookClients,
  reference: { readonly namespace: string; readonly name: string },
): Promise<Result<PlaybookReport, string>> {
  const read = await readTier(clients, reference);
  if (!read.ok) return read;
  const { risk, policy, tier } = read.value;
  const listed = await listAll(clients.plans, reference.namespace);
  if (!listed.ok) return failure(`MitigationPlans of namespace ${reference.namespace} can't be listed: ${listed.failure.message}`);
  const plans = listed.value.flatMap((object) => {
    const parsed = parseMitigationPlan(object);
    if (!parsed.ok || parsed.value.spec.riskRef.name !== reference.name) return [];
    return [{ object: `MitigationPlan ${parsed.value.metadata.name}`, terms: planTerms(parsed.value.spec, tier) }];
  });
  const ofModel = (line: TermLine | PlaybookLine): PlaybookLine => ({ ...line, object: `ModelRisk ${reference.name}` });
  return success({
    ...reference,
    policy: policy.metadata.name,
    tier: tier?.name ?? null,
    lines: [
      ...withHeld(riskTermLines(riskTerms(risk.spec, tier)), risk.status).map(ofModel),
      ...(tier === null ? [] : askedBy(tier).map((line) => ofModel({ ...line, object: '' }))),
      ...plans.flatMap(({ object, terms }) => planTermLines(terms).map((line) => ({ ...line, object }))),
    ],
    problems: plans.flatMap(({ object, terms }) => terms.unfit.map((message) => `${object}: ${message}`)),
  });
}

/** What only a tier can say. */
function askedBy({
  reviewEverySeconds,
  reviewRoles,
  requiredDocumentation,
  floors,
  playbook,
}: TierSpec): readonly Omit<PlaybookLine, 'object'>[] {
  const said: readonly (readonly [string, string | undefined])[] = [
    ['reviewEverySeconds', reviewEverySeconds === undefined ? undefined : `${String(reviewEverySeconds)} s`],
    ['reviewRoles', reviewRoles?.join(', ')],
    ['requiredDocumentation', requiredDocumentation?.join(', ')],
    ['floors.categories', floors?.categories?.join(', ')],
    ['playbook.remediation', playbook?.remediation],
    ['playbook.runbookURL', playbook?.runbookURL],
    ['playbook.dashboardURL', playbook?.dashboardURL],
  ];
  return said.flatMap(([field, value]) => (value === undefined ? [] : [{ field, value, from: 'Tier' as const, instead: null }]));
}

/** A table of who says what, and what does not fit. */
export function playbookSentences({ namespace, name, policy, tier, lines, problems }: PlaybookReport): readonly string[] {
  const origins: Readonly<Record<PlaybookLine['from'], string>> = {
    Model: 'model',
    Plan: 'plan',
    Playbook: `playbook of tier ${tier ?? ''}`,
    Floor: `floor of tier ${tier ?? ''}`,
    Signed: 'signed off',
    Tier: `tier ${tier ?? ''}`,
    Default: 'default',
  };
  const where = `ModelRisk ${namespace}/${name}`;
  return [
    tier === null ? `${where}: in no tier of RiskPolicy ${policy}.` : `${where}: tier ${tier} of RiskPolicy ${policy}.`,
    ...tableLines(
      ['OBJECT', 'FIELD', 'VALUE', 'FROM'],
      lines.map(({ object, field, value, from, instead }) => [
        object,
        field,
        value,
        instead === null ? origins[from] : `${origins[from]}, in place of ${instead}`,
      ]),
    ),
    ...problems,
  ];
}
