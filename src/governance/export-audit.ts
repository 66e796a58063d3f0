import { verifyChain } from '../core/audit-chain.ts';
import type { HashText } from '../core/audit-chain.ts';
import { auditLineID } from '../core/audit-line.ts';
import type { AuditLine } from '../core/audit-line.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { AuditFinding } from './audit.ts';
import { genesisHash } from './incident-log.ts';

/** What a set of lines tells of one incident. */
interface ToldIncident {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly specDigest: string;
  readonly firstPrevHash: string;
  /** By seq, as first told. */
  readonly lines: ReadonlyMap<number, AuditLine>;
  readonly findings: readonly AuditFinding[];
}

function textOf({ entry, ...line }: AuditLine): string {
  return canonicalJSON({ ...line, entry: { ...entry } });
}

/** Lines of one uid. A line told twice is one line; one told in two ways is a finding. */
function gather([first, ...rest]: readonly [AuditLine, ...AuditLine[]]): ToldIncident {
  const { namespace, incident: name, uid, specDigest, firstPrevHash } = first;
  const lines = new Map<number, AuditLine>();
  const findings: AuditFinding[] = [];
  for (const line of [first, ...rest]) {
    const known = lines.get(line.entry.seq);
    if (known === undefined) lines.set(line.entry.seq, line);
    else if (textOf(known) !== textOf(line))
      findings.push({ incident: name, message: `entry ${line.entry.seq} is told in two ways: it was changed after it was exported` });
    const differs = line.specDigest !== specDigest || line.firstPrevHash !== firstPrevHash || line.incident !== name;
    if (differs || line.namespace !== namespace)
      findings.push({
        incident: name,
        message: `entry ${line.entry.seq} stands in another incident, spec or place than entry ${first.entry.seq}`,
      });
  }
  return { namespace, name, uid, specDigest, firstPrevHash, lines, findings };
}

function gatherAll(lines: readonly AuditLine[]): readonly ToldIncident[] {
  const byUID = new Map<string, [AuditLine, ...AuditLine[]]>();
  for (const line of lines) {
    const same = byUID.get(line.uid);
    if (same === undefined) byUID.set(line.uid, [line]);
    else same.push(line);
  }
  return [...byUID.values()].map(gather);
}

function inOrder({ lines }: ToldIncident): readonly AuditLine[] {
  return [...lines.values()].sort((a, b) => a.entry.seq - b.entry.seq);
}

function auditEntries(incident: ToldIncident, lines: readonly AuditLine[], hash: HashText): readonly AuditFinding[] {
  const { name, firstPrevHash } = incident;
  const verified = verifyChain({ entries: lines.map(({ entry }) => entry), firstPrevHash, expectedTail: null }, hash);
  if (verified.kind === 'Intact') return [];
  return [
    {
      incident: name,
      message: `entry ${verified.brokenAt} is ${verified.reason.toLowerCase()}: the lines do not hash to what was written`,
    },
  ];
}

/** Entry 0 of each incident links to entry 0 of the one before, so a namespace is one line without gaps and without branches. */
function auditLinks(incidents: readonly ToldIncident[]): readonly AuditFinding[] {
  const findings: AuditFinding[] = [];
  const firstHashes = new Set(
    incidents.flatMap(({ namespace, lines }) =>
      [...lines].flatMap(([seq, { entry }]) => (seq === 0 ? [`${namespace}/${entry.hash}`] : [])),
    ),
  );
  const followers = new Map<string, string>();
  const names = new Map<string, string>();
  for (const { namespace, name, uid, firstPrevHash } of incidents) {
    const place = `${namespace}/${firstPrevHash}`;
    const other = followers.get(place);
    if (other !== undefined)
      findings.push({ incident: name, message: `it begins where ${other} begins: the chain of namespace ${namespace} forks there` });
    else followers.set(place, name);
    if (firstPrevHash !== genesisHash && !firstHashes.has(place))
      findings.push({
        incident: name,
        message: `no incident begins with hash ${firstPrevHash}, which it says it follows: that one is missing or was replaced`,
      });
    const key = `${namespace}/${name}`;
    if (names.has(key))
      findings.push({ incident: name, message: 'two incidents have this name: it was deleted and another put in its place' });
    names.set(key, uid);
  }
  return findings;
}

/**
 * Checks an export by itself. Lines may stand in any order and more than once: a sink stores what arrives. Found: an edited line, a
 * gap, a branch, a second version of an entry. Not found: lines missing from the end, or all lines made anew; that takes what the
 * cluster holds, or another copy.
 */
export function auditExport(lines: readonly AuditLine[], hash: HashText): readonly AuditFinding[] {
  const incidents = gatherAll(lines);
  return [
    ...incidents.flatMap(({ findings }) => findings),
    ...incidents.flatMap((incident) => auditEntries(incident, inOrder(incident), hash)),
    ...auditLinks(incidents),
  ];
}

export interface CopyToAudit {
  /** What the sink holds. */
  readonly exported: readonly AuditLine[];
  /** What the cluster holds, each incident in the order of its list. */
  readonly copy: readonly AuditLine[];
  readonly nowMs: EpochMs;
  /** How old an entry may be that the sink does not have yet. */
  readonly graceMs: number;
}

export interface CopyAudit {
  readonly findings: readonly AuditFinding[];
  /** Entries the sink does not have yet, and may lack for a while. */
  readonly unanchored: number;
}

function compareIncident(exported: ToldIncident, copied: ToldIncident | null): readonly AuditFinding[] {
  const { name, specDigest, firstPrevHash } = exported;
  const message = (text: string): AuditFinding => ({ incident: name, message: text });
  if (copied === null)
    return [message(`the export has ${exported.lines.size} entries of it (uid ${exported.uid}), but it is gone: it was deleted`)];
  const findings: AuditFinding[] = [];
  if (copied.name !== name || copied.namespace !== exported.namespace)
    findings.push(message(`it has another name than in the export: ${copied.name}`));
  if (copied.specDigest !== specDigest)
    findings.push(message('its spec is not the one that was exported: what was seen or decided on was changed'));
  if (copied.firstPrevHash !== firstPrevHash) findings.push(message('it stands at another place of the chain than in the export'));
  for (const [seq, line] of exported.lines) {
    const copy = copied.lines.get(seq);
    if (copy === undefined) findings.push(message(`entry ${seq} is in the export but not in the record: it was dropped or cut off`));
    else if (canonicalJSON({ ...copy.entry }) !== canonicalJSON({ ...line.entry }))
      findings.push(
        message(`entry ${seq} is not the one that was exported: the record was changed, and hashed again if its chain is intact`),
      );
  }
  return findings;
}

/** Checks what the cluster holds against what was exported, and by itself. Needs no access to the cluster. */
export function auditCopy({ exported, copy, nowMs, graceMs }: CopyToAudit, hash: HashText): CopyAudit {
  const copied = gatherAll(copy);
  const byUID = new Map(copied.map((incident) => [incident.uid, incident]));
  const isKnown = new Set(exported.map(auditLineID));
  const extra = copy.filter((line) => !isKnown.has(auditLineID(line)));
  // A time in the future excuses nothing either.
  const isLate = ({ entry }: AuditLine): boolean => !(Math.abs(nowMs - Date.parse(entry.at)) <= graceMs);
  const findings = [
    ...gatherAll(exported).flatMap((incident) => compareIncident(incident, byUID.get(incident.uid) ?? null)),
    ...copied.flatMap((incident) => incident.findings),
    // In the order of the list: that entries stand elsewhere than they were written is a finding too.
    ...copied.flatMap((incident) => auditEntries(incident, [...incident.lines.values()], hash)),
    ...auditLinks(copied),
    ...extra.filter(isLate).map(({ incident, entry }) => ({
      incident,
      message: `entry ${entry.seq} of ${entry.at} is not in the export: it was added beside the record, or the export lacks its end`,
    })),
  ];
  return { findings, unanchored: extra.filter((line) => !isLate(line)).length };
}
