import { futureToleranceMs } from '../../core/judge.ts';
import type { Interval, Observation, Served } from '../../core/model/observation.ts';
import type { Clock, EpochMs } from '../../shared/clock.ts';
import { noData } from '../answers.ts';
import type { PushSignal, SignalRequest } from '../port.ts';
import { BoundedEntries, forgottenAfterMs, type InboxBounds, type Kept } from './kept.ts';

/** One number somebody pushed, and whom it is about. */
export interface PushedReading {
  /** As the signal's definition names it. */
  readonly provider: string;
  readonly signal: string;
  readonly namespace: string;
  readonly model: string;
  readonly version: string;
  readonly served: Served;
  readonly value: number;
  readonly sampleCount: number | null;
  readonly interval: Interval | null;
  readonly dataTimeMs: EpochMs;
}

/** How the pushed readings of a policy are known: as the provider of its signals. */
export function inboxKey(policy: string): string {
  return `${policy}/inbox`;
}

/** Keeps the newest reading of each kind by the time of its data. In memory: a restart begins empty. */
export interface PushedReadings {
  keep(reading: PushedReading): Kept;
  observe(request: SignalRequest<PushSignal>): Observation;
}

function keyOf({
  provider,
  signal,
  namespace,
  model,
  version,
  served,
}: Omit<PushedReading, 'value' | 'sampleCount' | 'interval' | 'dataTimeMs'>) {
  return JSON.stringify([provider, signal, namespace, model, version, served]);
}

export function createPushedReadings(clock: Clock, bounds: InboxBounds): PushedReadings {
  const entries = new BoundedEntries<PushedReading>(bounds);
  return {
    keep: (reading) => {
      const { dataTimeMs } = reading;
      const aheadMs = dataTimeMs - clock.nowMs();
      if (aheadMs > futureToleranceMs)
        return {
          kind: 'Future',
          message: `time is ${Math.ceil(aheadMs / 1000)} s ahead of the operator's clock; set the clock, or write when the data was measured`,
        };
      const key = keyOf(reading);
      const known = entries.get(key);
      if (known !== undefined && dataTimeMs < known.dataTimeMs)
        return {
          kind: 'Older',
          message: `a reading of ${new Date(known.dataTimeMs).toISOString()} is kept already, which is newer; nothing is to be done`,
        };
      return entries.set(key, reading, (other) => clock.nowMs() - other.dataTimeMs > forgottenAfterMs);
    },
    observe: ({ signal, identity, served }) => {
      const { provider, query, windowSeconds } = signal;
      const { namespace, model, version } = identity;
      const source = { provider, query: `push of ${query}`, queriedAtMs: clock.nowMs() };
      const known = entries.get(keyOf({ provider, signal: query, namespace, model, version, served }));
      if (known === undefined)
        return noData(
          {
            cause: 'Empty',
            message: `nobody pushed ${query} for ${served.toLowerCase()} answers of version ${version} since the operator started`,
            remedy: 'Push one to /v1/readings; a restart forgets what was pushed before.',
          },
          source,
        );
      const { value, sampleCount, interval, dataTimeMs } = known;
      return { kind: 'Value', value, sampleCount, noiseFloor: null, interval, computation: null, dataTimeMs, windowSeconds, source };
    },
  };
}
