import { verifyChain } from '../core/audit-chain.ts';
import type { HashText } from '../core/audit-chain.ts';
import type { IncidentEntry } from '../core/model/incident-entry.ts';
import type { ChainHead } from './incident-log.ts';
import { genesisHash } from './incident-log.ts';

export interface AuditedIncident {
  readonly name: string;
  readonly firstPrevHash: string;
  readonly entries: readonly IncidentEntry[];
}

/** One thing that can't be so if nobody touched the record. */
export interface AuditFinding {
  readonly incident: string;
  readonly message: string;
}

function auditIncident(incident: AuditedIncident, head: ChainHead, hash: HashText): readonly AuditFinding[] {
  const tail = head.tails.find(({ incident: name }) => name === incident.name) ?? null;
  const verification = verifyChain({ entries: incident.entries, firstPrevHash: incident.firstPrevHash, expectedTail: tail }, hash);
  if (verification.kind === 'Intact') return [];
  return [
    {
      incident: incident.name,
      message: `entry ${verification.brokenAt} is ${verification.reason.toLowerCase()}: the record does not hash to what was written`,
    },
  ];
}

/** Entry 0 of each incident links to entry 0 of the one opened just before: together they form one line that ends in the head. */
function auditOrder(incidents: readonly AuditedIncident[], head: ChainHead): readonly AuditFinding[] {
  const byFirstHash = new Map(
    incidents.flatMap((incident) => incident.entries.slice(0, 1).map((entry) => [entry.hash, incident] as const)),
  );
  const findings: AuditFinding[] = [];
  const seen = new Set<string>();
  let expected = head.last?.hash ?? genesisHash;
  while (expected !== genesisHash) {
    const incident = byFirstHash.get(expected);
    if (incident === undefined || seen.has(incident.name)) {
      findings.push({
        incident: '',
        message: `no incident begins with hash ${expected}, though the one after it says so: an incident was deleted or replaced`,
      });
      return findings;
    }
    seen.add(incident.name);
    expected = incident.firstPrevHash;
  }
  for (const { name, entries } of incidents) {
    // Without an entry it was opened and not yet written: the operator ends that by itself.
    if (entries.length > 0 && !seen.has(name))
      findings.push({ incident: name, message: 'it is in no chain: it was added beside the record, or the head was cut' });
  }
  return findings;
}

function auditTails(incidents: readonly AuditedIncident[], head: ChainHead): readonly AuditFinding[] {
  const names = new Set(incidents.map(({ name }) => name));
  return head.tails
    .filter(({ incident }) => !names.has(incident))
    .map(({ incident }) => ({ incident, message: 'the chain head knows it, but it is gone' }));
}

/**
 * Checks all incidents of one namespace against each other and the chain head. Finds an edited, dropped, reordered or
 * truncated entry and a missing incident. Not found: a deletion of incidents together with the head; that needs an export.
 */
export function auditNamespace(incidents: readonly AuditedIncident[], head: ChainHead, hash: HashText): readonly AuditFinding[] {
  return [
    ...incidents.flatMap((incident) => auditIncident(incident, head, hash)),
    ...auditTails(incidents, head),
    ...auditOrder(incidents, head),
  ];
}
