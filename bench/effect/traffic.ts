import type { Clock } from '../../src/shared/clock.ts';
import { startOpenLoop } from '../../testbed/open-loop.ts';
import type { Client } from './wire.ts';

/** What became of one request. */
export type Outcome = { readonly kind: 'Served'; readonly by: string } | { readonly kind: 'Failed'; readonly why: string };

/** Requests at a steady rate, numbered from 0. */
export interface Traffic {
  /** Begun so far: the number the next one gets. */
  begun(): number;
  /** Of those that are over, by number; grows. */
  readonly outcomes: ReadonlyMap<number, Outcome>;
  /** Waits until that many more were begun and all of them are over; answers the numbers: from the first to before the last. */
  measure(count: number): Promise<{ readonly from: number; readonly to: number }>;
  stop(): Promise<void>;
}

export interface TrafficOptions {
  readonly clock: Clock;
  readonly perSecond: number;
  readonly client: Pick<Client, 'call'>;
}

const lookEveryMs = 20;

export function startTraffic({ clock, perSecond, client }: TrafficOptions): Traffic {
  const outcomes = new Map<number, Outcome>();
  const state = { begun: 0 };
  const begin = async (): Promise<void> => {
    const number = state.begun++;
    try {
      outcomes.set(number, { kind: 'Served', by: await client.call(number) });
    } catch (error) {
      outcomes.set(number, { kind: 'Failed', why: error instanceof Error ? error.message : String(error) });
    }
  };
  const loop = startOpenLoop({ clock, perSecond, begin });
  const areOver = (from: number, to: number): boolean => {
    for (let number = from; number < to; number++) if (!outcomes.has(number)) return false;
    return true;
  };
  return {
    begun: () => state.begun,
    outcomes,
    measure: async (count) => {
      const from = state.begun;
      const to = from + count;
      while (!areOver(from, to)) await new Promise<void>((wake) => clock.after(lookEveryMs, wake));
      return { from, to };
    },
    stop: async () => {
      loop.stop();
      await loop.finished;
    },
  };
}
