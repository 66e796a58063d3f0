import { createWorkQueue } from '../kube/work-queue.ts';
import type { Priority, WorkOutcome, WorkQueue, WorkQueueEvent } from '../kube/work-queue.ts';
import type { Random } from '../kube/backoff.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

type QueueMetrics = Pick<Metrics, 'queueDepth' | 'queueAdds' | 'queueRetries' | 'queueLatencySeconds' | 'queueWorkSeconds' | 'reconciles'>;

export interface QueueOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: QueueMetrics;
  readonly log: Logger;
}

export interface QueueDefinition {
  readonly name: string;
  readonly workers: number;
  readonly handle: (key: string, priority: Priority) => Promise<WorkOutcome>;
  /** Longest wait between two attempts; default 30 s. */
  readonly maxBackoffMs?: number;
  readonly mayBegin?: () => boolean;
  /** A key has ended, whatever came of it. */
  readonly onFinished?: () => void;
}

function observeQueue({ metrics, log }: QueueOptions, event: WorkQueueEvent): void {
  const labels = { name: event.queue };
  switch (event.kind) {
    case 'Added':
      metrics.queueAdds.inc(labels);
      metrics.queueDepth.set(labels, event.depth);
      return;
    case 'Started':
      metrics.queueDepth.set(labels, event.depth);
      metrics.queueLatencySeconds.observe(labels, event.latencyMs / 1000);
      return;
    case 'Finished':
      metrics.queueWorkSeconds.observe(labels, event.durationMs / 1000);
      metrics.reconciles.inc({ controller: event.queue, result: event.outcome });
      return;
    case 'Retried':
      metrics.queueRetries.inc(labels);
      return;
    case 'Threw':
      log.error({ queue: event.queue, key: event.key, err: event.error }, 'a reconcile threw; the key is tried again');
  }
}

/** A queue whose life is in the metrics and whose bugs are in the log. */
export function openQueue(options: QueueOptions, definition: QueueDefinition): WorkQueue {
  const { clock, random } = options;
  const { onFinished, maxBackoffMs = 30_000, ...queue } = definition;
  return createWorkQueue({
    ...queue,
    clock,
    random,
    backoff: { baseMs: 50, maxMs: maxBackoffMs },
    observe: (event) => {
      observeQueue(options, event);
      if (event.kind === 'Finished') onFinished?.();
    },
  });
}
