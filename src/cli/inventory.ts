import { parseModelRisk } from '../api/model-risk.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { money } from '../core/risk/money.ts';
import { budgetLeftText } from '../core/budget/explain-budget.ts';
import type { EpochMs } from '../shared/clock.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { idOf, isUnknown, toBudgetedLine } from '../report/model-line.ts';
import type { BudgetedLine } from '../report/model-line.ts';
import { listAll } from './list-all.ts';
import { tableLines } from './table.ts';
import { findUnregistered } from './unregistered.ts';
import type { Unregistered, WorkloadLister } from './unregistered.ts';

type Lister = Pick<ResourceClient<UntypedObject>, 'listPage'>;

export interface Inventory extends Unregistered {
  readonly models: readonly BudgetedLine[];
  /** ModelRisks of a schema this version can't read. */
  readonly unreadable: readonly string[];
}

export interface InventoryClients {
  readonly risks: Lister;
  readonly plans: Lister;
  readonly kinds: readonly WorkloadLister[];
}

/**
 * `kubectl modelrisk list`: every model under a policy, by namespace and name, and what looks like one and is under none. Namespace
 * null: all. Failure: one sentence.
 */
export async function readInventory(
  clients: InventoryClients,
  { namespace, nowMs }: { readonly namespace: string | null; readonly nowMs: EpochMs },
): Promise<Result<Inventory, string>> {
  const listed = await listAll(clients.risks, namespace);
  if (!listed.ok) return failure(`ModelRisks can't be listed: ${listed.failure.message}`);
  const parsed = listed.value.map((object) => ({ object, read: parseModelRisk(object) }));
  const risks = parsed.flatMap(({ read }) => (read.ok ? [read.value] : []));
  const models = risks.map((risk) => toBudgetedLine(risk, nowMs));
  return success({
    ...(await findUnregistered(clients, risks, namespace)),
    models: models.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1)),
    unreadable: parsed.flatMap(({ object: { metadata }, read }) =>
      read.ok ? [] : [idOf({ namespace: metadata.namespace ?? '', name: metadata.name })],
    ),
  });
}

const heads = ['NAMESPACE/NAME', 'TIER', 'OWNER', 'DOCUMENTED', 'REVIEWED', 'SIGNED', 'AT STAKE/MIN', 'BUDGET LEFT', 'MISSING'] as const;

/** A table, and the sum of it. */
export function inventorySentences({ models, unreadable, workloads, notSeen }: Inventory): readonly string[] {
  const rows = models.map((each) => [
    idOf(each),
    each.tier ?? '-',
    each.owner,
    each.documented,
    each.reviewed,
    each.signed,
    each.moneyPerMinute === null ? (each.exposure === 'Unknown' ? '?' : '-') : money(each.moneyPerMinute, null),
    each.budgetLeft === null ? (each.budget === 'Unknown' ? '?' : '-') : budgetLeftText(each.budgetLeft),
    isUnknown(each) ? '?' : each.missing.length === 0 ? '-' : each.missing.join(', '),
  ]);
  const unknown = models.filter(isUnknown).length;
  const ofUnknown = unknown === 0 ? '' : ` (of ${unknown} it is not known)`;
  const undocumented = models.filter(({ missing }) => missing.length > 0).length;
  return [
    ...tableLines(heads, rows),
    ...unreadable.map((each) => `ModelRisk ${each} is not readable by this version and is left out: use the version of the operator.`),
    ...workloads.map(
      ({ kind, namespace, name }) =>
        `${kind} ${namespace}/${name} looks like a model and no ModelRisk speaks for it: write one, or name it in workloadRefs of the one it belongs to.`,
    ),
    ...notSeen,
    `${models.length} models: ${undocumented} lack something their tier requires on file${ofUnknown}, ${models.filter(({ reviewed }) => reviewed === 'Overdue').length} reviews overdue; ${workloads.length} workloads without a ModelRisk.`,
  ];
}
