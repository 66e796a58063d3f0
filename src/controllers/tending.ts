import type { EventRecorder } from '../kube/event-recorder.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Cluster } from './cluster.ts';
import type { DeliveryWays } from './delivery.ts';
import type { Programme } from './programme.ts';
import { createPrometheusRulesController } from './prometheus-rules.ts';
import { openQueue } from './queues.ts';
import type { QueueOptions } from './queues.ts';
import type { RightOfWay } from './right-of-way.ts';
import { createReportCourier } from './report-courier.ts';
import { tendReports } from './report-tending.ts';
import { createRiskGateController, tendGates } from './risk-gate.ts';
import { tendRules } from './rule-tending.ts';
import { tendSight } from './sight-needs.ts';
import type { Wakes } from './wakes.ts';

export interface TendingOptions extends QueueOptions {
  readonly cluster: Cluster;
  readonly programme: Programme;
  readonly recorder: EventRecorder;
  readonly log: Logger;
  readonly wakes: Wakes;
  readonly rightOfWay: RightOfWay;
  readonly metrics: Metrics;
  readonly outlets: DeliveryWays;
}

/** A report is no alarm: a receiver that is down is asked every ten minutes. */
const longestReportBackoffMs = 600_000;

/** What is kept beside the road from reading to record: watches that come and go, objects made for others. Resolves when it has ended. */
export function beginTending(options: TendingOptions): () => Promise<void> {
  const { cluster, programme, clock, rightOfWay, wakes } = options;
  const ruleQueue = openQueue(options, {
    name: 'prometheus-rules',
    workers: 2,
    mayBegin: () => rightOfWay.isFree(),
    handle: createPrometheusRulesController(options),
  });
  const gateQueue = openQueue(options, {
    name: 'risk-gate',
    workers: 1,
    mayBegin: () => rightOfWay.isFree(),
    handle: createRiskGateController(options),
  });
  const reportQueue = openQueue(options, {
    name: 'report',
    workers: 1,
    maxBackoffMs: longestReportBackoffMs,
    mayBegin: () => rightOfWay.isFree(),
    handle: createReportCourier({ ...options, ways: options.outlets }),
  });
  const queues = [ruleQueue, gateQueue, reportQueue];
  rightOfWay.onFree(() => {
    for (const queue of queues) queue.resume();
  });
  for (const queue of queues) queue.start();
  const ends = [
    tendSight(programme, cluster, clock),
    tendRules({ cluster, programme, queue: ruleQueue, wakes }),
    tendGates({ cluster }, (namespace) => {
      gateQueue.add(namespace, 'Status');
    }),
    tendReports({ cluster }, (key) => {
      reportQueue.add(key, 'Status');
    }),
  ];
  return async () => {
    for (const end of ends) end();
    await Promise.all(queues.map((queue) => queue.stop()));
  };
}
