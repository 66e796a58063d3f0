import { toFact, writeFactLine } from '../api/fact-line.ts';
import { toInstant } from '../api/instant.ts';
import { factID, factStart, sealFact } from '../core/fact-chain.ts';
import type { Fact, FactDraft, FactTail } from '../core/fact-chain.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { StoreChange } from '../kube/store.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Cluster } from './cluster.ts';
import { hashText } from './evidence.ts';
import type { NoticeWays } from './notices.ts';
import type { QueueDefinition } from './queues.ts';
import { sendToSink } from './sink.ts';
import type { AuditSink } from './sink.ts';

export interface FactsOptions {
  readonly cluster: { readonly own: Pick<Cluster['own'], 'policies' | 'risks' | 'decisions' | 'incidents'> };
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

const batchSize = 200;
/** As entries are. */
const longestBackoffMs = 15_000;

/** A spec changes with its generation only: what is large is not read at each write of a status. */
function restOf(content: FactDraft['content']): string {
  const { spec: _, ...rest } = content as { readonly [field: string]: JSONValue };
  return canonicalJSON(rest);
}

class FactBook implements Facts {
  readonly queue: QueueDefinition;
  readonly isOn: boolean;
  readonly #options: FactsOptions;
  /** By uid: what was said of it last. */
  readonly #told = new Map<string, string>();
  #pending: Fact[] = [];
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
    for (const { namespace, at } of this.#pending) if (!oldest.has(namespace)) oldest.set(namespace, Date.parse(at));
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
    const fact = sealFact(this.#tail ?? factStart(at), draft, hashText);
    this.#tail = fact;
    this.#pending.push(fact);
    return true;
  }

  async #send(): Promise<WorkOutcome> {
    const { sink, ways, log } = this.#options;
    while (sink !== null && this.#pending.length > 0) {
      const batch = this.#pending.slice(0, batchSize);
      const lines = batch.map((fact) => ({ id: factID(fact), text: writeFactLine(fact) }));
      const sent = await sendToSink(sink, ways, lines);
      if (!sent.ok) {
        const { message, retryAfterMs } = sent.failure;
        log.warn({ facts: this.#pending.length, message }, 'the audit sink could not be given facts; it is tried again');
        return { kind: 'Retry', ...(retryAfterMs === null ? {} : { afterMs: retryAfterMs }) };
      }
      this.#pending = this.#pending.slice(batch.length);
    }
    return { kind: 'Done' };
  }
}

/** Every start tells the sink anew what there is: what changed while no operator ran is seen then. */
export function createFacts(options: FactsOptions): Facts {
  return new FactBook(options);
}
