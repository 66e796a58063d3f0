import type { AuditLine } from '../core/audit-line.ts';
import type { EpochMs } from '../shared/clock.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { auditCopy, auditExport } from '../governance/export-audit.ts';
import type { CopyAudit } from '../governance/export-audit.ts';
import { auditFacts } from '../governance/export-facts.ts';
import { auditFactEnds } from '../governance/fact-ends.ts';
import type { EndsAudit } from '../governance/fact-ends.ts';
import { auditObjects } from '../governance/told-objects.ts';
import type { ObjectsAudit } from '../governance/told-objects.ts';
import { hashText, readCopy, takeCopy, writeCopy } from './record-copy.ts';
import type { ReadFile, RecordClients, RecordCopy } from './record-copy.ts';

/**
 * `kubectl modelrisk audit export`: the record as the operator sends it to the audit sink, and behind it what facts tell of, as it is now.
 * Failure: one sentence.
 */
export async function exportRecord(clients: RecordClients, namespace: string | null): Promise<Result<readonly string[], string>> {
  const taken = await takeCopy(clients, namespace);
  if (!taken.ok) return taken;
  // Half a record would pass for a whole one.
  const [first] = taken.value.findings;
  if (first !== undefined) return failure(`RiskIncident ${first.incident}: ${first.message}`);
  return success(writeCopy(taken.value));
}

export interface ExportReport extends CopyAudit {
  /** What was checked. */
  readonly lines: number;
  readonly incidents: number;
  readonly against: 'Cluster' | 'File' | 'Nothing';
  /** What the export says of policies, models and decisions: of all namespaces, since they are one chain. */
  readonly facts: number;
  /** Objects it tells as they were when it was made, as a file of audit export does. */
  readonly copied: number;
  readonly factFindings: readonly string[];
  /** Null: what it was compared with does not say how far the sink has come. */
  readonly factEnds: Omit<EndsAudit, 'findings'> | null;
  /** Null: it was compared with nothing that holds objects, or tells of none. */
  readonly objects: ObjectsAudit | null;
}

/** What an export is compared with. */
export type Against =
  | { readonly kind: 'Nothing' }
  | { readonly kind: 'File'; readonly text: string }
  | { readonly kind: 'Cluster'; readonly clients: RecordClients };

interface Times {
  readonly nowMs: EpochMs;
  readonly graceMs: number;
}

/** Whose end and objects are there to compare with. */
interface Compared extends RecordCopy {
  readonly saysEnds: boolean;
  readonly saysObjects: boolean;
}

async function copyOf(against: Against, namespace: string | null): Promise<Result<Compared | null, string>> {
  switch (against.kind) {
    case 'Nothing':
      return success(null);
    case 'Cluster': {
      const taken = await takeCopy(against.clients, namespace);
      return taken.ok ? success({ ...taken.value, saysEnds: namespace === null, saysObjects: true }) : taken;
    }
    case 'File': {
      const read = readCopy(against.text, 'the other file');
      if (!read.ok) return read;
      const { ends, held } = read.value;
      // One that an earlier version printed holds entries only. One of all namespaces names a policy or an end: whatever it lacks was not there.
      const isWhole = ends.length > 0 || held.some(({ kind }) => kind === 'RiskPolicy');
      return success({ ...read.value, saysEnds: isWhole, saysObjects: isWhole || held.length > 0 });
    }
  }
}

function compareObjects(
  { facts, held: copied }: ReadFile,
  copy: Compared,
  times: Times & { readonly namespace: string | null },
): ObjectsAudit | null {
  const isAsked = (each: { readonly namespace: string }): boolean => times.namespace === null || each.namespace === times.namespace;
  const told = facts.filter(isAsked);
  if (!copy.saysObjects || facts.length + copied.length === 0) return null;
  return auditObjects({ facts: told, copied: copied.filter(isAsked), held: copy.held.filter(isAsked), ...times });
}

/**
 * `kubectl modelrisk audit verify --export`: the export by itself, and what the cluster or another file holds against it.
 * Namespace null: all of it. Failure: one sentence.
 */
export async function verifyExport(
  { text, against, namespace }: { readonly text: string; readonly against: Against; readonly namespace: string | null },
  times: Times,
): Promise<Result<ExportReport, string>> {
  const read = readCopy(text, 'the export');
  if (!read.ok) return read;
  const isAsked = (line: AuditLine): boolean => namespace === null || line.namespace === namespace;
  const { lines: entries, facts, held } = read.value;
  const exported = entries.filter(isAsked);
  if (against.kind === 'Nothing' && exported.length + facts.length + held.length === 0)
    return failure(`the export holds no line${namespace === null ? '' : ` of namespace ${namespace}`}, so nothing is verified by it`);
  const compared = await copyOf(against, namespace);
  if (!compared.ok) return compared;
  const copy = compared.value;
  const found = copy === null ? null : auditCopy({ exported, copy: copy.lines.filter(isAsked), ...times }, hashText);
  // A copy of a cluster tells what is there and no facts: it lacks none.
  const tellsFacts = facts.length > 0 || held.length === 0;
  const ends = copy?.saysEnds === true && tellsFacts ? auditFactEnds({ facts, ends: copy.ends, ...times }) : null;
  return success({
    lines: exported.length,
    incidents: new Set(exported.map(({ uid }) => uid)).size,
    against: against.kind,
    facts: facts.length,
    copied: held.length,
    factFindings: [...auditFacts(facts, entries, hashText), ...(ends?.findings ?? [])],
    factEnds: ends === null ? null : { unheld: ends.unheld, isBehind: ends.isBehind },
    objects: copy === null ? null : compareObjects(read.value, copy, { ...times, namespace }),
    unanchored: found?.unanchored ?? 0,
    findings: [...auditExport(exported, hashText), ...(copy?.findings ?? []), ...(found?.findings ?? [])],
  });
}

export function isClean({ findings, factFindings, objects }: ExportReport): boolean {
  return findings.length === 0 && factFindings.length === 0 && (objects === null || objects.findings.length === 0);
}
