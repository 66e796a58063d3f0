import process from 'node:process';
import { renderReport } from '../core/report/render.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import type { Transport } from '../kube/transport.ts';
import { composeReport } from '../report/compose.ts';
import type { ReportObjects } from '../report/objects.ts';
import type { EpochMs } from '../shared/clock.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { listAll } from './list-all.ts';
import { tierClients } from './programme-commands.ts';
import type { ReportCommand } from './report-arguments.ts';
import { clientFor } from './target-client.ts';

type Lister = Pick<ResourceClient<UntypedObject>, 'listPage'>;

export interface ReportClients {
  readonly risks: Lister;
  readonly plans: Lister;
  readonly incidents: Lister;
  readonly decisions: Lister;
  readonly policies: Lister;
}

export interface ReportCall {
  readonly namespace: string;
  readonly allNamespaces: boolean;
  readonly nowMs: EpochMs;
}

/** `kubectl modelrisk report`, as a file. Failure: one sentence. */
export async function makeReport(
  clients: ReportClients,
  { of, periodDays, format }: ReportCommand,
  { namespace, allNamespaces, nowMs }: ReportCall,
): Promise<Result<string, string>> {
  const within = allNamespaces ? null : namespace;
  const objects = await readAll(clients, within);
  if (!objects.ok) return objects;
  const place = of.kind === 'Model' ? { ...of, namespace } : { ...of, namespace: within };
  const composed = composeReport(objects.value, { ...place, periodDays }, { nowMs });
  return composed.ok ? success(renderReport(composed.value, format)) : composed;
}

/** Who may read a namespace need not be allowed to read policies: only they may be missing. */
export async function readAll(clients: ReportClients, namespace: string | null): Promise<Result<ReportObjects, string>> {
  const lists: (readonly UntypedObject[])[] = [];
  for (const [kinds, client] of [
    ['ModelRisks', clients.risks],
    ['MitigationPlans', clients.plans],
    ['RiskIncidents', clients.incidents],
    ['RiskDecisions', clients.decisions],
  ] as const) {
    const listed = await listAll(client, namespace);
    if (!listed.ok) return failure(`${kinds} can't be listed: ${listed.failure.message}`);
    lists.push(listed.value);
  }
  const [modelRisks = [], plans = [], incidents = [], decisions = []] = lists;
  const policies = await listAll(clients.policies, null);
  return success({
    ...{ modelRisks, plans, incidents, decisions },
    ...(policies.ok
      ? { policies: policies.value }
      : { policies: [], policiesNotRead: `RiskPolicies can't be listed (${policies.failure.message}): what only they say is missing.` }),
  });
}

/** What every report reads through. */
export function reportClients(transport: Transport) {
  const own = (plural: string, kind: string) => clientFor(transport, { group: 'modelrisk.dev', version: 'v1alpha1', plural, kind });
  return {
    ...tierClients(transport),
    plans: own('mitigationplans', 'MitigationPlan'),
    incidents: own('riskincidents', 'RiskIncident'),
    decisions: own('riskdecisions', 'RiskDecision'),
  };
}

/** Exit code 1: there is no report, and it was said why. */
export function printMade(made: Result<string, string>): number {
  if (!made.ok) process.stderr.write(`kubectl modelrisk report: ${made.failure}\n`);
  else process.stdout.write(made.value);
  return made.ok ? 0 : 1;
}

/** Exit code as of `printMade`. */
export async function printReport(
  { transport, ...call }: ReportCall & { readonly transport: Transport },
  command: ReportCommand,
): Promise<number> {
  return printMade(await makeReport(reportClients(transport), command, call));
}
