import type { EventRecorder } from '../kube/event-recorder.ts';
import type { Transport } from '../kube/transport.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Cluster } from './cluster.ts';
import type { BudgetBook } from './budget-book.ts';
import type { ExposureBook } from './exposure-book.ts';
import type { DeliveryWays } from './delivery.ts';
import type { Facts } from './facts.ts';
import type { Programme } from './programme.ts';
import { createPrometheusRulesController } from './prometheus-rules.ts';
import { openQueue } from './queues.ts';
import type { QueueOptions } from './queues.ts';
import { clientOf } from './rare-kinds.ts';
import type { RightOfWay } from './right-of-way.ts';
import { reportQueue, tendReports } from './report-tending.ts';
import { createRiskGateController, tendGates } from './risk-gate.ts';
import { tendRules } from './rule-tending.ts';
import { tendSight } from './sight-needs.ts';
import type { Wakes } from './wakes.ts';

export interface TendingOptions extends QueueOptions {
  readonly cluster: Cluster;
  readonly transport: Transport;
  readonly programme: Programme;
  readonly recorder: EventRecorder;
  readonly log: Logger;
  readonly wakes: Wakes;
  readonly exposures: ExposureBook;
  readonly budgets: BudgetBook;
  readonly rightOfWay: RightOfWay;
  readonly metrics: Metrics;
  readonly outlets: DeliveryWays;
  readonly facts: Facts;
}

/** What is seen within this time leaves in one request. */
const factsDelayMs = 2000;

/** What is kept beside the road from reading to record: watches that come and go, objects made for others. Resolves when it has ended. */
export function beginTending(options: TendingOptions): () => Promise<void> {
  const { cluster, programme, clock, rightOfWay, wakes, facts, exposures, budgets } = options;
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
  const factQueue = openQueue(options, { ...facts.queue, mayBegin: () => rightOfWay.isFree() });
  const couriers = { ...options, ways: options.outlets, heads: clientOf(options.transport, 'RiskChainHead') };
  const reports = openQueue(options, { ...reportQueue(couriers), mayBegin: () => rightOfWay.isFree() });
  const queues = [ruleQueue, gateQueue, factQueue, reports];
  rightOfWay.onFree(() => {
    for (const queue of queues) queue.resume();
  });
  for (const queue of queues) queue.start();
  const ends = [
    tendSight(programme, cluster, clock),
    ...[exposures, budgets].map((book) =>
      book.begin((riskKey) => {
        wakes.risk(riskKey);
      }),
    ),
    tendRules({ cluster, programme, queue: ruleQueue, wakes }),
    tendGates({ cluster }, (namespace) => {
      gateQueue.add(namespace, 'Status');
    }),
    tendReports({ cluster }, (key) => {
      reports.add(key, 'Status');
    }),
    ...(facts.isOn
      ? [
          facts.follow(() => {
            factQueue.addAfter('', factsDelayMs, 'Status');
          }),
        ]
      : []),
  ];
  return async () => {
    for (const end of ends) end();
    await Promise.all(queues.map((queue) => queue.stop()));
  };
}
