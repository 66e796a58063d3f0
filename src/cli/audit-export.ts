import { createHash } from 'node:crypto';
import { readAuditLine, toAuditLines, writeAuditLine } from '../api/audit-line.ts';
import type { AuditLine } from '../core/audit-line.ts';
import type { AuditFinding } from '../governance/audit.ts';
import { auditCopy, auditExport } from '../governance/export-audit.ts';
import type { CopyAudit } from '../governance/export-audit.ts';
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
}

/** What an export is compared with. */
export type Against =
  | { readonly kind: 'Nothing' }
  | { readonly kind: 'File'; readonly text: string }
  | { readonly kind: 'Cluster'; readonly incidents: Pick<ResourceClient<UntypedObject>, 'listPage'> };

function readLines(text: string, what: string): Result<readonly AuditLine[], string> {
  const lines: AuditLine[] = [];
  for (const [index, row] of text.split('\n').entries()) {
    if (row.trim() === '') continue;
    const line = readAuditLine(row);
    if (!line.ok) return failure(`line ${index + 1} of ${what} is no entry of a record: ${line.failure}`);
    lines.push(line.value);
  }
  return success(lines);
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
  const exported = read.value.filter(isAsked);
  const copy = await copyOf(against, namespace);
  if (!copy.ok) return copy;
  const own = auditExport(exported, hashText);
  const found = copy.value === null ? null : auditCopy({ exported, copy: copy.value.lines.filter(isAsked), nowMs, graceMs }, hashText);
  return success({
    lines: exported.length,
    incidents: new Set(exported.map(({ uid }) => uid)).size,
    against: against.kind,
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
      return read.ok ? success({ lines: read.value, findings: [] }) : read;
    }
  }
}

const compared: Readonly<Record<ExportReport['against'], string>> = {
  Cluster: 'the cluster agrees with it',
  File: 'the other file agrees with it',
  Nothing: 'it was compared with nothing: lines that are missing from the end of an incident, or the newest incidents, do not show',
};

export function exportSentences({ lines, incidents, against, unanchored, findings }: ExportReport): readonly string[] {
  const rest = unanchored === 0 ? '' : `, ${unanchored} entries are not in it yet`;
  const verdict = findings.length === 0 ? `intact; ${compared[against]}${rest}` : `${findings.length} findings${rest}`;
  return [
    ...findings.map(({ incident, message }) => `RiskIncident ${incident}: ${message}`),
    `export: ${incidents} incidents, ${lines} lines, ${verdict}`,
  ];
}
