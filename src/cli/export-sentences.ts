import type { ExportReport } from './audit-export.ts';

const compared: Readonly<Record<ExportReport['against'], string>> = {
  Cluster: 'the cluster agrees with it',
  File: 'the other file agrees with it',
  Nothing: 'it was compared with nothing: lines that are missing from the end of an incident, or the newest incidents, do not show',
};

function factSentences(report: ExportReport): readonly string[] {
  const { facts, factFindings, copied } = report;
  if (facts > 0 || factFindings.length > 0) return [factSentence(report)];
  return copied === 0 ? [] : ['facts: none in it, as in any file of audit export; their end was compared with nothing'];
}

function factSentence({ facts, factFindings, factEnds }: ExportReport): string {
  const verdict = factFindings.length === 0 ? 'intact' : `${factFindings.length} findings`;
  if (factEnds === null) return `facts: ${facts} lines, ${verdict}; their end was compared with nothing: a missing one does not show`;
  const { unheld, isBehind } = factEnds;
  const behind = isBehind ? '; the sink was told more within the last minute: take the export again to check its end' : '';
  const loose = unheld === 0 || isBehind ? '' : `; nothing in the cluster holds ${unheld} of them yet`;
  return `facts: ${facts} lines, ${verdict}${loose}${behind}`;
}

function objectSentence({ compared: same, unsettled, goneDecisions, findings }: NonNullable<ExportReport['objects']>): string {
  const newer = unsettled === 0 ? '' : `, ${unsettled} newer or gone since`;
  const gone = goneDecisions === 0 ? '' : `, ${goneDecisions} decisions gone as it tells`;
  return `policies, models and decisions: ${same} as they were told${newer}${gone}${findings.length === 0 ? '' : `, ${findings.length} findings`}`;
}

export function exportSentences(report: ExportReport): readonly string[] {
  const { lines, incidents, against, unanchored, findings, factFindings, objects } = report;
  const rest = unanchored === 0 ? '' : `, ${unanchored} entries are not in it yet`;
  const verdict = findings.length === 0 ? `intact; ${compared[against]}${rest}` : `${findings.length} findings${rest}`;
  return [
    ...findings.map(({ incident, message }) => `RiskIncident ${incident}: ${message}`),
    `export: ${incidents} incidents, ${lines} lines, ${verdict}`,
    ...factFindings,
    ...factSentences(report),
    ...(objects === null ? [] : [...objects.findings, objectSentence(objects)]),
  ];
}
