import { isContinued, isOpenIncident } from '../api/open-incident.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Cluster } from './cluster.ts';

export interface IncidentGaugesOptions {
  readonly cluster: { readonly own: Pick<Cluster['own'], 'incidents'> };
  readonly metrics: Pick<Metrics, 'incidentsOpen' | 'incidentReportDueTimestampSeconds' | 'incidentReportsOverdue' | 'findingsOpen'>;
  readonly nowMs: EpochMs;
}

/** What is looked at of every record, whether it is over or not. */
interface RawIncident {
  readonly spec?: { readonly report?: object; readonly severity?: string };
  readonly status?: {
    readonly severity?: string;
    readonly deadlines?: readonly { readonly name: string; readonly due: string; readonly filedAt?: string }[];
    readonly findings?: readonly { readonly state: string }[];
  };
}

function add(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** By the statuses, as a restart finds them; 0 for each namespace that has a record. */
export function setIncidents({ cluster, metrics, nowMs }: IncidentGaugesOptions): void {
  const { incidentsOpen, incidentReportDueTimestampSeconds, incidentReportsOverdue, findingsOpen } = metrics;
  for (const gauge of [incidentsOpen, incidentReportDueTimestampSeconds, incidentReportsOverdue, findingsOpen]) gauge.reset();
  const overdue = new Map<string, number>();
  const findings = new Map<string, number>();
  for (const object of cluster.own.incidents.store.list()) {
    const { spec = {}, status = {} } = object as UntypedObject & RawIncident;
    const { namespace = '', name } = object.metadata;
    // Each object of a record says the same of it: counted where it goes on.
    const { deadlines = [], findings: tracked = [] } = isContinued(object) ? {} : status;
    const due = deadlines.filter(({ filedAt }) => filedAt === undefined);
    for (const deadline of due)
      incidentReportDueTimestampSeconds.set({ namespace, incident: name, reporting: deadline.name }, Date.parse(deadline.due) / 1000);
    add(overdue, namespace, due.filter((each) => Date.parse(each.due) <= nowMs).length);
    add(findings, namespace, tracked.filter(({ state }) => state === 'Open').length);
    if (!isOpenIncident(object)) continue;
    const origin = spec.report === undefined ? 'Operator' : 'Reported';
    incidentsOpen.inc({ namespace, origin, severity: status.severity ?? spec.severity ?? 'Medium' });
  }
  for (const [namespace, count] of overdue) incidentReportsOverdue.set({ namespace }, count);
  for (const [namespace, count] of findings) findingsOpen.set({ namespace }, count);
}
