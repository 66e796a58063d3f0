import { createHash } from 'node:crypto';
import { chainHeadName, parseRiskChainHead } from '../api/risk-chain-head.ts';
import { parseRiskIncident } from '../api/risk-incident.ts';
import { auditNamespace } from '../governance/audit.ts';
import type { AuditFinding } from '../governance/audit.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { recomputeEvidence } from './evidence.ts';
import { listAll } from './list-all.ts';

export interface AuditReport {
  readonly namespace: string;
  readonly incidents: number;
  readonly entries: number;
  /** Values of triggers that came out the same when computed again from the counts on record. */
  readonly recomputedValues: number;
  readonly findings: readonly AuditFinding[];
}

type Reader = Pick<ResourceClient<UntypedObject>, 'get' | 'listPage'>;

/** `kubectl modelrisk audit verify`: reads every incident of a namespace and recomputes the chain. Failure: one sentence. */
export async function verifyAudit(
  clients: { readonly incidents: Reader; readonly heads: Reader },
  namespace: string,
): Promise<Result<AuditReport, string>> {
  const listed = await listAll(clients.incidents, namespace);
  if (!listed.ok) return failure(`RiskIncidents of namespace ${namespace} can't be listed: ${listed.failure.message}`);
  const read = await clients.heads.get({ namespace, name: chainHeadName });
  if (!read.ok && read.failure.kind !== 'NotFound') return failure(`RiskChainHead ${chainHeadName} can't be read: ${read.failure.message}`);
  const head = read.ok ? parseRiskChainHead(read.value) : null;
  if (head !== null && !head.ok) return failure(`RiskChainHead ${chainHeadName} is not readable: ${head.failure.join('; ')}`);
  const incidents = listed.value.map((object) => ({ object, parsed: parseRiskIncident(object) }));
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
  const chain = { resourceVersion: null, last: head?.value.spec.last ?? null, tails: head?.value.spec.tails ?? [] };
  const findings = auditNamespace(readable, chain, (text) => createHash('sha256').update(text).digest('hex'));
  // One that is there and can't be read is not gone, whatever the chain makes of what can.
  const isThere = new Set(unreadable.map(({ incident }) => incident));
  return success({
    namespace,
    incidents: incidents.length,
    entries: readable.reduce((total, { entries }) => total + entries.length, 0),
    recomputedValues: evidence.recomputed,
    findings: [...unreadable, ...findings.filter(({ incident }) => !isThere.has(incident)), ...evidence.findings],
  });
}
