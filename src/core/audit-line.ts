import type { IncidentEntry } from './model/incident-entry.ts';

/** One entry of a record as it is kept outside the cluster, with its place in the chain. */
export interface AuditLine {
  readonly namespace: string;
  readonly incident: string;
  readonly uid: string;
  /** Over the spec of the incident: what was seen and decided on, which the entries do not hold. */
  readonly specDigest: string;
  /** Hash of entry 0 of the incident opened just before in the namespace; empty for the first. */
  readonly firstPrevHash: string;
  readonly entry: IncidentEntry;
}

/** The same for each attempt to export an entry, and of no other entry: a line that is there under it may be dropped. */
export function auditLineID({ uid, entry }: Pick<AuditLine, 'uid' | 'entry'>): string {
  return `${uid}/${entry.seq}/${entry.hash}`;
}
