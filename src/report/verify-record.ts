import { createHash } from 'node:crypto';
import { chainHeadName, parseRiskChainHead } from '../api/risk-chain-head.ts';
import { parseRiskIncident } from '../api/risk-incident.ts';
import type { RiskIncident } from '../api/risk-incident.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { RecordFinding } from './record-findings.ts';
import type { ObjectReader } from './objects.ts';
import { recomputeEvidence } from './recompute-evidence.ts';

interface AuditedIncident {
  readonly name: string;
  readonly firstPrevHash: string;
  readonly entries: RiskIncident['status']['entries'];
}

type Head = Extract<ReturnType<typeof parseRiskChainHead>, { ok: true }>['value']['spec'];

interface ChainEnd {
  readonly resourceVersion: null;
  readonly last: NonNullable<Head['last']> | null;
  readonly tails: Head['tails'];
}

/** Checks the incidents of a namespace against each other and the chain head: whoever keeps the record knows how. */
export type AuditNamespace = (
  incidents: readonly AuditedIncident[],
  head: ChainEnd,
  hash: (text: string) => string,
) => readonly RecordFinding[];

export interface RecordReport {
  readonly incidents: number;
  readonly entries: number;
  /** Values of triggers that came out the same when computed again from the counts on record. */
  readonly recomputedValues: number;
  readonly findings: readonly RecordFinding[];
}

/** The record of one namespace computed again, from all its incidents. `head` null: there is none. Failure: one sentence. */
export function verifyRecord(
  objects: readonly { readonly metadata: { readonly name: string } }[],
  head: object | null,
  { audit, read = parseRiskIncident }: { readonly audit: AuditNamespace; readonly read?: ObjectReader['incidents'] },
): Result<RecordReport, string> {
  const readHead = head === null ? null : parseRiskChainHead(head);
  if (readHead !== null && !readHead.ok) return failure(`RiskChainHead ${chainHeadName} is not readable: ${readHead.failure.join('; ')}`);
  const incidents = objects.map((object) => ({ object, parsed: read(object) }));
  const unreadable = incidents.flatMap(({ object, parsed }) =>
    parsed.ok ? [] : [{ incident: object.metadata.name, message: parsed.failure.join('; ') }],
  );
  const parsed = incidents.flatMap((each) => (each.parsed.ok ? [each.parsed.value] : []));
  const evidence = recomputeEvidence(parsed);
  const readable = parsed.map(({ metadata, spec, status }) => ({
    name: metadata.name,
    firstPrevHash: spec.firstPrevHash,
    entries: status.entries,
  }));
  const chain = { resourceVersion: null, last: readHead?.value.spec.last ?? null, tails: readHead?.value.spec.tails ?? [] };
  const findings = audit(readable, chain, (text) => createHash('sha256').update(text).digest('hex'));
  // One that is there and can't be read is not gone, whatever the chain makes of what can.
  const isThere = new Set(unreadable.map(({ incident }) => incident));
  return success({
    incidents: incidents.length,
    entries: readable.reduce((total, { entries }) => total + entries.length, 0),
    recomputedValues: evidence.recomputed,
    findings: [...unreadable, ...findings.filter(({ incident }) => !isThere.has(incident)), ...evidence.findings],
  });
}
