import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Default 10,000. */
  readonly timeoutMs?: number;
  /** Default 25. */
  readonly everyMs?: number;
}

/**
 * Asks until the answer is neither null nor false, and answers it. A rejection counts as "not yet"; the last one becomes
 * the cause of the error thrown at the deadline.
 */
export async function eventually<Value>(ask: () => Promise<Value | null | false>, options: EventuallyOptions = {}): Promise<Value> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const deadline = performance.now() + timeoutMs;
  let cause: Error | undefined;
  do {
    try {
      const answer = await ask();
      if (answer !== null && answer !== false) return answer;
    } catch (error) {
      cause = error instanceof Error ? error : new Error(JSON.stringify(error));
    }
    await delay(options.everyMs ?? 25);
  } while (performance.now() < deadline);
  throw new Error(`not within ${timeoutMs} ms: ${cause?.message ?? ask.toString().slice(0, 200)}`, { cause });
}
