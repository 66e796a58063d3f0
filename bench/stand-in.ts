import { startPrometheusStandIn } from '../testbed/prometheus-stand-in.ts';
import type { PrometheusStandIn } from '../testbed/prometheus-stand-in.ts';
import { wallClockMs } from '../testbed/wall-clock.ts';
import type { Sighting } from './breach-run.ts';
import { intervalSeconds } from './fleet.ts';
import { standInSeries } from './signal-board.ts';
import type { SignalBoard } from './signal-board.ts';

/** The board behind a query API, with the moment each breach was first answered. */
export interface StampingProvider {
  readonly url: string;
  /** Makes the model bad: visible from that moment, because whoever asks next is told. */
  strike(model: string): Promise<Sighting>;
  /** Times between the operator's questions. */
  gapsMs(): readonly number[];
  stop(): Promise<void>;
}

/** Nobody asked for that long: the breach then counts as never answered. */
const patienceMs = 10 * intervalSeconds * 1000;

export async function startStampingProvider(board: SignalBoard): Promise<StampingProvider> {
  const standIn: PrometheusStandIn = await startPrometheusStandIn();
  const waiting = new Set<(servedAtMs: number | null) => void>();
  // The answer is made and its time stamped in one turn of the event loop, so whoever waits was in it.
  standIn.answerOthers({ kind: 'Vector', series: () => standInSeries(board, wallClockMs()) });
  standIn.onServed(({ servedAtMs }) => {
    for (const tell of waiting) tell(servedAtMs);
    waiting.clear();
  });
  return {
    url: standIn.url,
    strike: (model) =>
      new Promise((resolve) => {
        board.setBad(model, true);
        const visibleAtMs = wallClockMs();
        const tell = (servedAtMs: number | null): void => {
          clearTimeout(timer);
          waiting.delete(tell);
          resolve({ visibleAtMs, servedAtMs });
        };
        const timer = setTimeout(tell, patienceMs, null);
        waiting.add(tell);
      }),
    gapsMs: () => standIn.queries.slice(1).map(({ arrivedAtMs }, index) => arrivedAtMs - (standIn.queries[index]?.arrivedAtMs ?? NaN)),
    stop: () => standIn.stop(),
  };
}
