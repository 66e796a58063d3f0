import type { Check, Item } from './evidence.ts';
import type { PackFacts, PackIncident } from './facts.ts';

const nothingHappened = (what: string) =>
  ({ state: 'NotEvidencedHere', why: `No ${what} is on record: nothing has shown it yet.` }) as const;

interface IncidentCheck {
  readonly population: string;
  readonly source: string;
  readonly what: string;
  readonly among?: (incident: PackIncident) => boolean;
  readonly lack: (incident: PackIncident) => string | null;
}

function ofIncidents({ population, source, what, among = () => true, lack }: IncidentCheck): Check {
  return {
    population,
    source,
    empty: nothingHappened(what),
    items: ({ incidents }) => incidents.filter(among).map((incident): Item => ({ ref: incident.ref, lack: lack(incident) })),
  };
}

function deadlineItems({ policies, incidents }: PackFacts): readonly Item[] {
  return [
    ...policies.flatMap(({ ref, duties }) => duties.map((name) => ({ ref: `${ref} reporting ${name}`, lack: null }))),
    ...incidents.flatMap(({ ref, deadlines }) =>
      deadlines.map(({ name, isMet }) => ({
        ref: `${ref} report ${name}`,
        lack: isMet ? null : 'It is overdue or was filed late: file it (RiskDecision FileReport) and say why in the reason.',
      })),
    ),
  ];
}

function isHigh({ severity }: PackIncident): boolean {
  return severity === 'Critical' || severity === 'High';
}

/** What became of incidents, and whether their record can be trusted. */
export const incidentChecks = {
  Incidents: ofIncidents({
    population: 'incidents somebody took up, or that are over',
    source: 'RiskIncident .status.entries, .status.closedAt',
    what: 'incident',
    lack: ({ isAcknowledged, isClosed }) =>
      isAcknowledged || isClosed
        ? null
        : 'Nobody has acknowledged it: write a RiskDecision with action Acknowledge (docs/notifications.md).',
  }),
  ReportDeadlines: {
    population: 'duties to report that are declared, and reports of incidents that were filed in time or can be',
    source: 'RiskPolicy .spec.reporting, RiskIncident .status.deadlines',
    empty: { state: 'Missing', why: 'No policy declares a duty to report: write spec.reporting.' },
    items: deadlineItems,
  },
  Postmortems: ofIncidents({
    population: 'closed incidents somebody looked back at',
    source: 'RiskIncident .status.postmortem',
    what: 'closed incident',
    among: ({ isClosed }) => isClosed,
    lack: ({ hasPostmortem }) => (hasPostmortem ? null : 'Nobody has looked back at it: kubectl modelrisk postmortem.'),
  }),
  CorrectiveActions: {
    population: 'findings of postmortems that stand in a model as remediation or indicator',
    source: 'RiskIncident .status.findings',
    empty: nothingHappened('finding'),
    items: ({ incidents }) =>
      incidents.flatMap(({ ref, findings }) =>
        findings.map(({ name, isTracked }) => ({
          ref: `${ref} finding ${name}`,
          lack: isTracked ? null : 'The model has no such remediation or indicator yet: add it.',
        })),
      ),
  },
  EscapedEvents: ofIncidents({
    population: 'incidents of severity High or Critical of which a postmortem says what they were',
    source: 'RiskIncident .status.severity, .status.postmortem (docs/programme-metrics.md escapedHighRisk)',
    what: 'incident of severity High or Critical',
    among: isHigh,
    lack: ({ hasPostmortem }) => (hasPostmortem ? null : 'Whether harm was done before it was caught is not known: postmortem.'),
  }),
  ReportedIncidents: ofIncidents({
    population: 'incidents that people reported',
    source: 'RiskIncident .spec.report',
    what: 'incident reported by a person',
    among: ({ isReported }) => isReported,
    lack: () => null,
  }),
  Record: ofIncidents({
    population: 'incidents whose hash chain was recomputed without a finding',
    source: 'RiskIncident .status.entries, RiskChainHead (kubectl modelrisk audit verify)',
    what: 'incident',
    lack: ({ recordProblems }) => {
      if (recordProblems === null) return 'Its chain was not recomputed: the chain heads of its namespace could not be read.';
      return recordProblems.length === 0 ? null : recordProblems.join('; ');
    },
  }),
  RecordExport: ofIncidents({
    population: 'incidents whose newest entry an audit sink outside of the cluster has acknowledged',
    source: 'RiskIncident .status.anchored (docs/audit.md)',
    what: 'incident',
    lack: ({ isAnchored }) => (isAnchored ? null : 'No audit sink has all of it: see --audit-sink-url (docs/audit.md).'),
  }),
} as const satisfies Readonly<Record<string, Check>>;

function outside(what: string): Check {
  return {
    population: what,
    source: 'nothing in the cluster',
    empty: { state: 'NotEvidencedHere', why: `${what}: kept outside of the cluster, add it by hand.` },
    items: () => [],
  };
}

/** What no cluster can show. Asked for all the same, so that nobody takes silence for an answer. */
export const outsideChecks = {
  Training: outside('Training and competence of people'),
  Organisation: outside('Policies, committees and accountability of the organisation'),
  ThirdParties: outside('Agreements with suppliers and customers'),
  Instructions: outside('Instructions handed to those who deploy or use the model'),
} as const satisfies Readonly<Record<string, Check>>;
