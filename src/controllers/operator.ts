import type { Actuator, Surroundings, TargetKind } from '../actuators/port.ts';
import type { Transition } from '../core/model/transition.ts';
import type { EventRecorder } from '../kube/event-recorder.ts';
import type { Random } from '../kube/backoff.ts';
import type { Fence } from '../kube/fenced-client.ts';
import type { Transport } from '../kube/transport.ts';
import type { WorkQueue } from '../kube/work-queue.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { InboxUses } from '../signals/inbox/uses.ts';
import type { ReplaceableSignalSource } from '../signals/registry.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createAssessor } from './assessor.ts';
import type { Assessor } from './assessor.ts';
import type { Cluster } from './cluster.ts';
import { conditionReporter } from './condition-events.ts';
import { decisionKeysAbout, decisionsOn } from './decisions.ts';
import { createDrills } from './drill.ts';
import type { Drills } from './drill.ts';
import { createAnnouncer } from './events.ts';
import type { Announcer } from './events.ts';
import { inboxUses } from './inbox-uses.ts';
import { incidentQueue } from './incident.ts';
import { incidentActsIn } from './incident-acts.ts';
import { createIncidentStore, storedIn } from './incident-store.ts';
import { createMitigationPlanController } from './mitigation-plan.ts';
import { isDrill } from './live-drill.ts';
import { createModelRiskController } from './model-risk.ts';
import { targetsLeft } from './asks.ts';
import { isFullyRecorded, targetsWithoutSafeBackend, yieldingTargets } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';
import { createProgramme, riskKeyOf } from './programme.ts';
import type { Programme } from './programme.ts';
import { createProviderBook, createRiskPolicyController } from './providers.ts';
import type { ProviderBook } from './providers.ts';
import { createOutlets } from './outlets.ts';
import type { Outlets, OutletWays } from './outlets.ts';
import { openQueue } from './queues.ts';
import { clientOf } from './rare-kinds.ts';
import type { QueueDefinition } from './queues.ts';
import { createRecall } from './recall.ts';
import type { Recall } from './recall.ts';
import { isRecorded } from './recorded.ts';
import { createRecordController } from './record.ts';
import { createRemediationController } from './remediation.ts';
import { createRiskBooks } from './risk-books.ts';
import type { RiskBooks } from './risk-books.ts';
import { createRightOfWay } from './right-of-way.ts';
import type { RightOfWay } from './right-of-way.ts';
import { createRiskDecisionController } from './risk-decision.ts';
import { approvedVersions, programmeReaders } from './signed-in-force.ts';
import { setStateGauges } from './state-gauges.ts';
import { createStepper } from './stepper.ts';
import type { StepPlanState } from './stepper.ts';
import { observeSurroundings } from './surroundings.ts';
import { createTargetController } from './target.ts';
import { priorityOf } from './step-priority.ts';
import { subscribe } from './subscriptions.ts';
import { noteDeletion } from './target-settlement.ts';
import { beginTending } from './tending.ts';
import { createWakes } from './wakes.ts';
import type { Queues, Wakes } from './wakes.ts';

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
  readonly outlets: OutletWays;
  readonly ledUntilMs: () => EpochMs | null;
}

export interface Operator {
  /** Caches must be filled and the lease held: reads everything, takes up what was in force, and begins to judge. */
  start(): void;
  /** Nothing is begun after this; resolves when what was under way has ended. */
  stop(): Promise<void>;
  readonly providers: ProviderBook;
  /** A provider answered differently than before: its policies' conditions follow. */
  onProviderNews(): void;
  /** Whom what is pushed would be of use to. */
  readonly inboxUses: InboxUses;
  /** Something was pushed: judges whom it concerns, and lets their plans act, without waiting for a poll. */
  assessNow: Assessor['assessNow'];
  /** Brings the gauges that tell of state up to date before each scrape, where it leads: of replicas that stand by a sum would count all twice. */
  measure(): void;
}

/** An API server that takes longer than this for a patch is in trouble, and people should be told. */
const longestRightOfWayMs = 1000;

/** After an outage of the API server a constraint must not wait for a backoff that grew meanwhile. */
const longestProtectionBackoffMs = 1000;

/** Puts the controllers together: who wakes whom, and in which order a process takes up what another left. */
class WiredOperator implements Operator {
  readonly providers: ProviderBook;
  readonly inboxUses: InboxUses;
  readonly #options: OperatorOptions;
  readonly #takeUp: Recall['takeUp'];
  readonly #programme: Programme;
  readonly #books: RiskBooks;
  readonly #announcer: Announcer;
  readonly #rightOfWay: RightOfWay;
  readonly #queues: Queues;
  readonly #wakes: Wakes;
  readonly #outlets: Outlets;
  readonly #drills: Drills;
  readonly #step: StepPlanState;
  readonly #assessor: Assessor;
  /** Null: it does not lead. */
  #unsubscribe: (() => void) | null = null;
  #endTending: () => Promise<void> = () => Promise.resolve();

  constructor(options: OperatorOptions) {
    const { cluster, clock, actuators } = options;
    this.#options = options;
    const { recall, takeUp } = createRecall({ cluster, actuators, clock });
    this.#takeUp = takeUp;
    this.#programme = createProgramme(clock, recall, programmeReaders(cluster));
    this.#outlets = createOutlets({ ...options, programme: this.#programme, ways: options.outlets });
    this.inboxUses = inboxUses(this.#programme);
    this.#books = createRiskBooks(options, this.#programme);
    this.#announcer = createAnnouncer(options.recorder, cluster);
    this.providers = createProviderBook(this.#programme, { source: options.source, clock });
    this.#rightOfWay = createRightOfWay({
      clock,
      isProtecting: () => this.#queues.targets.isBusyWith('Engage'),
      longestMs: longestRightOfWayMs,
    });
    const surroundings = observeSurroundings(cluster);
    this.#drills = this.#createDrills(surroundings);
    this.#queues = this.#openQueues(surroundings);
    this.#wakes = createWakes(this.#queues);
    this.#step = this.#createStepper();
    this.#assessor = this.#createAssessor();
  }

  start(): void {
    const { cluster, actuators, clock } = this.#options;
    this.#unsubscribe = subscribe({
      ...{ cluster, actuators, clock, programme: this.#programme, wakes: this.#wakes, providers: this.providers },
      onDeletion: (plan) => {
        this.#onDeletion(plan);
      },
      onGone: (plan) => {
        this.#announcer.outlived(plan);
      },
      onRevision: conditionReporter(this.#options.recorder),
      onSpec: (plan) => {
        this.#stepNow(plan);
      },
      onNotable: () => {
        for (const key of this.#outlets.notices.receivers()) this.#wakes.notice(key);
      },
      anchors: this.#outlets.anchors,
    });
    for (const queue of Object.values(this.#queues)) queue.start();
    this.#assessor.start();
    const [programme, wakes, rightOfWay] = [this.#programme, this.#wakes, this.#rightOfWay];
    this.#endTending = beginTending({ ...this.#options, ...this.#outlets, ...this.#books, programme, wakes, rightOfWay });
  }

  async stop(): Promise<void> {
    this.#assessor.stop();
    this.#unsubscribe?.();
    await Promise.all([this.#endTending(), ...Object.values(this.#queues).map((queue) => queue.stop())]);
  }

  measure(): void {
    if (this.#unsubscribe === null) return;
    const known = { ...this.#books, programme: this.#programme, nowMs: this.#options.clock.nowMs() };
    setStateGauges({ ...this.#options, ...this.#outlets, ...known });
  }

  assessNow(...concerned: Parameters<Assessor['assessNow']>): void {
    this.#assessor.assessNow(...concerned);
  }

  onProviderNews(): void {
    for (const name of this.#programme.policies.keys()) this.#wakes.policy(name);
  }

  #openQueues(surroundings: Surroundings): Queues {
    const { cluster, clock, log, actuators } = this.#options;
    const [programme, rightOfWay] = [this.#programme, this.#rightOfWay];
    const common = { cluster, programme, clock, log };
    const onFinished = (): void => {
      rightOfWay.review();
    };
    const openBookkeeping = (definition: QueueDefinition): WorkQueue => {
      const queue = openQueue(this.#options, { ...definition, mayBegin: () => rightOfWay.isFree() });
      rightOfWay.onFree(() => {
        queue.resume();
      });
      return queue;
    };
    return {
      targets: openQueue(this.#options, {
        name: 'target',
        workers: 32,
        maxBackoffMs: longestProtectionBackoffMs,
        handle: this.#createTargetController(surroundings),
        onFinished,
      }),
      plans: openBookkeeping({
        name: 'mitigation-plan',
        workers: 8,
        handle: createMitigationPlanController({
          ...common,
          actuators,
          surroundings,
          onStatusWritten: (plan) => {
            this.#wakeDecisions(plan);
            if (plan.memory.phase === 'Idle') this.#wakes.targets(plan, 'Status');
          },
        }),
      }),
      risks: openBookkeeping({
        name: 'model-risk',
        workers: 8,
        handle: createModelRiskController({ ...common, ...this.#books }),
      }),
      records: openBookkeeping({ name: 'record', workers: 4, handle: this.#createRecordController() }),
      decisions: openBookkeeping({ name: 'risk-decision', workers: 2, handle: this.#createDecisionController() }),
      policies: openBookkeeping({
        name: 'risk-policy',
        workers: 1,
        handle: createRiskPolicyController({ ...common, providers: this.providers }),
      }),
      notices: openBookkeeping(this.#outlets.notices.queue),
      anchors: openBookkeeping(this.#outlets.anchors.queue),
      incidents: openBookkeeping(incidentQueue({ ...common, recorder: this.#options.recorder })),
      drills: openBookkeeping({ name: 'drill', workers: 1, handle: (key) => this.#drills.reconcile(key) }),
      remediations: openBookkeeping({ name: 'remediation', workers: 4, handle: this.#createRemediationController() }),
    };
  }

  #createTargetController(surroundings: Surroundings) {
    const { cluster, clock, log, metrics, actuators, epoch } = this.#options;
    const programme = this.#programme;
    return createTargetController({
      ...{ cluster, programme, actuators, surroundings, epoch, clock, metrics, log },
      isRecorded: (planUID, engagement) => isRecorded({ cluster, programme }, planUID, engagement),
      onPlanChanged: (plan) => {
        this.#onPlanChanged(plan);
      },
      takeUp: this.#takeUp,
      onContest: (plan, live, outcome) => {
        this.#announcer.contest(plan, live, outcome);
      },
      onOrphans: (live, claims) => {
        metrics.orphanedConstraints.inc();
        this.#announcer.orphans(live, claims);
      },
    });
  }

  /** One after another: plans whose drills fell due together must not fill the API server. */
  #createDrills(surroundings: Surroundings): Drills {
    const { cluster, clock, log, metrics, actuators, epoch, transport } = this.#options;
    return createDrills({
      ...{ programme: this.#programme, cluster, actuators, surroundings, epoch, clock, log, metrics },
      namespaces: clientOf(transport, 'Namespace'),
      onNews: (plan) => {
        this.#wakes.risk(riskKeyOf(plan));
        this.#wakes.record(plan.current.plan.namespace);
        this.#wakes.plan(plan);
      },
      onTargets: (plan) => {
        this.#wakes.targets(plan, 'Release');
      },
    });
  }

  #createRemediationController() {
    return createRemediationController({
      ...this.#options,
      programme: this.#programme,
      onChanged: (plan) => {
        this.#wakes.bookkeeping(plan);
      },
    });
  }

  #createDecisionController() {
    return createRiskDecisionController({
      ...{ ...this.#options, programme: this.#programme },
      onJudged: (plan) => {
        this.#stepNow(plan);
      },
      onReviewed: (decision) => {
        this.#wakes.reviewed(decision);
      },
      onDrafted: (namespace) => {
        this.#wakes.record(namespace);
      },
    });
  }

  #createRecordController() {
    const { cluster, clock, log, metrics } = this.#options;
    return createRecordController({
      programme: this.#programme,
      store: createIncidentStore(this.#options),
      incidentsIn: (namespace) => storedIn(cluster.own.incidents.store.byIndex('namespace', namespace)),
      ...{ clock, log, metrics },
      actsIn: (namespace) => incidentActsIn(namespace, { cluster, programme: this.#programme, nowMs: clock.nowMs() }),
      onRecorded: (plan) => {
        this.#wakes.plan(plan);
        this.#wakes.drill(plan.key);
      },
    });
  }

  #createStepper(): StepPlanState {
    const { cluster, log } = this.#options;
    return createStepper({
      decisionsOn: (plan, nowMs) => decisionsOn(plan, { cluster, programme: this.#programme, nowMs }),
      ...{ log, isApproved: approvedVersions(cluster, this.#programme) },
      onTransition: (plan, transition) => {
        this.#onTransition(plan, transition);
      },
      onNotes: (plan, appeared) => {
        if (plan.drafts.length > 0) this.#wakes.record(plan.current.plan.namespace);
        this.#wakes.plan(plan);
        for (const note of appeared) this.#announcer.note(plan, note);
      },
    });
  }

  #createAssessor(): Assessor {
    const { clock, log, metrics, source } = this.#options;
    const programme = this.#programme;
    return createAssessor({
      ...{ programme, source, clock, metrics, log, providers: this.providers },
      onProviderNews: () => {
        this.onProviderNews();
      },
      onAssessed: (risk, { changed, answeredAtMs }) => {
        for (const plan of programme.plansOf(risk.key)) this.#step(plan, risk, { nowMs: clock.nowMs(), answeredAtMs });
        // After the plans had their turn: money is bookkeeping.
        if (this.#books.takeIn(risk) || changed) this.#wakes.risk(risk.key);
      },
    });
  }

  /** Between polls: a person's word, or what a target answered, does not wait for a number. */
  #stepNow(plan: PlanState): void {
    const nowMs = this.#options.clock.nowMs();
    this.#step(plan, this.#programme.risks.get(riskKeyOf(plan)) ?? null, { nowMs, answeredAtMs: nowMs });
  }

  #wakeDecisions(plan: PlanState): void {
    for (const key of decisionKeysAbout(plan.key, this.#options.cluster)) this.#wakes.decision(key);
  }

  /** The patch first: record, status and events of this turn wait until it is acknowledged. */
  #onTransition(plan: PlanState, transition: Transition): void {
    this.#drills.yieldTo(plan);
    this.#wakes.targets(plan, priorityOf[transition.kind]);
    this.#wakes.bookkeeping(plan);
    this.#wakes.risk(riskKeyOf(plan));
    this.#rightOfWay.whenFree(() => {
      this.#announcer.transition(plan, transition, this.#programme.risks.get(riskKeyOf(plan)) ?? null);
    });
  }

  #onPlanChanged(plan: PlanState): void {
    if (isDrill(plan)) {
      this.#wakes.targets(plan, 'Release');
      this.#wakes.drill(plan.key);
      return;
    }
    // A stage nobody would take, or that was left to another writer: the next one that can do without must not wait for a poll.
    const cannotProtect = [...targetsWithoutSafeBackend(plan), ...targetsLeft(plan), ...yieldingTargets(plan)];
    if (plan.memory.phase === 'Engaged' && cannotProtect.length > 0) this.#stepNow(plan);
    if (!isFullyRecorded(plan)) this.#wakes.record(plan.current.plan.namespace);
    this.#wakes.plan(plan);
    this.#wakes.targets(plan, plan.memory.phase === 'Engaged' && plan.memory.direction === 'Up' ? 'Engage' : 'Release');
  }

  #onDeletion(plan: PlanState): void {
    noteDeletion(plan, this.#options.clock.nowMs());
    this.#wakes.targets(plan, 'Release');
    this.#wakes.bookkeeping(plan);
  }
}

export function createOperator(options: OperatorOptions): Operator {
  return new WiredOperator(options);
}
