import { isContinued, isOpenIncident } from '../api/open-incident.ts';
import { parseRiskIncident } from '../api/risk-incident.ts';
import type { RiskIncident } from '../api/risk-incident.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { listAll } from './list-all.ts';

/** One incident somebody has something to do about. */
export interface IncidentLine {
  readonly namespace: string;
  readonly name: string;
  readonly risk: string;
  readonly origin: 'Operator' | 'Reported';
  readonly severity: string;
  readonly openedAt: string;
  readonly isOpen: boolean;
  readonly acknowledgedBy: string | null;
  /** Reports that were not made. */
  readonly due: readonly { readonly name: string; readonly due: string; readonly isOverdue: boolean }[];
  readonly openFindings: readonly string[];
  /** Of one that was reported: why no receiver is told of it. Null: some are, or nobody has looked. */
  readonly nobodyTold: string | null;
  /** Where to look and what to do. */
  readonly links: readonly { readonly name: string; readonly url: string }[];
}

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
  const incidents = parsed
    .filter((incident) => incident.spec.drill === undefined && !isContinued(incident))
    .map((incident) => toLine(incident, nowMs))
    .filter(({ isOpen, due, openFindings }) => isOpen || due.length > 0 || openFindings.length > 0)
    .sort(byUrgency);
  const overdue = incidents.flatMap(({ due }) => due).filter(({ isOverdue }) => isOverdue).length;
  return success({ incidents, overdue, unreadable });
}

function toLine({ metadata, spec, status }: RiskIncident, nowMs: number): IncidentLine {
  const due = status.deadlines.filter(({ filedAt }) => filedAt === undefined);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    risk: spec.riskRef.name,
    origin: spec.report === undefined ? 'Operator' : 'Reported',
    severity: status.severity ?? spec.severity ?? 'Medium',
    openedAt: spec.openedAt,
    isOpen: isOpenIncident({ spec, status }),
    acknowledgedBy: status.entries.find(({ type }) => type === 'Acknowledged')?.actor ?? null,
    due: due.map((each) => ({ name: each.name, due: each.due, isOverdue: Date.parse(each.due) <= nowMs })),
    openFindings: status.findings.flatMap(({ name, state }) => (state === 'Open' ? [name] : [])),
    nobodyTold: status.conditions.find(({ type, status: holds }) => type === 'Told' && holds === 'False')?.message ?? null,
    links: status.links ?? [],
  };
}

const severities = ['Critical', 'High', 'Medium', 'Low'];

function firstDue({ due }: IncidentLine): number {
  return Math.min(Infinity, ...due.map((each) => Date.parse(each.due)));
}

/** What is due first, then what is worst, then what is oldest. */
function byUrgency(a: IncidentLine, b: IncidentLine): number {
  const [first, then] = [firstDue(a), firstDue(b)];
  if (first !== then) return first < then ? -1 : 1;
  const worse = severities.indexOf(a.severity) - severities.indexOf(b.severity);
  return worse === 0 ? a.openedAt.localeCompare(b.openedAt) : worse;
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
