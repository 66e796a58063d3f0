import { parseRiskIncident } from '../api/risk-incident.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { incidentLines } from '../report/incident-line.ts';
import type { IncidentLine } from '../report/incident-line.ts';
import { listAll } from './list-all.ts';

export interface Incidents {
  readonly incidents: readonly IncidentLine[];
  readonly overdue: number;
  /** RiskIncidents of a schema this version can't read: what is due of them nobody knows. */
  readonly unreadable: readonly string[];
}

/** `kubectl modelrisk incidents`: the most urgent first, from the objects alone. Namespace null: all. Failure: one sentence. */
export async function listIncidents(
  client: Pick<ResourceClient<UntypedObject>, 'listPage'>,
  { namespace, nowMs }: { readonly namespace: string | null; readonly nowMs: number },
): Promise<Result<Incidents, string>> {
  const listed = await listAll(client, namespace);
  if (!listed.ok) return failure(`RiskIncidents can't be listed: ${listed.failure.message}`);
  const read = listed.value.map((object) => ({ object, incident: parseRiskIncident(object) }));
  const parsed = read.flatMap(({ incident }) => (incident.ok ? [incident.value] : []));
  const unreadable = read.flatMap(({ object: { metadata }, incident }) =>
    incident.ok ? [] : [`${metadata.namespace ?? ''}/${metadata.name}`],
  );
  const incidents = incidentLines(parsed, nowMs);
  const overdue = incidents.flatMap(({ due }) => due).filter(({ isOverdue }) => isOverdue).length;
  return success({ incidents, overdue, unreadable });
}

export function incidentSentences({ incidents, overdue, unreadable }: Incidents): readonly string[] {
  const open = incidents.filter(({ isOpen }) => isOpen).length;
  const leftOut = unreadable.map(
    (each) => `RiskIncident ${each} is not readable by this version and is left out: use the version of the operator.`,
  );
  return [...incidents.map(sentenceOf), ...leftOut, `${open} incidents open, ${overdue} reports overdue.`];
}

function sentenceOf({
  namespace,
  name,
  risk,
  origin,
  severity,
  openedAt,
  isOpen,
  acknowledgedBy,
  due,
  openFindings,
  nobodyTold,
  links,
}: IncidentLine): string {
  const how = origin === 'Reported' ? 'reported' : 'seen by the operator';
  const state = isOpen ? `open, ${acknowledgedBy === null ? 'nobody has taken it up' : `taken up by ${acknowledgedBy}`}` : 'closed';
  const reports = due.map((each) => `report ${each.name} ${each.isOverdue ? 'was' : 'is'} due at ${each.due}`);
  const findings = openFindings.length === 0 ? [] : [`findings without a remediation or indicator: ${openFindings.join(', ')}`];
  const untold = nobodyTold === null ? '' : ` ${nobodyTold}`;
  return `${[`${namespace}/${name} of ModelRisk ${risk}: ${severity}, ${how} at ${openedAt}, ${state}`, ...reports, ...findings].join('; ')}.${untold}${links.map(({ name: what, url }) => ` ${what}: ${url}`).join('')}`;
}
