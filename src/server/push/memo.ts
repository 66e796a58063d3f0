import type { Clock, EpochMs } from '../../shared/clock.ts';

/** Answers that hold for a while, at most `capacity` of them. */
export interface Memo<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value, holdsMs: number): void;
}

/** The oldest goes first when there are more: what is asked for often was set lately. */
export function createMemo<Value>(clock: Clock, capacity: number): Memo<Value> {
  const entries = new Map<string, { readonly value: Value; readonly untilMs: EpochMs }>();
  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry === undefined || entry.untilMs > clock.nowMs()) return entry?.value;
      entries.delete(key);
      return undefined;
    },
    set: (key, value, holdsMs) => {
      entries.delete(key);
      const [oldest] = entries.keys();
      if (entries.size >= capacity && oldest !== undefined) entries.delete(oldest);
      entries.set(key, { value, untilMs: clock.nowMs() + holdsMs });
    },
  };
}
