import { createHash } from 'node:crypto';
import type { Cancel, Clock, EpochMs } from '../shared/clock.ts';
import type { JSONValue } from '../shared/json.ts';
import type { APIFailure } from './api-failure.ts';
import type { KubeObject, ResourceType } from './kube-object.ts';
import { microTime } from './micro-time.ts';
import { resourcePath } from './resource-client.ts';
import type { APIRequest, Transport } from './transport.ts';

/** One thing that happened to an object, for `kubectl describe` and `kubectl events`. */
export interface RecordedEvent {
  readonly regarding: KubeObject;
  readonly type: 'Normal' | 'Warning';
  /** PascalCase, at most 128 characters. */
  readonly reason: string;
  /** PascalCase verb: what the operator did or tried, e.g. `Engage`. */
  readonly action: string;
  /** Cut at 1024 bytes of UTF-8, the API's limit (its refusal calls them characters). */
  readonly note: string;
}

/** `QueueFull`: more waited than `capacity`. `Refused`: the server said no, or was away through all attempts. */
type EventDropCause = 'QueueFull' | 'Refused';

export interface EventRecorderOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** e.g. `modelrisk.dev/operator`. */
  readonly reportingController: string;
  /** Pod name. */
  readonly reportingInstance: string;
  /** The same object, reason and note within this time of the first is one series: one event at once, its count at the end. */
  readonly windowMs: number;
  /** Waiting events, and open series; more are dropped and counted. */
  readonly capacity: number;
  readonly onDropped: (event: RecordedEvent, cause: EventDropCause) => void;
}

/** Never blocks, never throws, never fails its caller. */
export interface EventRecorder {
  record(event: RecordedEvent): void;
  /** Sends what waits and the counts of open series, then accepts nothing more. */
  stop(): Promise<void>;
}

export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  return new Recorder(options);
}

const eventResource: ResourceType = { group: 'events.k8s.io', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };
const attempts = 3;
const retryMs = 1_000;
const longestNoteBytes = 1024;

/** Repeats of one event. `created` is false while the first one waits or failed: there is nothing to count on then. */
interface Series {
  readonly event: RecordedEvent;
  readonly name: string;
  count: number;
  lastMs: EpochMs;
  created: boolean;
  readonly cancelEnd: Cancel;
}

interface Job {
  readonly event: RecordedEvent;
  readonly request: APIRequest;
  readonly onSent: () => void;
}

class Recorder implements EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #series = new Map<string, Series>();
  readonly #jobs: Job[] = [];
  #sending: Promise<void> | null = null;
  #endPause: () => void = () => undefined;
  #stopped = false;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  record(event: RecordedEvent): void {
    if (this.#stopped) return;
    const { clock, capacity, windowMs, onDropped } = this.#options;
    const key = seriesKey(event);
    const nowMs = clock.nowMs();
    const known = this.#series.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.lastMs = nowMs;
      return;
    }
    if (this.#jobs.length >= capacity || this.#series.size >= capacity) {
      onDropped(event, 'QueueFull');
      return;
    }
    const cancelEnd = clock.after(windowMs, () => {
      this.#endSeries(key);
    });
    const series: Series = {
      event,
      name: eventName(event, nowMs, this.#options.reportingInstance),
      count: 1,
      lastMs: nowMs,
      created: false,
      cancelEnd,
    };
    this.#series.set(key, series);
    const onSent = (): void => {
      series.created = true;
    };
    this.#enqueue({ event, request: this.#createRequest(series, nowMs), onSent });
  }

  async stop(): Promise<void> {
    if (!this.#stopped) {
      this.#stopped = true;
      this.#endPause();
      // The first events must have been sent before their counts can be.
      await this.#sending;
      for (const key of [...this.#series.keys()]) this.#endSeries(key);
    }
    await this.#sending;
  }

  #endSeries(key: string): void {
    const series = this.#series.get(key);
    if (series === undefined) return;
    series.cancelEnd();
    this.#series.delete(key);
    if (series.count > 1 && series.created) this.#enqueue({ event: series.event, request: countRequest(series), onSent: () => undefined });
  }

  #enqueue(job: Job): void {
    this.#jobs.push(job);
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
  }

  async #sendAll(): Promise<void> {
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) await this.#send(job);
  }

  async #send(job: Job): Promise<void> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const answer = await this.#options.transport.request(job.request);
      if (answer.ok || isRepeat(answer.failure)) {
        job.onSent();
        return;
      }
      if (!isPassing(answer.failure) || this.#stopped) break;
      await this.#pause(answer.failure.kind === 'Throttled' ? (answer.failure.retryAfterMs ?? retryMs) : retryMs);
    }
    this.#options.onDropped(job.event, 'Refused');
  }

  /** Ends early when the recorder is stopped: leaving must not wait for a server that asks for patience. */
  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(delayMs, resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
  }

  #createRequest(series: Series, nowMs: EpochMs): APIRequest {
    const { event, name } = series;
    const { metadata, apiVersion, kind } = event.regarding;
    const namespace = eventNamespace(event);
    return {
      method: 'POST',
      path: resourcePath(eventResource, namespace),
      resource: eventResource.plural,
      body: {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name, namespace },
        eventTime: microTime(nowMs),
        reportingController: this.#options.reportingController,
        reportingInstance: this.#options.reportingInstance,
        action: event.action,
        reason: event.reason,
        type: event.type,
        note: cutNote(event.note),
        regarding: {
          apiVersion,
          kind,
          name: metadata.name,
          uid: metadata.uid,
          resourceVersion: metadata.resourceVersion,
          ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
        },
      } satisfies JSONValue,
    };
  }
}

function countRequest(series: Series): APIRequest {
  return {
    method: 'PATCH',
    path: resourcePath(eventResource, eventNamespace(series.event), series.name),
    resource: eventResource.plural,
    contentType: 'application/merge-patch+json',
    body: { series: { count: series.count, lastObservedTime: microTime(series.lastMs) } },
  };
}

/** Whole characters only: half of one would reach people as a replacement sign. */
function cutNote(note: string): string {
  const { read } = new TextEncoder().encodeInto(note, new Uint8Array(longestNoteBytes));
  return note.slice(0, read);
}

/** The API wants events about cluster-scoped objects in `default`. */
function eventNamespace(event: RecordedEvent): string {
  return event.regarding.metadata.namespace ?? 'default';
}

function seriesKey(event: RecordedEvent): string {
  return JSON.stringify([event.regarding.metadata.uid, event.type, event.reason, event.action, event.note]);
}

/** A name is the same for a repeated attempt and for nothing else; at most 253 characters. */
function eventName(event: RecordedEvent, nowMs: EpochMs, instance: string): string {
  const digest = createHash('sha256')
    .update(`${seriesKey(event)} ${nowMs} ${instance}`)
    .digest('hex')
    .slice(0, 16);
  // Each part between dots must end with a letter or digit, wherever the cut fell.
  return `${event.regarding.metadata.name.slice(0, 236).replace(/[-.]+$/, '')}.${digest}`;
}

/** A first attempt landed and only its answer was lost. */
function isRepeat(failure: APIFailure): boolean {
  return failure.kind === 'Conflict' && failure.cause === 'AlreadyExists';
}

function isPassing(failure: APIFailure): boolean {
  return failure.kind === 'Throttled' || failure.kind === 'Unavailable';
}
