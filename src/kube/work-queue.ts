import type { Cancel, Clock, EpochMs } from '../shared/clock.ts';
import { backoffMs } from './backoff.ts';
import type { Backoff, Random } from './backoff.ts';

/** Highest first. A key waiting at one priority and added at a higher one moves up, never down. */
export const priorities = ['Engage', 'Reassert', 'Release', 'Status', 'Resync'] as const;
export type Priority = (typeof priorities)[number];

/** What a handler made of one key. */
export type WorkOutcome =
  /** The key's failures are forgotten. */
  | { readonly kind: 'Done' }
  /** Done, and to be looked at again later (timers of the machines). The next run of the key supersedes the wish. */
  | { readonly kind: 'Again'; readonly afterMs: number; readonly priority: Priority }
  /** Failed: runs again at its priority after the backoff, but never sooner than `afterMs` (Retry-After) where given. */
  | { readonly kind: 'Retry'; readonly afterMs?: number };

/** Facts behind controller-runtime's workqueue metrics. Times in milliseconds. */
export type WorkQueueEvent = { readonly queue: string } & QueueFact;

type QueueFact =
  /** A key began to wait; adding a waiting key again is no event. */
  | { readonly kind: 'Added'; readonly key: string; readonly priority: Priority; readonly depth: number }
  | { readonly kind: 'Started'; readonly key: string; readonly priority: Priority; readonly depth: number; readonly latencyMs: number }
  | { readonly kind: 'Finished'; readonly key: string; readonly durationMs: number; readonly outcome: WorkOutcome['kind'] | 'Threw' }
  | { readonly kind: 'Retried'; readonly key: string; readonly failures: number; readonly delayMs: number }
  /** The handler rejected: a bug, treated as Retry. */
  | { readonly kind: 'Threw'; readonly key: string; readonly error: unknown };

export interface WorkQueueOptions {
  readonly name: string;
  /** How many keys run at once. */
  readonly workers: number;
  readonly handle: (key: string, priority: Priority) => Promise<WorkOutcome>;
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff: Backoff;
  readonly observe: (event: WorkQueueEvent) => void;
  /** Asked before each key begins, when given. While it says no, keys wait; `resume` asks again. */
  readonly mayBegin?: () => boolean;
}

/**
 * Keyed queue: a key waits at most once, never runs twice at the same time, and runs once more if it was added
 * while running. No added key is lost until `stop`.
 */
export interface WorkQueue {
  add(key: string, priority: Priority): void;
  /** Not before `delayMs`. Of several wishes for one key the earliest stands, at the highest priority asked for. */
  addAfter(key: string, delayMs: number, priority: Priority): void;
  /** Adds after the key's next backoff delay and returns that delay; a run before then supersedes it. */
  retry(key: string, priority: Priority): number;
  /** The next `retry` of the key starts from the first delay again. */
  forget(key: string): void;
  /** Keys ready to run; delayed and running ones don't count. */
  depth(): number;
  /** A key of that priority is ready to run or runs; one that waits for its backoff is neither. */
  isBusyWith(priority: Priority): boolean;
  /** Asks `mayBegin` again. */
  resume(): void;
  /** Nothing runs before; keys may be added. */
  start(): void;
  /** Drops what waits, accepts nothing more, resolves when running handlers have ended. */
  stop(): Promise<void>;
  /** Accepts nothing more, runs what is ready, drops what is delayed, resolves when all have ended. */
  drain(): Promise<void>;
}

export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  return new KeyedWorkQueue(options);
}

interface Waiting {
  readonly priority: Priority;
  readonly sinceMs: EpochMs;
}

interface Running {
  readonly priority: Priority;
  /** At which the key was added since it began. */
  readonly meanwhile: Priority | null;
}

class KeyedWorkQueue implements WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #ready: ReadonlyMap<Priority, Map<string, Waiting>> = new Map(
    priorities.map((priority) => [priority, new Map<string, Waiting>()]),
  );
  readonly #running = new Map<string, Running>();
  readonly #failures = new Map<string, number>();
  /** Callers' wishes stand until due; those of outcomes only until the key's next run. */
  readonly #wished: Delays;
  readonly #requeued: Delays;
  #state: 'New' | 'Open' | 'Draining' | 'Stopped' = 'New';
  #pumpPlanned = false;
  #whenIdle: (() => void)[] = [];

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    const due = (key: string, priority: Priority): void => {
      this.add(key, priority);
    };
    this.#wished = createDelays(options.clock, due);
    this.#requeued = createDelays(options.clock, due);
  }

  add(key: string, priority: Priority): void {
    if (this.#closed()) return;
    this.#enqueue(key, priority);
  }

  addAfter(key: string, delayMs: number, priority: Priority): void {
    if (this.#closed()) return;
    if (delayMs <= 0) this.#enqueue(key, priority);
    else this.#wished.set(key, delayMs, priority);
  }

  retry(key: string, priority: Priority): number {
    return this.#retryAfter(key, priority, 0);
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  depth(): number {
    let depth = 0;
    for (const waiting of this.#ready.values()) depth += waiting.size;
    return depth;
  }

  isBusyWith(priority: Priority): boolean {
    if ((this.#ready.get(priority)?.size ?? 0) > 0) return true;
    return [...this.#running.values()].some((running) => running.priority === priority || running.meanwhile === priority);
  }

  resume(): void {
    this.#planPump();
  }

  start(): void {
    if (this.#state !== 'New') return;
    this.#state = 'Open';
    this.#planPump();
  }

  stop(): Promise<void> {
    this.#state = 'Stopped';
    this.#dropDelayed();
    for (const waiting of this.#ready.values()) waiting.clear();
    return this.#idle();
  }

  drain(): Promise<void> {
    if (this.#state !== 'Stopped') this.#state = 'Draining';
    this.#dropDelayed();
    this.#planPump();
    return this.#idle();
  }

  #enqueue(key: string, priority: Priority): void {
    const running = this.#running.get(key);
    if (running !== undefined) {
      const meanwhile = running.meanwhile === null ? priority : higher(running.meanwhile, priority);
      this.#running.set(key, { priority: running.priority, meanwhile });
      return;
    }
    const waiting = this.#waitingEntry(key);
    if (waiting !== null && higher(waiting.priority, priority) === waiting.priority) return;
    if (waiting !== null) this.#ready.get(waiting.priority)?.delete(key);
    this.#ready.get(priority)?.set(key, { priority, sinceMs: waiting?.sinceMs ?? this.#options.clock.nowMs() });
    if (waiting === null) this.#observe({ kind: 'Added', key, priority, depth: this.depth() });
    this.#planPump();
  }

  #waitingEntry(key: string): Waiting | null {
    for (const waiting of this.#ready.values()) {
      const entry = waiting.get(key);
      if (entry !== undefined) return entry;
    }
    return null;
  }

  /** Keys added in one turn of the event loop are sorted by priority before the first one runs. */
  #planPump(): void {
    if (this.#pumpPlanned || this.#state === 'New') return;
    this.#pumpPlanned = true;
    queueMicrotask(() => {
      this.#pumpPlanned = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#running.size < this.#options.workers && this.#mayBegin()) {
      const next = this.#takeNext();
      if (next === null) break;
      void this.#run(next.key, next.waiting);
    }
    if (this.#running.size > 0 || this.depth() > 0) return;
    const waiters = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of waiters) resolve();
  }

  /** What is ready when the queue is drained runs, whoever has the right of way. */
  #mayBegin(): boolean {
    return this.#state === 'Draining' || (this.#options.mayBegin?.() ?? true);
  }

  #takeNext(): { readonly key: string; readonly waiting: Waiting } | null {
    for (const waiting of this.#ready.values()) {
      for (const [key, entry] of waiting) {
        waiting.delete(key);
        return { key, waiting: entry };
      }
    }
    return null;
  }

  async #run(key: string, waiting: Waiting): Promise<void> {
    const { clock, handle } = this.#options;
    const startedMs = clock.nowMs();
    this.#running.set(key, { priority: waiting.priority, meanwhile: null });
    this.#requeued.drop(key);
    this.#observe({ kind: 'Started', key, priority: waiting.priority, depth: this.depth(), latencyMs: startedMs - waiting.sinceMs });
    let outcome: WorkOutcome | 'Threw';
    try {
      outcome = await handle(key, waiting.priority);
    } catch (error) {
      outcome = 'Threw';
      this.#observe({ kind: 'Threw', key, error });
    }
    const meanwhile = this.#running.get(key)?.meanwhile ?? null;
    this.#running.delete(key);
    this.#observe({ kind: 'Finished', key, durationMs: clock.nowMs() - startedMs, outcome: outcome === 'Threw' ? 'Threw' : outcome.kind });
    this.#settle(key, waiting.priority, outcome === 'Threw' ? { kind: 'Retry' } : outcome);
    if (meanwhile !== null && this.#state !== 'Stopped') this.#enqueue(key, meanwhile);
    this.#planPump();
  }

  #settle(key: string, priority: Priority, outcome: WorkOutcome): void {
    if (outcome.kind !== 'Retry') this.forget(key);
    if (this.#closed()) return;
    if (outcome.kind === 'Again') this.#requeued.set(key, outcome.afterMs, outcome.priority);
    if (outcome.kind === 'Retry') this.#retryAfter(key, priority, outcome.afterMs ?? 0);
  }

  #retryAfter(key: string, priority: Priority, leastMs: number): number {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    const delayMs = Math.max(leastMs, backoffMs(this.#options.backoff, failures, this.#options.random));
    if (this.#closed()) return delayMs;
    this.#failures.set(key, failures);
    this.#requeued.set(key, delayMs, priority);
    this.#observe({ kind: 'Retried', key, failures, delayMs });
    return delayMs;
  }

  #dropDelayed(): void {
    this.#wished.clear();
    this.#requeued.clear();
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
      // A queue that never started has nothing running and will not pump.
      if (this.#state === 'Stopped') this.#pump();
    });
  }

  #closed(): boolean {
    return this.#state === 'Draining' || this.#state === 'Stopped';
  }

  #observe(fact: QueueFact): void {
    this.#options.observe({ queue: this.#options.name, ...fact });
  }
}

function higher(left: Priority, right: Priority): Priority {
  return priorities.indexOf(left) <= priorities.indexOf(right) ? left : right;
}

interface Delays {
  /** The earliest of several wishes for a key stands, at the highest of their priorities. */
  set(key: string, delayMs: number, priority: Priority): void;
  drop(key: string): void;
  clear(): void;
}

function createDelays(clock: Clock, due: (key: string, priority: Priority) => void): Delays {
  const pending = new Map<string, { readonly dueMs: EpochMs; readonly priority: Priority; readonly cancel: Cancel }>();
  const drop = (key: string): void => {
    pending.get(key)?.cancel();
    pending.delete(key);
  };
  return {
    set(key, delayMs, asked) {
      const known = pending.get(key);
      const dueMs = Math.min(clock.nowMs() + delayMs, known?.dueMs ?? Infinity);
      const priority = known === undefined ? asked : higher(known.priority, asked);
      drop(key);
      const cancel = clock.after(dueMs - clock.nowMs(), () => {
        pending.delete(key);
        due(key, priority);
      });
      pending.set(key, { dueMs, priority, cancel });
    },
    drop,
    clear() {
      for (const key of [...pending.keys()]) drop(key);
    },
  };
}
