import { isContinued, isOpenIncident } from '../api/open-incident.ts';
import type { RiskIncident } from '../api/risk-incident.ts';
import type { ReportBlock, ReportSection } from '../core/report/document.ts';
import { money } from '../core/risk/money.ts';
import type { ReportFacts } from './facts.ts';
import { tableOr } from './field-table.ts';
import { fieldOf, nameOf } from './source.ts';

/** Incidents of the period and those still open, each with its timeline; drills are none. */
export function incidentSection(facts: ReportFacts, currency: string | null): ReportSection {
  const { fromMs, toMs } = facts.window;
  const shown = facts.incidents.filter((incident) => {
    const atMs = Date.parse(incident.spec.report?.awareAt ?? incident.spec.openedAt);
    return incident.spec.drill === undefined && ((atMs >= fromMs && atMs < toMs) || isOpenIncident(incident));
  });
  const rows = shown.map((incident) => ({
    cells: cellsOf(incident, currency),
    source: fieldOf('RiskIncident', incident, '.spec', '.status.severity', '.status.postmortem', '.status.deadlines', '.status.closedAt'),
  }));
  const columns = ['Incident', 'Severity', 'Seen by', 'Opened', 'Closed', 'Postmortem', 'Reports to authorities'];
  return {
    heading: 'Incidents',
    blocks: [
      tableOr(
        { kind: 'Table', caption: 'Incidents of the period, and those still open', columns, rows },
        'There was none in the period, and none is open.',
      ),
      ...shown.flatMap(evidence),
      ...shown.map(timeline),
    ],
  };
}

function cellsOf({ metadata, spec, status }: RiskIncident, currency: string | null): readonly string[] {
  const { report, severity } = spec;
  const { postmortem } = status;
  const cost = postmortem?.actualLoss === undefined ? 'loss unknown' : `loss ${money(postmortem.actualLoss, currency)}`;
  return [
    spec.continues === undefined ? metadata.name : `${metadata.name}, continues ${spec.continues}`,
    status.severity ?? severity ?? 'Medium',
    report === undefined ? 'the operator' : `${report.knownFrom}, told by ${report.by}: ${report.harm}`,
    spec.openedAt,
    status.closedAt ?? (isContinued({ status }) ? 'goes on in the next' : 'open'),
    postmortem === undefined ? 'none yet' : `${postmortem.verdict}, harm ${postmortem.harmConfirmed}, ${cost}`,
    status.deadlines
      .map(({ name, due, state, filedAt }) => `${name} due ${due}: ${state}${filedAt === undefined ? '' : ` at ${filedAt}`}`)
      .join('; '),
  ];
}

/** The readings that brought it on, frozen as they were. */
function evidence(incident: RiskIncident): readonly ReportBlock[] {
  if (incident.spec.trigger.length === 0) return [];
  const rows = incident.spec.trigger.map(({ indicator, verdict, value, sampleCount, threshold, dataTime, provider }) => ({
    cells: [
      ...[indicator, verdict],
      ...[value, sampleCount].map((each) => (each === undefined ? 'unknown' : String(each))),
      `${threshold.direction} breach ${String(threshold.breach)}`,
      ...[dataTime ?? 'unknown', provider],
    ],
    source: fieldOf('RiskIncident', incident, `.spec.trigger[${indicator}]`),
  }));
  const columns = ['Indicator', 'Verdict', 'Value', 'Rows', 'Limit', 'Data of', 'Supplied by'];
  return [{ kind: 'Table', caption: `What brought on ${nameOf(incident)}`, columns, rows }];
}

function timeline(incident: RiskIncident): ReportBlock {
  const rows = incident.status.entries.map(({ seq, at, type, actor, target, before, after, reason }) => ({
    cells: [at, type, actor, target, before === '' && after === '' ? '' : `${before} -> ${after}`, reason],
    source: fieldOf('RiskIncident', incident, `.status.entries[${String(seq)}]`),
  }));
  const columns = ['At', 'What', 'By', 'On', 'Change', 'Why'];
  return tableOr(
    { kind: 'Table', caption: `Timeline of ${nameOf(incident)}`, columns, rows },
    `The record of ${nameOf(incident)} has no entry yet.`,
  );
}
