import type { Actuator, TargetKind } from '../actuators/port.ts';
import type { Transition } from '../core/model/transition.ts';
import type { EventRecorder } from '../kube/event-recorder.ts';
import type { Random } from '../kube/backoff.ts';
import { createResourceClient } from '../kube/resource-client.ts';
import { fencedClient } from '../kube/fenced-client.ts';
import type { Fence } from '../kube/fenced-client.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { Transport } from '../kube/transport.ts';
import type { Priority, WorkQueue } from '../kube/work-queue.ts';
import { toInstant } from '../api/instant.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { ReplaceableSignalSource } from '../signals/registry.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createAssessor } from './assessor.ts';
import type { Cluster } from './cluster.ts';
import { fieldManager } from './cluster.ts';
import { decisionsOn } from './decisions.ts';
import { createAnnouncer } from './events.ts';
import { createIncidentStore } from './incident-store.ts';
import { createMitigationPlanController } from './mitigation-plan.ts';
import { createModelRiskController } from './model-risk.ts';
import { fullyReleased, snapshotInForce } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';
import { createProgramme, riskKeyOf } from './programme.ts';
import type { Programme } from './programme.ts';
import { createProviderBook, createRiskPolicyController } from './providers.ts';
import type { ProviderBook } from './providers.ts';
import { openQueue } from './queues.ts';
import { createRecall } from './recall.ts';
import { createRecordController } from './record.ts';
import { createRiskDecisionController } from './risk-decision.ts';
import { createStepper } from './stepper.ts';
import { observeSurroundings } from './surroundings.ts';
import { createTargetController } from './target.ts';
import { targetKey } from './target-key.ts';
import { subscribe } from './subscriptions.ts';

export interface OperatorOptions {
  readonly cluster: Cluster;
  readonly transport: Transport;
  readonly fence: Fence;
  readonly epoch: () => number;
  readonly actuators: ReadonlyMap<TargetKind, Actuator>;
  readonly source: ReplaceableSignalSource;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly requestTimeoutMs: number;
}

export interface Operator {
  /** Caches must be filled and the lease held: reads everything, takes up what was in force, and begins to judge. */
  start(): void;
  /** Nothing is begun after this; resolves when what was under way has ended. */
  stop(): Promise<void>;
  readonly providers: ProviderBook;
  /** A provider answered differently than before: its policies' conditions follow. */
  onProviderNews(): void;
}

/** The wakes controllers give each other. Every method only queues. */
export interface Wakes {
  targets(plan: PlanState, priority: Priority): void;
  target(key: string, priority: Priority): void;
  plan(plan: PlanState): void;
  planKey(key: string): void;
  risk(key: string): void;
  record(namespace: string): void;
  decision(key: string): void;
  policy(name: string): void;
}

const priorityOf: Readonly<Record<Transition['kind'], Priority>> = {
  Engaged: 'Engage',
  Escalated: 'Engage',
  Latched: 'Engage',
  SteppedDown: 'Release',
  Released: 'Release',
  Proposed: 'Status',
  Rejected: 'Status',
  Withdrawn: 'Status',
};

function createWakes(queues: Readonly<Record<'targets' | 'plans' | 'risks' | 'records' | 'decisions' | 'policies', WorkQueue>>): Wakes {
  return {
    targets: (plan, priority) => {
      const { namespace } = plan.current.plan;
      for (const target of [...snapshotInForce(plan).targets, ...plan.current.targets]) queues.targets.add(targetKey(target.kind, namespace, target.object), priority);
    },
    target: (key, priority) => {
      queues.targets.add(key, priority);
    },
    plan: (plan) => {
      queues.plans.add(plan.key, 'Status');
    },
    planKey: (key) => {
      queues.plans.add(key, 'Resync');
    },
    risk: (key) => {
      queues.risks.add(key, 'Status');
    },
    record: (namespace) => {
      queues.records.add(namespace, 'Status');
    },
    decision: (key) => {
      queues.decisions.add(key, 'Status');
    },
    policy: (name) => {
      queues.policies.add(name, 'Status');
    },
  };
}

/** The engagement is over on the server too: its status says so and nothing waits to be recorded. */
function isRecorded({ cluster, programme }: { readonly cluster: Cluster; readonly programme: Programme }, planUID: string, engagement: number): boolean {
  const plan = [...programme.plans.values()].find(({ uid }) => uid === planUID);
  if (plan === undefined) return true;
  const { status } = cluster.own.plans.store.get(plan.key) as { readonly status?: { readonly memory?: { readonly phase?: string; readonly engagement?: number } } };
  const known = status?.memory;
  const over = known?.phase === 'Idle' ? (known.engagement ?? 0) >= engagement : (known?.engagement ?? 0) > engagement;
  return over && plan.drafts.length === 0;
}

/** Puts the controllers together: who wakes whom, and in which order a process takes up what another left. */
export function createOperator(options: OperatorOptions): Operator {
  const { cluster, clock, log, metrics, actuators } = options;
  const surroundings = observeSurroundings(cluster.own);
  const programme = createProgramme(clock, createRecall({ cluster, actuators, clock }));
  const announcer = createAnnouncer(options.recorder, cluster);
  const providers = createProviderBook(programme, options.source);
  const heads = fencedClient(
    createResourceClient<UntypedObject>({ transport: options.transport, fieldManager, resource: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'riskchainheads', kind: 'RiskChainHead', namespaced: true } }),
    options.fence,
    options.requestTimeoutMs,
  );

  const onPlanChanged = (plan: PlanState): void => {
    if (plan.drafts.length > 0) wakes.record(plan.current.plan.namespace);
    wakes.plan(plan);
    wakes.targets(plan, plan.memory.phase === 'Engaged' && plan.memory.direction === 'Up' ? 'Engage' : 'Release');
  };

  const queues = {
    targets: openQueue(options, {
      name: 'target',
      workers: 32,
      handle: createTargetController({
        cluster,
        programme,
        actuators,
        surroundings,
        epoch: options.epoch,
        clock,
        metrics,
        log,
        isRecorded: (planUID, engagement) => isRecorded({ cluster, programme }, planUID, engagement),
        onPlanChanged,
        onOrphans: (live, claims) => {
          announcer.orphans(live, claims);
        },
      }),
    }),
    plans: openQueue(options, {
      name: 'mitigation-plan',
      workers: 8,
      handle: createMitigationPlanController({
        cluster,
        programme,
        actuators,
        surroundings,
        clock,
        log,
        onStatusWritten: (plan) => {
          if (plan.memory.phase === 'Idle') wakes.targets(plan, 'Status');
        },
      }),
    }),
    risks: openQueue(options, { name: 'model-risk', workers: 8, handle: createModelRiskController({ cluster, programme, clock, log }) }),
    records: openQueue(options, {
      name: 'record',
      workers: 4,
      handle: createRecordController({
        programme,
        store: createIncidentStore({ incidents: cluster.own.incidents.client, heads }),
        clock,
        log,
        onRecorded: (plan) => {
          wakes.plan(plan);
        },
      }),
    }),
    decisions: openQueue(options, { name: 'risk-decision', workers: 2, handle: createRiskDecisionController({ cluster, programme, clock }) }),
    policies: openQueue(options, { name: 'risk-policy', workers: 1, handle: createRiskPolicyController({ cluster, programme, providers, clock }) }),
  };
  const wakes = createWakes(queues);

  const step = createStepper({
    decisionsOn: (plan, nowMs) => decisionsOn(plan, { cluster, programme, nowMs }),
    log,
    onTransition: (plan, transition) => {
      wakes.targets(plan, priorityOf[transition.kind]);
      wakes.record(plan.current.plan.namespace);
      wakes.plan(plan);
      wakes.risk(riskKeyOf(plan));
      metrics.engagedStage.set({ namespace: plan.current.plan.namespace, plan: plan.current.plan.name }, plan.memory.phase === 'Engaged' ? plan.memory.stage + 1 : 0);
      announcer.transition(plan, transition);
    },
    onNotes: (plan, appeared) => {
      wakes.plan(plan);
      for (const note of appeared) announcer.note(plan, note);
    },
  });

  const assessor = createAssessor({
    programme,
    source: options.source,
    clock,
    metrics,
    log,
    onAssessed: (risk, { changed, answeredAtMs }) => {
      for (const plan of programme.plansOf(risk.key)) step(plan, risk, { nowMs: clock.nowMs(), answeredAtMs });
      if (changed) wakes.risk(risk.key);
    },
  });

  const onDeletion = (plan: PlanState): void => {
    const held = !fullyReleased(plan);
    if (held && !plan.drafts.some(({ type }) => type === 'ReleasedByDeletion')) {
      plan.drafts = [
        ...plan.drafts,
        { at: toInstant(clock.nowMs()), type: 'ReleasedByDeletion', actor: 'operator', target: '', before: '', after: '', reason: 'The plan was deleted while it was engaged; its targets are given back.' },
      ];
    }
    wakes.targets(plan, 'Release');
    wakes.plan(plan);
  };

  let unsubscribe: () => void = () => undefined;
  return {
    providers,
    onProviderNews: () => {
      for (const name of programme.policies.keys()) wakes.policy(name);
    },
    start: () => {
      unsubscribe = subscribe({ cluster, programme, wakes, providers, onDeletion });
      for (const queue of Object.values(queues)) queue.start();
      assessor.start();
    },
    stop: async () => {
      assessor.stop();
      unsubscribe();
      await Promise.all(Object.values(queues).map((queue) => queue.stop()));
    },
  };
}
