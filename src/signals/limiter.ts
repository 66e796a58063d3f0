export interface LimiterOptions {
  readonly maxConcurrent: number;
  /** Places that only shared tasks may take, so that however slow the owned ones are, a shared one need not wait for them. */
  readonly reservedForShared: number;
  /** Places one owner may take at once. */
  readonly maxPerOwner: number;
}

/** On whose account a task runs, and until when it waits for a place. */
export interface Turn {
  /** Null: shared by all owners, and before any of them. */
  readonly owner: string | null;
  readonly abort: AbortSignal;
}

/** Lets at most a fixed number of tasks run at once. Shared tasks go first, then owners take turns, each owner's tasks in order of arrival. */
export interface Limiter {
  /** Settles as the task does; rejects without having run it when `abort` fires before there was a place. */
  run<Value>(turn: Turn, task: () => Promise<Value>): Promise<Value>;
}

interface Waiting {
  readonly owner: string | null;
  readonly start: () => void;
}

class FairLimiter implements Limiter {
  readonly #options: LimiterOptions;
  readonly #shared = new Set<Waiting>();
  /** In order of their next turn: who was served goes to the end. */
  readonly #owned = new Map<string, Set<Waiting>>();
  readonly #runningOf = new Map<string, number>();
  #running = 0;

  constructor(options: LimiterOptions) {
    this.#options = options;
  }

  run<Value>({ owner, abort }: Turn, task: () => Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#leave(waiting);
        reject(new Error('stopped before there was a place'));
      };
      const start = (): void => {
        abort.removeEventListener('abort', onAbort);
        void task()
          .then(resolve, reject)
          .finally(() => {
            this.#count(owner, -1);
            this.#startNext();
          });
      };
      const waiting: Waiting = { owner, start };
      if (abort.aborted) {
        onAbort();
        return;
      }
      abort.addEventListener('abort', onAbort, { once: true });
      this.#queueOf(owner).add(waiting);
      this.#startNext();
    });
  }

  #queueOf(owner: string | null): Set<Waiting> {
    if (owner === null) return this.#shared;
    const queue = this.#owned.get(owner) ?? new Set();
    this.#owned.set(owner, queue);
    return queue;
  }

  #leave(waiting: Waiting): void {
    const { owner } = waiting;
    const queue = owner === null ? this.#shared : this.#owned.get(owner);
    queue?.delete(waiting);
    if (owner !== null && queue?.size === 0) this.#owned.delete(owner);
  }

  #startNext(): void {
    for (let next = this.#next(); next !== null; next = this.#next()) {
      this.#leave(next);
      this.#count(next.owner, 1);
      next.start();
    }
  }

  #next(): Waiting | null {
    const { maxConcurrent, reservedForShared, maxPerOwner } = this.#options;
    if (this.#running >= maxConcurrent) return null;
    const [shared] = this.#shared;
    if (shared !== undefined) return shared;
    const ownedRunning = [...this.#runningOf.values()].reduce((sum, count) => sum + count, 0);
    if (ownedRunning >= maxConcurrent - reservedForShared) return null;
    for (const [owner, queue] of this.#owned) {
      const [waiting] = queue;
      if (waiting === undefined || (this.#runningOf.get(owner) ?? 0) >= maxPerOwner) continue;
      this.#owned.delete(owner);
      this.#owned.set(owner, queue);
      return waiting;
    }
    return null;
  }

  #count(owner: string | null, by: 1 | -1): void {
    this.#running += by;
    if (owner === null) return;
    const running = (this.#runningOf.get(owner) ?? 0) + by;
    if (running === 0) this.#runningOf.delete(owner);
    else this.#runningOf.set(owner, running);
  }
}

export function createLimiter(options: LimiterOptions): Limiter {
  return new FairLimiter(options);
}
