import { isContinued, isOpenIncident } from '../api/open-incident.ts';
import type { RiskIncident } from '../api/risk-incident.ts';

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

/** Those somebody has something to do about, the most urgent first. */
export function incidentLines(incidents: readonly RiskIncident[], nowMs: number): readonly IncidentLine[] {
  const byKey = new Map(incidents.map((incident) => [keyOf(incident, incident.metadata.name), incident]));
  /** Whoever took it up may stand in a part before. */
  const acknowledgedBy = (incident: RiskIncident, after: readonly RiskIncident[] = []): string | null => {
    const before = byKey.get(keyOf(incident, incident.spec.continues ?? ''));
    const earlier = before === undefined || after.includes(before) ? null : acknowledgedBy(before, [...after, incident]);
    return earlier ?? incident.status.entries.find(({ type }) => type === 'Acknowledged')?.actor ?? null;
  };
  return incidents
    .filter((incident) => incident.spec.drill === undefined && !isContinued(incident))
    .map((incident) => ({ ...toIncidentLine(incident, nowMs), acknowledgedBy: acknowledgedBy(incident) }))
    .filter(({ isOpen, due, openFindings }) => isOpen || due.length > 0 || openFindings.length > 0)
    .sort(byUrgency);
}

const keyOf = ({ metadata }: RiskIncident, name: string): string => `${metadata.namespace ?? ''}/${name}`;

function toIncidentLine({ metadata, spec, status }: RiskIncident, nowMs: number): Omit<IncidentLine, 'acknowledgedBy'> {
  const due = status.deadlines.filter(({ filedAt }) => filedAt === undefined);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    risk: spec.riskRef.name,
    origin: spec.report === undefined ? 'Operator' : 'Reported',
    severity: status.severity ?? spec.severity ?? 'Medium',
    openedAt: spec.openedAt,
    isOpen: isOpenIncident({ spec, status }),
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
