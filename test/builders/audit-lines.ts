import { createHash } from 'node:crypto';
import { appendEntry, chainStart } from '../../src/core/audit-chain.ts';
import type { AuditLine } from '../../src/core/audit-line.ts';
import type { IncidentEntryType } from '../../src/core/model/incident-entry.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const recordStartMs = Date.parse('2026-06-01T12:00:00.000Z');

const types: readonly IncidentEntryType[] = ['Engaged', 'Applied', 'Verified', 'Escalated', 'SteppedDown', 'Released', 'Closed'];

export interface IncidentToTell {
  readonly name: string;
  readonly entries: number;
  readonly namespace?: string;
  readonly firstPrevHash?: string;
}

/** One incident as an operator that nobody meddles with would have written it. */
export function linesOf({ name, entries, namespace = 'lending', firstPrevHash = '' }: IncidentToTell): readonly AuditLine[] {
  const lines: AuditLine[] = [];
  const place = { namespace, incident: name, uid: `uid-of-${name}`, specDigest: `sha256:${sha256(`spec of ${name}`)}`, firstPrevHash };
  for (let index = 0; index < entries; index += 1) {
    const draft = {
      at: new Date(recordStartMs + index * 1000).toISOString(),
      type: types[index % types.length] ?? 'Closed',
      actor: 'operator',
      target: 'traffic',
      before: 'v2 50 %',
      after: 'v2 10 %',
      reason: `${name} ${String(index)}`,
    };
    lines.push({ ...place, entry: appendEntry(lines.at(-1)?.entry ?? chainStart(firstPrevHash), draft, sha256) });
  }
  return lines;
}

/** The record of one namespace: each incident begins where the one before began. */
export function aRecord(sizes: readonly number[], namespace = 'lending'): readonly (readonly AuditLine[])[] {
  const incidents: (readonly AuditLine[])[] = [];
  for (const [index, entries] of sizes.entries()) {
    const firstPrevHash = incidents.at(-1)?.[0]?.entry.hash ?? '';
    incidents.push(linesOf({ name: `${namespace}-${String(index)}`, entries, namespace, firstPrevHash }));
  }
  return incidents;
}
