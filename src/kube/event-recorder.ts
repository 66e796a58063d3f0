import type { Clock } from '../shared/clock.ts';
import type { KubeObject } from './kube-object.ts';
import type { Transport } from './transport.ts';

/** One thing that happened to an object, for `kubectl describe` and `kubectl events`. */
export interface RecordedEvent {
  readonly regarding: KubeObject;
  readonly type: 'Normal' | 'Warning';
  /** PascalCase, at most 128 characters. */
  readonly reason: string;
  /** PascalCase verb: what the operator did or tried, e.g. `Engage`. */
  readonly action: string;
  /** Cut at 1024 bytes, as the API asks. */
  readonly note: string;
}

export interface EventRecorderOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** e.g. `modelrisk.dev/operator`. */
  readonly reportingController: string;
  /** Pod name. */
  readonly reportingInstance: string;
  /** The same object, reason and note within this time is one series. */
  readonly windowMs: number;
  /** Waiting events; more are dropped and counted. */
  readonly capacity: number;
  readonly onDropped: (event: RecordedEvent, cause: 'QueueFull' | 'Refused') => void;
}

/** Never blocks, never throws, never fails its caller. */
export interface EventRecorder {
  record(event: RecordedEvent): void;
  /** Sends what waits (and the counts of open series), then accepts nothing more. */
  stop(): Promise<void>;
}

export function createEventRecorder(_options: EventRecorderOptions): EventRecorder {
  throw new Error('not built yet');
}
