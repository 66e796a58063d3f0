import type { Clock } from '../shared/clock.ts';
import type { Backoff, Random } from './backoff.ts';

/** Highest first. A key waiting at one priority and added at a higher one moves up, never down. */
export const priorities = ['Engage', 'Reassert', 'Release', 'Status', 'Resync'] as const;
export type Priority = (typeof priorities)[number];

/** What a handler made of one key. */
export type WorkOutcome =
  /** The key's failures are forgotten. */
  | { readonly kind: 'Done' }
  /** Done, and to be looked at again later (timers of the machines). */
  | { readonly kind: 'Again'; readonly afterMs: number; readonly priority: Priority }
  /** Failed: backs off, but never sooner than `afterMs` (Retry-After) where given. */
  | { readonly kind: 'Retry'; readonly afterMs?: number };

/** Facts behind controller-runtime's workqueue metrics. Times in milliseconds. */
export type WorkQueueEvent = { readonly queue: string } & (
  | { readonly kind: 'Added'; readonly priority: Priority; readonly depth: number }
  | { readonly kind: 'Started'; readonly key: string; readonly priority: Priority; readonly depth: number; readonly latencyMs: number }
  | { readonly kind: 'Finished'; readonly key: string; readonly durationMs: number; readonly outcome: WorkOutcome['kind'] | 'Threw' }
  | { readonly kind: 'Retried'; readonly key: string; readonly failures: number; readonly delayMs: number }
  /** The handler rejected: a bug, treated as Retry. */
  | { readonly kind: 'Threw'; readonly key: string; readonly error: unknown }
);

export interface WorkQueueOptions {
  readonly name: string;
  /** How many keys run at once. */
  readonly workers: number;
  readonly handle: (key: string, priority: Priority) => Promise<WorkOutcome>;
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff: Backoff;
  readonly observe: (event: WorkQueueEvent) => void;
}

/**
 * Keyed queue: a key waits at most once, never runs twice at the same time, and runs once more if it was added
 * while running. No added key is lost until `stop`.
 */
export interface WorkQueue {
  add(key: string, priority: Priority): void;
  /** Not before `delayMs`; an earlier wish for the same key wins, a plain `add` overtakes. */
  addAfter(key: string, delayMs: number, priority: Priority): void;
  /** Adds after the key's next backoff delay and returns that delay. */
  retry(key: string, priority: Priority): number;
  /** The next `retry` of the key starts from the first delay again. */
  forget(key: string): void;
  /** Keys ready to run; delayed and running ones don't count. */
  depth(): number;
  start(): void;
  /** Drops what waits, accepts nothing more, resolves when running handlers have ended. */
  stop(): Promise<void>;
  /** Accepts nothing more, runs what is ready, drops what is delayed, resolves when all have ended. */
  drain(): Promise<void>;
}

export function createWorkQueue(_options: WorkQueueOptions): WorkQueue {
  throw new Error('not built yet');
}
