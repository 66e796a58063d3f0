import { parseMitigationPlan } from '../api/mitigation-plan.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { playbookLines } from '../report/playbook-lines.ts';
import type { PlaybookLine, PlaybookLines } from '../report/playbook-lines.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { listAll } from './list-all.ts';
import { readTier } from './read-tier.ts';
import type { TierClients } from './read-tier.ts';
import { tableLines } from './table.ts';

export interface PlaybookClients extends TierClients {
  readonly plans: Pick<ResourceClient<UntypedObject>, 'listPage'>;
}

export interface PlaybookReport extends PlaybookLines {
  readonly namespace: string;
  readonly name: string;
  readonly policy: string;
  readonly tier: string | null;
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
    return parsed.ok && parsed.value.spec.riskRef.name === reference.name ? [parsed.value] : [];
  });
  return success({
    ...reference,
    policy: policy.metadata.name,
    tier: tier?.name ?? null,
    ...playbookLines(risk, tier, plans),
  });
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
      // The longest last: on a narrow terminal it wraps, and the columns before it stay what they are.
      ['OBJECT', 'FIELD', 'FROM', 'VALUE'],
      lines.map(({ object, field, value, from, instead }) => [
        object,
        field,
        origins[from],
        instead === null ? value : `${value} (in place of ${instead})`,
      ]),
    ),
    ...problems,
  ];
}
