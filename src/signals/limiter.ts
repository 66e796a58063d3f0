/** Lets at most a fixed number of tasks run at once; the others wait in order of arrival. */
export interface Limiter {
  /** Settles as the task does. */
  run<Value>(task: () => Promise<Value>): Promise<Value>;
}

export function createLimiter(maxConcurrent: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function run<Value>(task: () => Promise<Value>): Promise<Value> {
    if (running >= maxConcurrent) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // The place is handed on, not freed: nobody can slip in before the one who waited.
      if (next === undefined) running -= 1;
      else next();
    }
  }

  return { run };
}
