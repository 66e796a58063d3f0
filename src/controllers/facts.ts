import { toFact, writeFactLine } from '../api/fact-line.ts';
import { toInstant } from '../api/instant.ts';
import { factID, factStart, sealFact } from '../core/fact-chain.ts';
import type { FactDraft, FactEnd, FactTail } from '../core/fact-chain.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { Store, StoreChange } from '../kube/store.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { hashText } from './evidence.ts';
import type { FactHead } from './fact-head.ts';
import type { NoticeWays } from './notices.ts';
import type { QueueDefinition } from './queues.ts';
import { fitting, sendToSink } from './sink.ts';
import type { AuditSink, SinkLine } from './sink.ts';

export interface FactsOptions {
  readonly cluster: {
    readonly own: Readonly<
      Record<'policies' | 'risks' | 'decisions' | 'incidents', { readonly store: Pick<Store<UntypedObject>, 'list' | 'subscribe'> }>
    >;
  };
  /** Null: nothing is exported, and nothing is kept for it. */
  readonly sink: AuditSink | null;
  readonly head: FactHead;
  readonly ways: NoticeWays;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What due dates and figures of the programme rest on, told to the audit sink as it is seen. */
export interface Facts {
  /** It has one key. */
  readonly queue: QueueDefinition;
  readonly isOn: boolean;
  /** Notes all there is, then what changes; until the returned end. `wake` is called when there is something to send. */
  follow(wake: () => void): () => void;
  /** By namespace, the oldest that the sink has not acknowledged; of what belongs to no namespace under the empty one. */
  oldestUnsent(): ReadonlyMap<string, EpochMs>;
}

/** While the sink is down, or the head can't be read, beyond so many only the newest of each object waits: changes may not fill the memory protection needs. */
const mostWaiting = 5000;
/** As entries are. */
const longestBackoffMs = 15_000;

/** A spec changes with its generation only: what is large is not read at each write of a status. */
function restOf(content: FactDraft['content']): string {
  const { spec: _, ...rest } = content as { readonly [field: string]: JSONValue };
  return canonicalJSON(rest);
}

interface Leaving {
  readonly draft: FactDraft;
  readonly line: SinkLine;
  readonly tail: FactTail;
}

/** Each only when it is asked for: of thousands that wait one request takes few. */
function* lazily<From, To>(all: readonly From[], make: (from: From) => To): Generator<To> {
  for (const each of all) yield make(each);
}

class FactBook implements Facts {
  readonly queue: QueueDefinition;
  readonly isOn: boolean;
  readonly #options: FactsOptions;
  /** By uid: what was said of it last. */
  readonly #told = new Map<string, string>();
  /** Not yet part of the chain. */
  #waiting: FactDraft[] = [];
  /** What leaves now, the same at each attempt. */
  #leaving: readonly Leaving[] = [];
  /** As the cluster says it; null: not read yet, or another said something else there. */
  #known: FactEnd | null = null;
  /** Of what was sealed last, or where this run begins. */
  #tail: FactTail = factStart('');
  /** Newest the sink acknowledged; null: the cluster knows it. */
  #acknowledged: FactTail | null = null;
  /** By namespace, the oldest that was dropped since the sink had all: dropping makes nothing younger. */
  readonly #droppedSince = new Map<string, EpochMs>();

  constructor(options: FactsOptions) {
    this.#options = options;
    this.isOn = options.sink !== null;
    this.queue = { name: 'facts', workers: 1, maxBackoffMs: longestBackoffMs, handle: () => this.#send() };
  }

  follow(wake: () => void): () => void {
    const { policies, risks, decisions, incidents } = this.#options.cluster.own;
    const views = [
      ['RiskPolicy', policies],
      ['ModelRisk', risks],
      ['RiskDecision', decisions],
      ['RiskIncident', incidents],
    ] as const;
    const note = (kind: FactDraft['kind'], object: UntypedObject, event: FactDraft['event']): void => {
      if (this.#note(kind, object, event)) wake();
    };
    for (const [kind, { store }] of views) for (const object of store.list()) note(kind, object, 'Seen');
    const ends = views.map(([kind, { store }]) =>
      store.subscribe(({ kind: change, object }: StoreChange<UntypedObject>) => {
        note(kind, object, change === 'Deleted' ? 'Gone' : 'Seen');
      }),
    );
    return () => {
      for (const end of ends) end();
    };
  }

  oldestUnsent(): ReadonlyMap<string, EpochMs> {
    const oldest = new Map(this.#droppedSince);
    for (const { namespace, at } of [...this.#leaving.map(({ draft }) => draft), ...this.#waiting])
      oldest.set(namespace, Math.min(Date.parse(at), oldest.get(namespace) ?? Infinity));
    return oldest;
  }

  /** Whether it is news: most writes of a status change nothing that counts here. */
  #note(kind: FactDraft['kind'], object: UntypedObject, event: FactDraft['event']): boolean {
    const at = toInstant(this.#options.clock.nowMs());
    const draft = toFact(kind, object, { at, event });
    const { uid, generation = 1 } = object.metadata;
    const text = `${event} ${generation} ${restOf(draft.content)}`;
    if (this.#told.get(uid) === text) return false;
    if (event === 'Gone') this.#told.delete(uid);
    else this.#told.set(uid, text);
    this.#waiting.push(draft);
    return true;
  }

  /** The next of what waits, as much as one request takes. */
  #seal(): void {
    const sealed: Leaving[] = [];
    const seal = (draft: FactDraft): SinkLine => {
      const tail = sealFact(sealed.at(-1)?.tail ?? this.#tail, draft, hashText);
      const line = { id: factID(tail), text: writeFactLine(tail) };
      sealed.push({ draft, line, tail });
      return line;
    };
    const { length } = fitting(lazily(this.#waiting, seal));
    this.#leaving = sealed.slice(0, length);
    this.#tail = this.#leaving.at(-1)?.tail ?? this.#tail;
    this.#waiting = this.#waiting.slice(length);
  }

  #thin(): void {
    if (this.#waiting.length <= mostWaiting) return;
    const newest = new Map(this.#waiting.map((draft) => [draft.uid, draft]));
    const thinned = this.#waiting.filter((draft) => newest.get(draft.uid) === draft);
    const dropped = this.#waiting.filter((draft) => newest.get(draft.uid) !== draft);
    for (const { namespace, at } of dropped)
      this.#droppedSince.set(namespace, Math.min(Date.parse(at), this.#droppedSince.get(namespace) ?? Infinity));
    if (dropped.length > 0)
      this.#options.log.error(
        { dropped: dropped.length },
        'facts wait for long to leave for the audit sink: only the newest of each object is kept',
      );
    this.#waiting = thinned;
  }

  /** Where the run before came to, in the sink's own words: this one links its first fact to it. */
  async #begin(): Promise<boolean> {
    if (this.#known !== null) return true;
    const { head, clock, log } = this.#options;
    const read = await head.read();
    if (!read.ok) {
      if (read.failure.kind === 'Failed')
        log.warn({ message: read.failure.message }, 'how far the audit sink has come in facts could not be read; it is tried again');
      return false;
    }
    const { chain, run, seq, hash } = read.value;
    // Two runs of one name could not be told apart.
    const nowMs = Math.max(clock.nowMs(), (Date.parse(this.#tail.run) || 0) + 1, (Date.parse(run) || 0) + 1);
    this.#known = read.value;
    this.#acknowledged = null;
    this.#tail = factStart(toInstant(nowMs), { follows: { chain, run, seq }, hash });
    return true;
  }

  /** Once what waits is with the sink, not once a request. A process that ends before it is followed by one that links to an earlier fact. */
  async #keep(): Promise<boolean> {
    const { head, clock, log } = this.#options;
    const [known, newest] = [this.#known, this.#acknowledged];
    if (known === null || newest === null) return true;
    const { run, seq, hash } = newest;
    const written = await head.write(known, { chain: known.chain, run, seq, hash, at: toInstant(clock.nowMs()) });
    if (written.ok) this.#known = written.value;
    else if (written.failure.kind === 'Failed') {
      log.warn({ message: written.failure.message }, 'how far the audit sink has come in facts could not be kept; it is tried again');
      return false;
    } else {
      log.error(
        { run, seq },
        'the chain of facts was gone on with by another, or its head was changed; what is told from here on follows what stands there',
      );
      this.#known = null;
    }
    this.#acknowledged = null;
    return true;
  }

  async #send(): Promise<WorkOutcome> {
    const { sink, ways, log } = this.#options;
    if (sink === null) return { kind: 'Done' };
    while (this.#leaving.length + this.#waiting.length > 0) {
      if (this.#leaving.length === 0) {
        if (!(await this.#begin())) {
          this.#thin();
          return { kind: 'Retry' };
        }
        this.#seal();
      }
      const sent = await sendToSink(
        sink,
        ways,
        this.#leaving.map(({ line }) => line),
      );
      if (!sent.ok) {
        const { message, retryAfterMs } = sent.failure;
        const facts = this.#leaving.length + this.#waiting.length;
        log.warn({ facts, message }, 'the audit sink could not be given facts; it is tried again');
        this.#thin();
        await this.#keep();
        return { kind: 'Retry', ...(retryAfterMs === null ? {} : { afterMs: retryAfterMs }) };
      }
      this.#acknowledged = this.#leaving.at(-1)?.tail ?? this.#acknowledged;
      this.#leaving = [];
    }
    this.#droppedSince.clear();
    return (await this.#keep()) ? { kind: 'Done' } : { kind: 'Retry' };
  }
}

/** Every start tells the sink anew what there is: what changed while no operator ran is seen then. */
export function createFacts(options: FactsOptions): Facts {
  return new FactBook(options);
}
