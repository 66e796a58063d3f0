import type { Actuator, Surroundings, TargetKind } from '../actuators/port.ts';
import type { EntryDraft } from '../core/audit-chain.ts';
import { judgeSteps } from '../core/drill/outcome.ts';
import type { DrillOutcome } from '../core/drill/outcome.ts';
import { drillDue } from '../core/drill/schedule.ts';
import type { DrillDue, DrillObstacle, DrillScope } from '../core/drill/schedule.ts';
import { stepDrill } from '../core/drill/walk.ts';
import type { DrillWalk } from '../core/drill/walk.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Cluster } from './cluster.ts';
import { liveObstacle, obstacleText, planObstacle, sandboxObstacle } from './drill-obstacle.ts';
import {
  beginningDraft,
  drillIncident,
  drillOpening,
  drillsOnRecord,
  dryDrafts,
  endDraft,
  returnDraft,
  stageDraft,
  unmeasured,
} from './drill-record.ts';
import { drillTimes, noteDrill } from './drill-state.ts';
import { drillDry } from './dry-drill.ts';
import { followWalk, liveDrillFacts, openLiveDrill } from './live-drill.ts';
import type { DrillRecord, LiveDrill, PlanState } from './plan-state.ts';
import { riskKeyOf } from './programme.ts';
import type { Programme } from './programme.ts';

export interface DrillControllerOptions {
  readonly programme: Programme;
  readonly cluster: Pick<Cluster, 'own' | 'targets'>;
  readonly namespaces: Pick<ResourceClient<UntypedObject>, 'get'>;
  readonly actuators: ReadonlyMap<TargetKind, Actuator>;
  readonly surroundings: Surroundings;
  readonly epoch: () => number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'drills' | 'drillTimeToMitigateSeconds'>;
  /** There is something to put on record, or to show. */
  readonly onNews: (plan: PlanState) => void;
  /** What a drill wants of its targets changed; the actor, or the plan once it wants nothing any more. */
  readonly onTargets: (plan: PlanState) => void;
}

/** A drill that waits for its plan to be free looks again this often, though most ends of waiting wake it. */
const postponedMs = 60_000;
/** Timers hold no longer; the next look sets another. */
const longestLookMs = 21_600_000;
/** Between two looks at a drill that holds targets, should nothing wake it. */
const liveLookMs = 1000;

export interface Drills {
  reconcile(key: string): Promise<WorkOutcome>;
  /** Something comes before the drill that runs of this plan: it holds nothing any more when this returns. */
  yieldTo(plan: PlanState): void;
}

class DrillController implements Drills {
  readonly #options: DrillControllerOptions;

  constructor(options: DrillControllerOptions) {
    this.#options = options;
  }

  async reconcile(key: string): Promise<WorkOutcome> {
    const plan = this.#options.programme.plans.get(key);
    if (plan === undefined) return { kind: 'Done' };
    this.#recall(plan);
    const { running } = plan.drill;
    if (running !== null) {
      this.#advance(plan, running);
      return { kind: 'Again', afterMs: liveLookMs, priority: 'Resync' };
    }
    const nowMs = this.#options.clock.nowMs();
    const due = drillDue(drillTimes(plan.drill, nowMs), nowMs);
    switch (due.kind) {
      case 'Never':
        return { kind: 'Done' };
      case 'Later':
        return { kind: 'Again', afterMs: Math.min(due.atMs - nowMs, longestLookMs), priority: 'Resync' };
      case 'Now':
        return this.#begin(plan, due);
    }
  }

  yieldTo(plan: PlanState): void {
    const { running } = plan.drill;
    if (running !== null) this.#advance(plan, running);
  }

  /** Once a process and plan: drills another one left open are closed, and one its status does not tell of yet is told. */
  #recall(plan: PlanState): void {
    const { drill } = plan;
    if (drill.recalled) return;
    drill.recalled = true;
    for (const { incident, outcome } of drillsOnRecord(this.#options.cluster.own, plan)) {
      const { firstPrevHash: _, continues: __, ...opening } = incident.spec;
      const atMs = Date.parse(incident.spec.openedAt);
      const recoveryTimeSeconds = incident.spec.drill?.recoveryTimeSeconds ?? null;
      const message = 'The operator ended during the drill; the one that followed gave the targets back.';
      const interrupted: DrillOutcome = {
        ...{ atMs, scope: incident.spec.drill?.scope ?? 'DryRun', request: incident.spec.drill?.request ?? null },
        ...{ result: 'Interrupted', reason: 'OperatorEnded', message, incident: incident.metadata.name },
        ...unmeasured(recoveryTimeSeconds),
      };
      if (outcome === null)
        this.#record(plan, { incident: incident.metadata.name, atMs, opening, recoveryTimeSeconds }, [
          endDraft(interrupted, this.#options.clock.nowMs()),
        ]);
      // A refusal since then is no drill: it must not hide when the last one was.
      drill.lastAtMs = Math.max(atMs, drill.lastAtMs ?? atMs);
      if (atMs <= (drill.last?.atMs ?? -Infinity)) continue;
      noteDrill(drill, outcome ?? interrupted);
      this.#options.onNews(plan);
    }
  }

  async #begin(plan: PlanState, { scope, request }: Extract<DrillDue, { kind: 'Now' }>): Promise<WorkOutcome> {
    const { clock, log, surroundings, epoch, cluster, actuators } = this.#options;
    const { namespace, name } = plan.current.plan;
    // By schedule too: what was asked for before must not look new once this is the last drill.
    const answered = plan.drill.request;
    const found = await this.#obstacle(plan, scope);
    if (found === 'Unknown') return { kind: 'Retry' };
    if (found !== null) return this.#postpone(plan, { scope, request, obstacle: found });
    // Records are told apart by it.
    const startedAtMs = Math.max(clock.nowMs(), (plan.drill.lastAtMs ?? 0) + 1);
    const { digest } = plan.current.plan;
    const tried = await drillDry(plan, { cluster, actuators, surroundings, epoch: epoch(), nowMs: startedAtMs });
    if (!tried.ok) {
      log.debug({ namespace, plan: name, message: tried.failure }, 'a drill could not be carried out; it is tried again');
      return { kind: 'Retry' };
    }
    // It may have engaged, gone, or been edited while the API server was asked.
    if (plan.current.plan.digest !== digest || planObstacle(plan) !== null) return { kind: 'Again', afterMs: 0, priority: 'Resync' };
    const record = this.#openRecord(plan, { scope, request, answered, startedAtMs });
    const judged = judgeSteps(tried.value);
    if (scope === 'DryRun' || judged.result !== 'Passed') {
      const message = scope === 'DryRun' ? judged.message : `Nothing was touched. ${judged.message}`;
      this.#end(plan, record, { scope, request: answered, steps: tried.value, drafts: dryDrafts(tried.value, startedAtMs), message });
      return { kind: 'Again', afterMs: 0, priority: 'Resync' };
    }
    plan.drill.running = openLiveDrill(plan, cluster, { snapshot: plan.current, record, request: answered });
    this.#options.onNews(plan);
    return { kind: 'Again', afterMs: liveLookMs, priority: 'Resync' };
  }

  async #obstacle(plan: PlanState, scope: DrillScope): Promise<DrillObstacle | null | 'Unknown'> {
    const known = planObstacle(plan) ?? (scope === 'Sandbox' ? this.#liveObstacle(plan) : null);
    if (known !== null || scope === 'DryRun') return known;
    const read = await sandboxObstacle(this.#options.namespaces, plan.current.plan.namespace);
    return read.ok ? read.value : 'Unknown';
  }

  #liveObstacle(plan: PlanState): DrillObstacle | null {
    const { cluster, actuators, programme } = this.#options;
    const risk = programme.risks.get(riskKeyOf(plan)) ?? null;
    return liveObstacle(plan, { cluster, actuators, risk, plans: programme.plans.values() });
  }

  /** What was asked for is answered at once; what was scheduled waits. */
  #postpone(
    plan: PlanState,
    { scope, request, obstacle }: { readonly scope: DrillScope; readonly request: string | null; readonly obstacle: DrillObstacle },
  ): WorkOutcome {
    const { clock, metrics, onNews } = this.#options;
    if (request === null) {
      plan.drill.postponed = obstacle;
      // One day it is overdue. A status that says the same is not written.
      onNews(plan);
      return { kind: 'Again', afterMs: postponedMs, priority: 'Resync' };
    }
    metrics.drills.inc({ scope, result: 'Skipped' });
    noteDrill(plan.drill, {
      ...{ atMs: clock.nowMs(), scope, request, result: 'Skipped', reason: obstacle.reason, message: obstacleText(scope, obstacle) },
      ...{ ...unmeasured(null), incident: null },
    });
    onNews(plan);
    return { kind: 'Again', afterMs: 0, priority: 'Resync' };
  }

  #openRecord(
    plan: PlanState,
    facts: {
      readonly scope: DrillScope;
      readonly request: string | null;
      readonly answered: string | null;
      readonly startedAtMs: EpochMs;
    },
  ): DrillRecord {
    const { scope, request, answered, startedAtMs } = facts;
    const risk = this.#options.programme.risks.get(riskKeyOf(plan)) ?? null;
    const opened = drillOpening(plan, risk, { scope, request: answered, startedAtMs });
    const record = { incident: drillIncident(plan, startedAtMs), atMs: startedAtMs, ...opened };
    this.#record(plan, record, [beginningDraft(scope, request, startedAtMs)]);
    return record;
  }

  #record(plan: PlanState, { incident, atMs, opening }: DrillRecord, drafts: readonly EntryDraft[]): void {
    if (drafts.length === 0) return;
    plan.earlier = [...plan.earlier, { engagement: atMs, incident, opening, drafts }];
    this.#options.onNews(plan);
  }

  #end(
    plan: PlanState,
    record: DrillRecord,
    facts: Pick<DrillOutcome, 'scope' | 'request' | 'steps'> & { readonly drafts: readonly EntryDraft[] } & Partial<DrillOutcome>,
  ): void {
    const { clock, metrics, log, onNews } = this.#options;
    const { drafts, ...told } = facts;
    const outcome: DrillOutcome = {
      ...{ ...unmeasured(record.recoveryTimeSeconds), atMs: record.atMs, incident: record.incident },
      ...judgeSteps(facts.steps),
      ...told,
    };
    this.#record(plan, record, [...drafts, endDraft(outcome, clock.nowMs())]);
    noteDrill(plan.drill, outcome);
    const { scope, result, timeToMitigateMs } = outcome;
    metrics.drills.inc({ scope, result });
    if (timeToMitigateMs !== null) metrics.drillTimeToMitigateSeconds.observe(timeToMitigateMs / 1000);
    const { namespace, name } = plan.current.plan;
    log.info({ namespace, plan: name, scope, result, reason: outcome.reason }, 'a drill is over');
    onNews(plan);
  }

  /** As many steps as what is known allows; memory only, so that whoever comes first waits for nothing. */
  #advance(plan: PlanState, drill: LiveDrill): void {
    const { cluster, actuators, clock, onTargets } = this.#options;
    const { record } = drill;
    const nowMs = clock.nowMs();
    const isOnRecord = !plan.earlier.some(({ incident }) => incident === record.incident);
    const sight = { cluster, actuators, isOnRecord, obstacle: this.#inTheWay(plan, drill), nowMs };
    const walk = stepDrill(drill.walk, liveDrillFacts(drill, sight));
    const drafts = [...takeDrafts(drill), ...walkDrafts(drill, walk, nowMs)];
    const hasMoved = walk !== drill.walk;
    drill.walk = walk;
    followWalk(drill);
    if (walk.phase !== 'Over') {
      // Before it is on record there is nothing to add to.
      this.#record(plan, record, drafts);
      if (hasMoved) onTargets(drill.actor);
      return;
    }
    plan.drill.running = null;
    onTargets(plan);
    const { steps, timeToMitigateMs, timeToRestoreMs, restored, aborted } = walk;
    const given = aborted === null ? {} : ({ result: 'Aborted', ...aborted } as const);
    const measured = { timeToMitigateMs, timeToRestoreMs, restored };
    this.#end(plan, record, { scope: 'Sandbox', request: drill.request, steps, drafts, ...measured, ...given });
  }

  #inTheWay(plan: PlanState, drill: LiveDrill): DrillObstacle | null {
    const known = planObstacle(plan) ?? this.#liveObstacle(plan);
    if (known !== null || plan.current.plan.digest === drill.digest) return known;
    return { reason: 'Edited', message: `Plan ${plan.current.plan.name} was edited during the drill.` };
  }
}

/** What the target controller put down of the drill's patches; the end of an engagement it sees is the drill's to tell. */
function takeDrafts({ actor }: LiveDrill): readonly EntryDraft[] {
  const drafts = actor.drafts.filter(({ type }) => type !== 'Closed');
  actor.drafts = [];
  return drafts;
}

function walkDrafts({ walk: before, actor }: LiveDrill, walk: DrillWalk, nowMs: EpochMs): readonly EntryDraft[] {
  if (walk.phase === 'Climbing' && (before.phase !== 'Climbing' || before.stage !== walk.stage))
    return [stageDraft(actor.current.stages[walk.stage]?.name ?? String(walk.stage), nowMs)];
  return walk.phase !== before.phase && walk.phase === 'Returning' ? [returnDraft(nowMs)] : [];
}

export function createDrills(options: DrillControllerOptions): Drills {
  return new DrillController(options);
}
