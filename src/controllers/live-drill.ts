import { usersPart } from '../actuators/metadata.ts';
import type { Actuator, TargetKind } from '../actuators/port.ts';
import { drillHolder, isDrillHolder } from '../core/drill/holder.ts';
import type { DrillObstacle } from '../core/drill/schedule.ts';
import type { DrillFacts, TargetDifference } from '../core/drill/walk.ts';
import type { PlanSnapshot } from '../core/model/plan.ts';
import { targetKindOf } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import { initialPlanMemory } from '../core/plan/memory.ts';
import { actedOn, constraintsOf, roomIsDueAfterMs } from '../core/plan/stage.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import { firstDifference } from '../shared/difference.ts';
import type { Cluster } from './cluster.ts';
import { fieldManager } from './cluster.ts';
import { fullyReleased, verifiedAtMs } from './plan-state.ts';
import type { DrillRecord, LiveDrill, PlanState } from './plan-state.ts';

type Targets = Pick<Cluster, 'targets'>;

export interface LiveDrillFacts {
  readonly snapshot: PlanSnapshot;
  readonly record: DrillRecord;
  readonly request: string | null;
}

function liveOf({ targets }: Targets, namespace: string, target: Target): UntypedObject | undefined {
  return targets.get(targetKindOf(target))?.store.get(`${namespace}/${target.object}`);
}

/** The plan under another name: what it holds is never taken for what the plan itself does. */
function actorOf(plan: PlanState, snapshot: PlanSnapshot): PlanState {
  const { name, uid } = drillHolder({ name: snapshot.plan.name, uid: plan.uid });
  const current = { ...snapshot, mode: 'Enforce' as const, plan: { ...snapshot.plan, name, uid } };
  return {
    ...{ key: plan.key, uid, owner: plan.owner, current, engaged: current, signed: null, former: [], drill: plan.drill },
    ...{
      sources: new Map(),
      own: new Map(),
      grounds: new Map(),
      targets: new Map(),
      applied: new Map(),
      remediations: new Map(),
      generated: [],
    },
    ...{ guardedVersion: null, opening: null, sharedCauseIn: null, stalledAt: null, answeredAtMs: null },
    ...{ suspend: 'None' as const, deleting: false, deletionNoted: false, untold: false },
    ...{ notes: [], drafts: [], carriedOut: [], used: [], earlier: [] },
    memory: initialPlanMemory,
    releasedBy: 'operator',
  };
}

/** Lays nothing yet: that begins when the drill is on record. */
export function openLiveDrill(plan: PlanState, cluster: Targets, facts: LiveDrillFacts): LiveDrill {
  const { snapshot, record, request } = facts;
  const startedAtMs = record.atMs;
  const before = actedOn(snapshot).flatMap((target) => {
    const live = liveOf(cluster, snapshot.plan.namespace, target);
    return live === undefined ? [] : [[target.name, usersPart(live)] as const];
  });
  return {
    ...{ startedAtMs, record, request },
    actor: actorOf(plan, snapshot),
    digest: snapshot.plan.digest,
    before: new Map(before),
    walk: { phase: 'Opening', startedAtMs },
  };
}

/** Whether this state is a drill's, not a plan's. */
export function isDrill({ current }: PlanState): boolean {
  return isDrillHolder(current.plan.name);
}

/** The plans, and the drills that run of them. */
export function withDrills(plans: readonly PlanState[]): readonly PlanState[] {
  return [...plans, ...plans.flatMap(({ drill }) => drill.running?.actor ?? [])];
}

/** Makes the actor want what the walk says. */
export function followWalk({ actor, walk, startedAtMs }: LiveDrill): void {
  if (walk.phase !== 'Climbing') {
    actor.memory = { ...initialPlanMemory, lastEngagement: startedAtMs };
    return;
  }
  actor.engaged = actor.current;
  actor.memory = {
    phase: 'Engaged',
    engagement: startedAtMs,
    stage: walk.stage,
    direction: 'Up',
    stageSinceMs: walk.stageSinceMs,
    ...{ verifiedAtMs: null, evidencedMs: 0, lastPolledAtMs: null, okSinceMs: null, probeAttempts: 0, latched: false },
    ...{ recentEngagementsMs: [], triggeredBy: [], proposal: null, rejectedStage: null, suppressed: [], usedDecisions: [] },
  };
}

export interface DrillSight {
  readonly cluster: Targets;
  readonly actuators: ReadonlyMap<TargetKind, Actuator>;
  readonly isOnRecord: boolean;
  readonly obstacle: DrillObstacle | null;
  readonly nowMs: EpochMs;
}

/** What the walk needs to know of this instant. */
export function liveDrillFacts(drill: LiveDrill, sight: DrillSight): DrillFacts {
  const { actor } = drill;
  const { current } = actor;
  const isReleased = fullyReleased(actor) && targetsOf(drill).every((target) => !isMarked(target, drill, sight));
  return {
    nowMs: sight.nowMs,
    stages: current.stages.map((stage) => ({
      name: stage.name,
      targets: current.targets.map(({ name }) => name).filter((name) => constraintsOf(stage, name).length > 0),
    })),
    isOnRecord: sight.isOnRecord,
    verifiedAtMs: verifiedAtMs(actor),
    refusals: refusalsOf(drill),
    isReleased,
    differences: isReleased && drill.walk.phase === 'Returning' ? targetsOf(drill).map((target) => differenceOf(target, drill, sight)) : [],
    obstacle: sight.obstacle,
  };
}

/** Room the stage itself asked for may be on its way: whether it comes in time the walk judges. */
function refusalsOf({ actor, walk }: LiveDrill): DrillFacts['refusals'] {
  const makesRoom = walk.phase === 'Climbing' && roomIsDueAfterMs(actor.current.stages[walk.stage], []) > 0;
  return [...actor.targets].flatMap(([target, { refusal }]) =>
    refusal === null || (makesRoom && refusal.reason === 'SafeBackendNotReady') ? [] : [{ ...refusal, target }],
  );
}

function targetsOf({ actor }: LiveDrill): readonly Target[] {
  return actedOn(actor.current);
}

/** Until the tombstone is off, the object is not as it was. */
function isMarked(target: Target, { actor }: LiveDrill, { cluster, actuators }: DrillSight): boolean {
  const live = liveOf(cluster, actor.current.plan.namespace, target);
  const reading = live === undefined ? undefined : actuators.get(targetKindOf(target))?.readJournal(live);
  if (reading?.kind === 'Engaged') return reading.holders.some(({ planUID }) => planUID === actor.uid);
  return reading?.kind === 'Released' && reading.engagements.some(({ planUID }) => planUID === actor.uid);
}

function differenceOf(target: Target, { actor, before, startedAtMs }: LiveDrill, { cluster }: DrillSight): TargetDifference {
  const was = before.get(target.name);
  const live = liveOf(cluster, actor.current.plan.namespace, target);
  if (was === undefined || live === undefined) return { target: target.name, path: '/', editedBy: null };
  return { target: target.name, path: firstDifference(was, usersPart(live)), editedBy: editorSince(live, startedAtMs) };
}

/** Who else wrote more than its status since, as the server kept it, to the second. */
function editorSince({ metadata }: UntypedObject, sinceMs: EpochMs): string | null {
  const editors = (metadata.managedFields ?? []).filter(({ manager, subresource, time }) => {
    if (manager === fieldManager || subresource !== undefined || typeof time !== 'string') return false;
    return Date.parse(time) >= Math.floor(sinceMs / 1000) * 1000;
  });
  const [first] = editors.map(({ manager }) => manager).filter((manager) => typeof manager === 'string');
  return first ?? null;
}
