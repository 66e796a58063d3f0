import { toFact, writeFactLine } from '../api/fact-line.ts';
import { toInstant } from '../api/instant.ts';
import { factID, factStart, sealFact } from '../core/fact-chain.ts';
import type { FactDraft, FactTail } from '../core/fact-chain.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { Store, StoreChange } from '../kube/store.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { hashText } from './evidence.ts';
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

/** While the sink is down, beyond so many only the newest of each object waits: changes may not fill the memory protection needs. */
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
  #tail: FactTail | null = null;

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
    const oldest = new Map<string, EpochMs>();
    for (const { namespace, at } of [...this.#leaving.map(({ draft }) => draft), ...this.#waiting])
      if (!oldest.has(namespace)) oldest.set(namespace, Date.parse(at));
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
      const tail = sealFact(sealed.at(-1)?.tail ?? this.#tail ?? factStart(draft.at), draft, hashText);
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
    const dropped = this.#waiting.length - thinned.length;
    if (dropped > 0)
      this.#options.log.error({ dropped }, 'the audit sink is down for long: of facts that wait only the newest of each object is kept');
    this.#waiting = thinned;
  }

  async #send(): Promise<WorkOutcome> {
    const { sink, ways, log } = this.#options;
    while (sink !== null && this.#leaving.length + this.#waiting.length > 0) {
      if (this.#leaving.length === 0) this.#seal();
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
        return { kind: 'Retry', ...(retryAfterMs === null ? {} : { afterMs: retryAfterMs }) };
      }
      this.#leaving = [];
    }
    return { kind: 'Done' };
  }
}

/** Every start tells the sink anew what there is: what changed while no operator ran is seen then. */
export function createFacts(options: FactsOptions): Facts {
  return new FactBook(options);
}
