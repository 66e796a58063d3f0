import { createHash } from 'node:crypto';
import { readAuditLine, toAuditLines, writeAuditLine } from '../api/audit-line.ts';
import { isFactLine, readFactLine } from '../api/fact-line.ts';
import type { AuditLine } from '../core/audit-line.ts';
import type { Fact } from '../core/fact-chain.ts';
import type { AuditFinding } from '../governance/audit.ts';
import { auditCopy, auditExport } from '../governance/export-audit.ts';
import type { CopyAudit } from '../governance/export-audit.ts';
import { auditFacts } from '../governance/export-facts.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { listAll } from './list-all.ts';

const hashText = (text: string): string => createHash('sha256').update(text).digest('hex');

interface ClusterLines {
  readonly lines: readonly AuditLine[];
  readonly findings: readonly AuditFinding[];
}

/** What the cluster holds. Namespace null: all of it. */
async function takeLines(
  incidents: Pick<ResourceClient<UntypedObject>, 'listPage'>,
  namespace: string | null,
): Promise<Result<ClusterLines, string>> {
  const listed = await listAll(incidents, namespace);
  if (!listed.ok) return failure(`RiskIncidents can't be listed: ${listed.failure.message}`);
  const read = listed.value.map((object) => ({ incident: object.metadata.name, lines: toAuditLines(object, hashText) }));
  return success({
    lines: read.flatMap(({ lines }) => (lines.ok ? lines.value : [])),
    findings: read.flatMap(({ incident, lines }) =>
      lines.ok ? [] : [{ incident, message: `it is not readable: ${lines.failure.join('; ')}` }],
    ),
  });
}

/** `kubectl modelrisk audit export`: the record as the operator sends it to the audit sink. Failure: one sentence. */
export async function exportRecord(
  incidents: Pick<ResourceClient<UntypedObject>, 'listPage'>,
  namespace: string | null,
): Promise<Result<readonly string[], string>> {
  const taken = await takeLines(incidents, namespace);
  if (!taken.ok) return taken;
  // Half a record would pass for a whole one.
  const [first] = taken.value.findings;
  if (first !== undefined) return failure(`RiskIncident ${first.incident}: ${first.message}`);
  return success(taken.value.lines.map(writeAuditLine));
}

export interface ExportReport extends CopyAudit {
  /** What was checked. */
  readonly lines: number;
  readonly incidents: number;
  readonly against: 'Cluster' | 'File' | 'Nothing';
  /** What the export says of policies, models and decisions: of all namespaces, since they are one chain. */
  readonly facts: number;
  readonly factFindings: readonly string[];
}

/** What an export is compared with. */
export type Against =
  | { readonly kind: 'Nothing' }
  | { readonly kind: 'File'; readonly text: string }
  | { readonly kind: 'Cluster'; readonly incidents: Pick<ResourceClient<UntypedObject>, 'listPage'> };

interface ReadExport {
  readonly entries: readonly AuditLine[];
  readonly facts: readonly Fact[];
}

function readLines(text: string, what: string): Result<ReadExport, string> {
  const entries: AuditLine[] = [];
  const facts: Fact[] = [];
  for (const [index, row] of text.split('\n').entries()) {
    if (row.trim() === '') continue;
    const json = parseJSON(row);
    const isFact = isFactLine(json);
    const read = isFact ? readFactLine(json) : readAuditLine(row);
    if (!read.ok) return failure(`line ${index + 1} of ${what} is no ${isFact ? 'fact' : 'entry of a record'}: ${read.failure}`);
    if ('entry' in read.value) entries.push(read.value);
    else facts.push(read.value);
  }
  return success({ entries, facts });
}

function parseJSON(row: string): unknown {
  try {
    return JSON.parse(row);
  } catch {
    return null;
  }
}

/**
 * `kubectl modelrisk audit verify --export`: the export by itself, and what the cluster or another file holds against it.
 * Namespace null: all of it. Failure: one sentence.
 */
export async function verifyExport(
  { text, against, namespace }: { readonly text: string; readonly against: Against; readonly namespace: string | null },
  { nowMs, graceMs }: { readonly nowMs: number; readonly graceMs: number },
): Promise<Result<ExportReport, string>> {
  const read = readLines(text, 'the export');
  if (!read.ok) return read;
  const isAsked = (line: AuditLine): boolean => namespace === null || line.namespace === namespace;
  const { entries, facts } = read.value;
  const exported = entries.filter(isAsked);
  if (against.kind === 'Nothing' && exported.length === 0 && facts.length === 0)
    return failure(`the export holds no line${namespace === null ? '' : ` of namespace ${namespace}`}, so nothing is verified by it`);
  const copy = await copyOf(against, namespace);
  if (!copy.ok) return copy;
  const own = auditExport(exported, hashText);
  const found = copy.value === null ? null : auditCopy({ exported, copy: copy.value.lines.filter(isAsked), nowMs, graceMs }, hashText);
  return success({
    lines: exported.length,
    incidents: new Set(exported.map(({ uid }) => uid)).size,
    against: against.kind,
    facts: facts.length,
    factFindings: auditFacts(facts, entries, hashText),
    unanchored: found?.unanchored ?? 0,
    findings: [...own, ...(copy.value?.findings ?? []), ...(found?.findings ?? [])],
  });
}

async function copyOf(against: Against, namespace: string | null): Promise<Result<ClusterLines | null, string>> {
  switch (against.kind) {
    case 'Nothing':
      return success(null);
    case 'Cluster':
      return takeLines(against.incidents, namespace);
    case 'File': {
      const read = readLines(against.text, 'the other file');
      return read.ok ? success({ lines: read.value.entries, findings: [] }) : read;
    }
  }
}

const compared: Readonly<Record<ExportReport['against'], string>> = {
  Cluster: 'the cluster agrees with it',
  File: 'the other file agrees with it',
  Nothing: 'it was compared with nothing: lines that are missing from the end of an incident, or the newest incidents, do not show',
};

export function exportSentences(report: ExportReport): readonly string[] {
  const { lines, incidents, against, unanchored, findings, facts, factFindings } = report;
  const rest = unanchored === 0 ? '' : `, ${unanchored} entries are not in it yet`;
  const verdict = findings.length === 0 ? `intact; ${compared[against]}${rest}` : `${findings.length} findings${rest}`;
  return [
    ...findings.map(({ incident, message }) => `RiskIncident ${incident}: ${message}`),
    `export: ${incidents} incidents, ${lines} lines, ${verdict}`,
    ...factFindings,
    ...(facts === 0 ? [] : [`facts: ${facts} lines, ${factFindings.length === 0 ? 'intact' : `${factFindings.length} findings`}`]),
  ];
}
