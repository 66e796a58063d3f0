import type { NoDataCause, Observation, ObservationSource, SignalErrorCause } from '../core/model/observation.ts';
import { maxMessageLength } from './provider.ts';
import type { SignalAnswer, SignalRequest } from './port.ts';

/** What became of one query, for metrics and logs; `result` is `Success`, the cause of the failure, or `Crowded` where it waited for its turn for too long. */
export interface QueryRecord {
  readonly provider: string;
  readonly result: 'Success' | 'Crowded' | SignalErrorCause;
  readonly durationMs: number;
  readonly series: number;
  /** Warnings and infos of the provider about its own answer. */
  readonly notices: readonly string[];
}

export interface Missing {
  readonly cause: NoDataCause;
  readonly message: string;
  /** What to do about it; left out: look at the provider. */
  readonly remedy?: string;
}

/** The same for every request, without asking anyone. */
export function answerAll(requests: readonly SignalRequest[], observation: Observation): readonly SignalAnswer[] {
  return requests.map(({ key }) => ({ key, observation }));
}

export function error(cause: SignalErrorCause, message: string, source: ObservationSource): Observation {
  return { kind: 'Error', cause, message: message.slice(0, maxMessageLength), source };
}

export function noData({ cause, message, remedy }: Missing, source: ObservationSource): Observation {
  return { kind: 'NoData', cause, message: message.slice(0, maxMessageLength), ...(remedy === undefined ? {} : { remedy }), source };
}
