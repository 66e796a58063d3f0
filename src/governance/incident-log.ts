import { isDeepStrictEqual } from 'node:util';
import { appendEntry, chainStart } from '../core/audit-chain.ts';
import type { EntryDraft, HashText } from '../core/audit-chain.ts';
import type { IncidentEntry, IncidentEntryType } from '../core/model/incident-entry.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';

/** Entries one incident object holds; the last one names the incident that continues it. */
export const maxEntries = 256;
const maxTails = 256;
/** What the first incident of a namespace links to. */
export const genesisHash = '';

export interface StoredIncident {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly firstPrevHash: string;
  readonly entries: readonly IncidentEntry[];
}

export interface RecordedTail {
  readonly incident: string;
  readonly seq: number;
  readonly hash: string;
}

/** The one object of a namespace that orders its incidents: entry 0 of each links to entry 0 of the one before. */
export interface ChainHead {
  /** Null: it does not exist yet. */
  readonly resourceVersion: string | null;
  readonly last: { readonly incident: string; readonly hash: string } | null;
  readonly tails: readonly RecordedTail[];
}

export interface RecordFailure {
  readonly message: string;
  /** The namespace takes nothing new any more, so trying again can't help; else it may. */
  readonly isFinal: boolean;
}

/** What the log needs of the API. */
export interface IncidentStore {
  read(namespace: string, name: string): Promise<Result<StoredIncident | null, RecordFailure>>;
  create(namespace: string, incident: NewIncident): Promise<Result<StoredIncident, RecordFailure>>;
  /** Conditional on `incident.resourceVersion`. `closedAt` null leaves the incident open. */
  writeEntries(
    namespace: string,
    incident: StoredIncident,
    change: { readonly entries: readonly IncidentEntry[]; readonly closedAt: string | null },
  ): Promise<Result<StoredIncident, RecordFailure>>;
  readHead(namespace: string): Promise<Result<ChainHead, RecordFailure>>;
  /** Conditional on `head.resourceVersion`. */
  writeHead(namespace: string, head: ChainHead): Promise<Result<null, RecordFailure>>;
}

export interface NewIncident {
  readonly name: string;
  readonly firstPrevHash: string;
  /** Name of the incident this one continues; null for the first of an engagement. */
  readonly continues: string | null;
  /** The rest of the spec: plan, risk, evidence, snapshot. */
  readonly opening: IncidentOpening;
}

export type IncidentOpening = { readonly [key: string]: unknown };

/** All that is to be on record of one engagement now. Drafts already on record are skipped. */
export interface RecordRequest {
  readonly namespace: string;
  readonly name: string;
  readonly opening: IncidentOpening;
  readonly drafts: readonly EntryDraft[];
}

/** What one process remembers of the records it writes. */
export interface LogBook {
  /** By namespace: incidents that may have been opened and that the head does not know. No other is opened before they are finished. */
  readonly unfinished: Map<string, Set<string>>;
  /** Part a long record goes on in, by `namespace/name`: those before it are not read again. */
  readonly parts: Map<string, number>;
}

export function createLogBook(): LogBook {
  return { unfinished: new Map(), parts: new Map() };
}

interface Log {
  readonly store: IncidentStore;
  readonly hash: HashText;
  readonly book: LogBook;
  readonly namespace: string;
  /** Now, as entries say it. */
  readonly at: string;
}

export interface RecordLog extends Omit<Log, 'namespace'> {
  readonly request: RecordRequest;
}

function unfinishedIn({ book, namespace }: Pick<Log, 'book' | 'namespace'>): Set<string> {
  const known = book.unfinished.get(namespace) ?? new Set();
  book.unfinished.set(namespace, known);
  return known;
}

/** What a decision brings about is found again after each restart, at another time: each decision is recorded once. */
const ofDecisions: ReadonlySet<IncidentEntryType> = new Set(['Held', 'Accepted', 'Acknowledged', 'Reported', 'Postmortem', 'ReportFiled']);

function isRecorded(entries: readonly IncidentEntry[], draft: EntryDraft): boolean {
  if (ofDecisions.has(draft.type)) return entries.some(({ type, target }) => type === draft.type && target === draft.target);
  // Its words may be others by now; the stall is the same.
  if (draft.type === 'Stalled') return entries.some(({ type, at }) => type === draft.type && at === draft.at);
  // Time, type and target are not enough: one target may be brought to two states within one millisecond.
  return entries.some(({ seq: _, prevHash: __, hash: ___, ...entry }) => isDeepStrictEqual(entry, { ...draft }));
}

function extend(incident: StoredIncident, drafts: readonly EntryDraft[], hash: HashText): readonly IncidentEntry[] {
  const entries = [...incident.entries];
  for (const draft of drafts) {
    const tail = entries.at(-1);
    entries.push(appendEntry(tail ?? chainStart(incident.firstPrevHash), draft, hash));
  }
  return entries;
}

/** Parts of a record are counted from 0. */
export function continuationName(name: string, part: number): string {
  return part === 0 ? name : `${name}-${part + 1}`;
}

interface Opened {
  readonly incident: StoredIncident;
  readonly head: ChainHead;
}

function endOf(head: ChainHead): string {
  return head.last?.hash ?? genesisHash;
}

/**
 * Its place in the chain is part of its spec and never changes. Null: an incident of that name is empty and another was opened
 * in its place, so it can't be written any more; the record goes on in the next part.
 */
async function openIncident(
  log: Log,
  request: RecordRequest,
  { head, part }: { head: ChainHead; part: number },
): Promise<Result<Opened | null, RecordFailure>> {
  const name = continuationName(request.name, part);
  const found = await log.store.read(log.namespace, name);
  if (!found.ok) return found;
  if (found.value !== null && found.value.entries.length > 0) return success({ incident: found.value, head });
  const settled = await finishOthers(log, head, name);
  if (!settled.ok) return settled;
  unfinishedIn(log).add(name);
  const firstPrevHash = endOf(settled.value);
  if (found.value !== null)
    return success(found.value.firstPrevHash === firstPrevHash ? { incident: found.value, head: settled.value } : null);
  const created = await log.store.create(log.namespace, {
    name,
    firstPrevHash,
    continues: part === 0 ? null : continuationName(request.name, part - 1),
    opening: request.opening,
  });
  return created.ok ? success({ incident: created.value, head: settled.value }) : created;
}

/**
 * Two incidents opened at one place would fork the chain for ever, and a write whose answer was lost may still land. So one
 * that was opened is finished before another is: its first entry makes any write under way miss, and the head moves behind it.
 */
async function finishOthers(log: Log, head: ChainHead, own: string): Promise<Result<ChainHead, RecordFailure>> {
  const unfinished = unfinishedIn(log);
  let moved = head;
  for (const name of [...unfinished].filter((each) => each !== own)) {
    const read = await log.store.read(log.namespace, name);
    if (!read.ok) return read;
    const finished = await finish(log, moved, read.value);
    if (!finished.ok) return finished;
    moved = finished.value;
    unfinished.delete(name);
  }
  return success(moved);
}

async function finish(log: Log, head: ChainHead, incident: StoredIncident | null): Promise<Result<ChainHead, RecordFailure>> {
  if (incident === null) return success(head);
  if (incident.entries.length > 0) return moveHead(log, head, incident);
  if (incident.firstPrevHash !== endOf(head)) return success(head);
  const reason =
    'Nothing could be recorded here when it happened; what is known of the engagement stands in the incident that continues this one.';
  const entries = extend(incident, [continuedDraft(log.at, reason)], log.hash);
  const written = await log.store.writeEntries(log.namespace, incident, { entries, closedAt: null });
  return written.ok ? moveHead(log, head, written.value) : written;
}

async function moveHead(
  { store, namespace, book }: Pick<Log, 'store' | 'namespace' | 'book'>,
  head: ChainHead,
  incident: StoredIncident,
): Promise<Result<ChainHead, RecordFailure>> {
  const [first, tail] = [incident.entries[0], incident.entries.at(-1)];
  if (first === undefined || tail === undefined) return success(head);
  const known = head.tails.find(({ incident: name }) => name === incident.name);
  if (known?.hash === tail.hash) return success(head);
  const tails = [
    ...head.tails.filter(({ incident: name }) => name !== incident.name),
    { incident: incident.name, seq: tail.seq, hash: tail.hash },
  ];
  const isNew = known === undefined && incident.firstPrevHash === endOf(head);
  const moved: ChainHead = {
    ...head,
    last: isNew ? { incident: incident.name, hash: first.hash } : head.last,
    tails: tails.slice(-maxTails),
  };
  const written = await store.writeHead(namespace, moved);
  if (!written.ok) return written;
  unfinishedIn({ book, namespace }).delete(incident.name);
  // Its resourceVersion changed with the write: whoever writes it again reads it again.
  return store.readHead(namespace);
}

/** The record went on from where the head knows it, or begins where the head ends. A record that was changed is neither. */
function isAhead({ entries, firstPrevHash, name }: StoredIncident, head: ChainHead): boolean {
  const tail = entries.at(-1);
  const known = head.tails.find(({ incident }) => incident === name);
  if (tail === undefined) return false;
  if (known === undefined) return firstPrevHash === endOf(head);
  return tail.seq > known.seq && entries.find(({ seq }) => seq === known.seq)?.hash === known.hash;
}

/**
 * Moves the head behind records it missed the last write of: a process died between the two. Without it those entries
 * could be cut unseen. Remembers what it opened and did not write. For a process that takes over, before it writes any record itself.
 */
export async function catchUpHead(
  place: Pick<Log, 'store' | 'namespace' | 'book'>,
  incidents: readonly StoredIncident[],
): Promise<Result<null, RecordFailure>> {
  let head = await place.store.readHead(place.namespace);
  for (const incident of incidents) {
    if (head.ok && isAhead(incident, head.value)) head = await moveHead(place, head.value, incident);
  }
  if (!head.ok) return head;
  const end = endOf(head.value);
  for (const { name, entries, firstPrevHash } of incidents) {
    if (entries.length === 0 && firstPrevHash === end) unfinishedIn(place).add(name);
  }
  return success(null);
}

/**
 * Brings the record of one engagement up to date: opens the incident when it is missing, appends what is not on record,
 * continues in a further incident when one is full, and moves the chain head behind it. Callers run one request a
 * namespace at a time. Safe to repeat after a crash or a lost answer at any point: names are digests, drafts carry their time.
 */
export async function recordEngagement({ request, ...rest }: RecordLog): Promise<Result<null, RecordFailure>> {
  const log: Log = { ...rest, namespace: request.namespace };
  let headRead = await log.store.readHead(log.namespace);
  let pending = request.drafts;
  const key = `${log.namespace}/${request.name}`;
  let overSince: string | null = null;
  for (let part = log.book.parts.get(key) ?? 0; headRead.ok; part++) {
    const opened = await openIncident(log, request, { head: headRead.value, part });
    if (!opened.ok) return opened;
    if (opened.value === null) continue;
    const { incident, head } = opened.value;
    const already = incident.entries;
    pending = pending.filter((draft) => !isRecorded(already, draft));
    const full = already.at(-1)?.type === 'Continued';
    const room = full ? 0 : maxEntries - 1 - already.length;
    const now = pending.slice(0, room);
    const rest = pending.slice(room);
    const overflow =
      rest.length > 0 && !full ? [continuedDraft(rest[0]?.at ?? '', fullReason(continuationName(request.name, part + 1)))] : [];
    const entries = extend(incident, [...now, ...overflow], log.hash);
    const closing = now.find(({ type }) => type === 'Closed');
    // What is said of a record that is over opens nothing, also where it takes another part to say it.
    const closedAt = closing?.at ?? (already.length === 0 ? overSince : null);
    overSince ??= [...already, ...now].find(({ type }) => type === 'Closed')?.at ?? null;
    const written =
      entries.length === already.length ? success(incident) : await log.store.writeEntries(log.namespace, incident, { entries, closedAt });
    if (!written.ok) return written;
    headRead = await moveHead(log, head, written.value);
    pending = rest;
    if (!headRead.ok || pending.length > 0) continue;
    if (part > 0) log.book.parts.set(key, part);
    // Of one that is over the end is looked for from the beginning: another part must not be open for want of it.
    if (overSince !== null) log.book.parts.delete(key);
    return success(null);
  }
  return failure(headRead.failure);
}

function fullReason(next: string): string {
  return `This incident is full (${maxEntries} entries); the record goes on in RiskIncident ${next}.`;
}

function continuedDraft(at: string, reason: string): EntryDraft {
  return { at, type: 'Continued', actor: 'operator', target: '', before: '', after: '', reason };
}
