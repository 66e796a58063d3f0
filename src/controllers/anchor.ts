import { toAuditLines, writeAuditLine } from '../api/audit-line.ts';
import { toInstant } from '../api/instant.ts';
import { auditLineID } from '../core/audit-line.ts';
import type { AuditLine } from '../core/audit-line.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { referenceOf } from '../kube/kube-object.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Cluster } from './cluster.ts';
import { hashText } from './evidence.ts';
import { incidentActsIn, mayBeAct } from './incident-acts.ts';
import type { NoticeWays } from './notices.ts';
import type { Programme } from './programme.ts';
import type { QueueDefinition } from './queues.ts';
import { fitting, sendToSink } from './sink.ts';
import type { AuditSink, SinkLine } from './sink.ts';

export interface AnchorsOptions {
  readonly cluster: { readonly own: Pick<Cluster['own'], 'incidents' | 'decisions'> };
  readonly programme: Pick<Programme, 'plans' | 'risks'>;
  /** Null: nothing is exported. */
  readonly sink: AuditSink | null;
  readonly ways: NoticeWays;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What goes to the audit sink, and how far it has come. */
export interface Anchors {
  /** By namespace. */
  readonly queue: QueueDefinition;
  readonly isOn: boolean;
  /** A record is gone from the cluster: what the sink lacks of it is still exported. */
  lost(object: UntypedObject): void;
  /** By namespace with a record, when the oldest entry happened that the sink lacks; null: it has all. Empty without a sink. */
  oldestUnanchored(): ReadonlyMap<string, EpochMs | null>;
}

/** The newest entry the sink has of one incident. */
interface Anchored {
  readonly seq: number;
  readonly hash: string;
}

interface RawIncident {
  readonly status?: {
    readonly entries?: readonly { readonly seq: number; readonly hash: string; readonly at: string }[];
    readonly anchored?: Anchored;
  };
}

/** A sink that is down is tried at least once in 15 s: a minute must be enough for an entry once it is back. */
const longestBackoffMs = 15_000;

/** Each only when it is asked for: of thousands that wait one request takes few. */
function* linesOf(all: readonly AuditLine[]): Generator<SinkLine> {
  for (const line of all) yield { id: auditLineID(line), text: writeAuditLine(line) };
}

class AnchorController {
  readonly #options: AnchorsOptions;
  /** By uid: acknowledged by the sink, though the status may not say so yet. */
  readonly #acknowledged = new Map<string, Anchored>();
  /** Lines of incidents that are gone, by namespace. */
  readonly #lost = new Map<string, readonly AuditLine[]>();
  readonly #contradicted = new Set<string>();

  constructor(options: AnchorsOptions) {
    this.#options = options;
  }

  #anchoredOf(object: UntypedObject): Anchored | null {
    return this.#acknowledged.get(object.metadata.uid) ?? (object as RawIncident).status?.anchored ?? null;
  }

  /** Place in the list from which the sink lacks entries. Whatever is not what it acknowledged is exported again from the start. */
  #firstMissing(object: UntypedObject): number {
    const { entries = [] } = (object as RawIncident).status ?? {};
    const anchored = this.#anchoredOf(object);
    if (anchored === null) return 0;
    const at = entries.findIndex(({ seq, hash }) => seq === anchored.seq && hash === anchored.hash);
    return at === -1 ? 0 : at + 1;
  }

  #missingOf(object: UntypedObject): readonly AuditLine[] {
    const { entries = [] } = (object as RawIncident).status ?? {};
    const from = this.#firstMissing(object);
    const { namespace = '', name, uid } = object.metadata;
    // A record of which nothing is left is one that was changed, too.
    if (from === 0 && this.#anchoredOf(object) !== null && !this.#contradicted.has(uid)) {
      this.#contradicted.add(uid);
      this.#options.log.error(
        { namespace, incident: name },
        'the record of an incident is not the one the audit sink acknowledged: it was changed; run kubectl modelrisk audit verify --export',
      );
    }
    if (from >= entries.length) return [];
    const lines = toAuditLines(object, hashText);
    if (lines.ok) return lines.value.slice(from);
    this.#options.log.error(
      { namespace, incident: name, message: lines.failure.join('; ') },
      'an incident that is not readable is not exported',
    );
    return [];
  }

  lost(object: UntypedObject): void {
    const missing = this.#options.sink === null ? [] : this.#missingOf(object);
    const { namespace = '', uid } = object.metadata;
    // It comes back under another uid, if at all.
    this.#acknowledged.delete(uid);
    this.#contradicted.delete(uid);
    if (missing.length > 0) this.#lost.set(namespace, [...(this.#lost.get(namespace) ?? []), ...missing]);
  }

  oldestUnanchored(): ReadonlyMap<string, EpochMs | null> {
    const oldest = new Map<string, EpochMs | null>();
    const { sink, cluster, programme, clock } = this.#options;
    if (sink === null) return oldest;
    const note = (namespace: string, at: string | undefined): void => {
      const known = oldest.get(namespace) ?? null;
      const atMs = at === undefined ? null : Date.parse(at);
      oldest.set(namespace, known === null || atMs === null ? (known ?? atMs) : Math.min(known, atMs));
    };
    for (const object of cluster.own.incidents.store.list())
      note(object.metadata.namespace ?? '', (object as RawIncident).status?.entries?.[this.#firstMissing(object)]?.at);
    for (const [namespace, lines] of this.#lost) for (const { entry } of lines) note(namespace, entry.at);
    for (const { current, drafts, earlier } of programme.plans.values())
      for (const { at } of [...earlier.flatMap((record) => record.drafts), ...drafts]) note(current.plan.namespace, at);
    const deciding = new Set(cluster.own.decisions.store.list().flatMap((each) => (mayBeAct(each) ? [each.metadata.namespace ?? ''] : [])));
    for (const namespace of deciding)
      for (const { drafts } of incidentActsIn(namespace, { cluster, programme, nowMs: clock.nowMs() }))
        for (const { at } of drafts) note(namespace, at);
    return oldest;
  }

  async reconcile(namespace: string): Promise<WorkOutcome> {
    const { sink, ways, cluster, log } = this.#options;
    if (sink === null) return { kind: 'Done' };
    const objects = cluster.own.incidents.store.byIndex('namespace', namespace);
    const lost = this.#lost.get(namespace) ?? [];
    let missing = [...lost, ...objects.flatMap((object) => this.#missingOf(object))];
    while (missing.length > 0) {
      const batch = fitting(linesOf(missing));
      const sent = await sendToSink(sink, ways, batch);
      if (!sent.ok) {
        const { message, retryAfterMs } = sent.failure;
        log.warn({ namespace, entries: missing.length, message }, 'the audit sink could not be given entries; it is tried again');
        return { kind: 'Retry', ...(retryAfterMs === null ? {} : { afterMs: retryAfterMs }) };
      }
      this.#acknowledge(namespace, missing.slice(0, batch.length));
      missing = missing.slice(batch.length);
    }
    const saved = await Promise.all(objects.map((object) => this.#save(object)));
    return saved.every(Boolean) ? { kind: 'Done' } : { kind: 'Retry' };
  }

  #acknowledge(namespace: string, batch: readonly AuditLine[]): void {
    for (const { uid, entry } of batch) this.#acknowledged.set(uid, { seq: entry.seq, hash: entry.hash });
    const left = (this.#lost.get(namespace) ?? []).filter((line) => !batch.includes(line));
    if (left.length === 0) this.#lost.delete(namespace);
    else this.#lost.set(namespace, left);
  }

  /** Beside entries that may be appended meanwhile: a lost race is tried again on what stands then. */
  async #save(object: UntypedObject): Promise<boolean> {
    const known = this.#acknowledged.get(object.metadata.uid);
    if (known === undefined) return true;
    const stored = (object as RawIncident).status?.anchored;
    if (stored?.seq === known.seq && stored.hash === known.hash) {
      this.#acknowledged.delete(object.metadata.uid);
      return true;
    }
    const { client } = this.#options.cluster.own.incidents;
    const value = { ...known, at: toInstant(this.#options.clock.nowMs()) };
    const written = await client.patch(
      referenceOf(object),
      [
        { op: 'test', path: '/metadata/uid', value: object.metadata.uid },
        { op: 'add', path: '/status/anchored', value },
      ],
      'status',
    );
    return written.ok || written.failure.kind === 'NotFound';
  }
}

/** Exports each entry once the record holds it, at least once and in the order of the record, until the sink has acknowledged it. */
export function createAnchors(options: AnchorsOptions): Anchors {
  const controller = new AnchorController(options);
  return {
    queue: { name: 'anchor', workers: 4, maxBackoffMs: longestBackoffMs, handle: (namespace) => controller.reconcile(namespace) },
    isOn: options.sink !== null,
    lost: (object) => {
      controller.lost(object);
    },
    oldestUnanchored: () => controller.oldestUnanchored(),
  };
}
