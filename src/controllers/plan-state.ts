import type { RejectedClaim, TargetKind, Verification } from '../actuators/port.ts';
import type { PlannedDrills } from '../api/drill.ts';
import type { GeneratedRoute } from '../core/model/generated-route.ts';
import type { EntryDraft } from '../core/audit-chain.ts';
import type { DrillOutcome } from '../core/drill/outcome.ts';
import type { DrillObstacle } from '../core/drill/schedule.ts';
import type { DrillWalk } from '../core/drill/walk.ts';
import type { Holder } from '../core/model/constraint.ts';
import type { FrozenReading } from '../core/model/frozen-reading.ts';
import type { EngagedMemory, PlanMemory, PlanSnapshot, Suspend } from '../core/model/plan.ts';
import { roleOf, splitsTraffic, targetKindOf } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import type { PlanNote } from '../core/plan/input.ts';
import { actedOn, constraintsOf, roomIsDueAfterMs } from '../core/plan/stage.ts';
import type { IncidentOpening } from '../governance/incident-log.ts';
import type { ObjectKey } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { JSONValue } from '../shared/json.ts';
import type { Remediation } from './remediation-run.ts';
import type { FrozenSource, IndicatorState } from './risk-state.ts';
import type { SignedPlanState } from './signed-plan-state.ts';

/** The stage entry a target was last brought to; `None` = no constraint of this plan. */
export type StageEntry = 'None' | { readonly engagement: number; readonly stage: number; readonly stageSinceMs: EpochMs };

/** A patch on its way, or one whose answer was lost: what the target may hold though nobody has seen it. */
export interface Sending {
  readonly sentAtMs: EpochMs;
  readonly answer: 'Awaited' | 'Lost';
}

/** The last patch of one object on record, and those of the same kind since that are not. */
export interface AppliedRun {
  readonly sinceMs: EpochMs;
  readonly before: string;
  readonly after: string;
  readonly lastMs: EpochMs;
  readonly repeats: number;
}

/** A target left to another writer that kept undoing the constraint. */
export interface Yielded {
  readonly sinceMs: EpochMs;
  /** When it was last found undone. */
  readonly leftAtMs: EpochMs;
  /** When it was laid once more, while that stands; null while the target is left alone. */
  readonly triedAtMs: EpochMs | null;
}

/** What is known of one target object of a plan. */
export interface TargetState {
  applied: StageEntry;
  /** Engagement in which this target was last constrained; it stays claimed until that is over. */
  actedIn: number | null;
  /** The object it was last claimed on, uid null: by an earlier process; outlives that object. */
  laidOn: { readonly uid: string | null; readonly engagement: number } | null;
  /** While it is not null the target may hold more than `applied` says. */
  sending: Sending | null;
  /** The stage entry a patch was last answered for, whatever the answer; `None` while there was none. */
  attempted: StageEntry;
  /** Since when it is known to stand as `applied` says. */
  standsSinceMs: EpochMs | null;
  /** Since when the watch shows that and its controllers have taken it, given back or not; null while they have not. */
  shownSinceMs: EpochMs | null;
  /** When the watch showed `applied` and its controllers had taken it; null while they have not. */
  verifiedAtMs: EpochMs | null;
  refusal: RejectedClaim | null;
  /** Since when the object, or the candidate on it, is not to be found. Null while it is, or nobody asked. */
  absentSinceMs: EpochMs | null;
  verification: Verification['kind'] | null;
  /** Why it is not verified; empty when it is. */
  message: string;
  /** Edits by others of a field under constraint, newest last. */
  foreignEditsMs: readonly EpochMs[];
  /** Field manager of the last of them; empty when the server does not say. */
  rival: string;
  /** When it last became contested. */
  contestedSinceMs: EpochMs | null;
  /** Not persisted: after a restart the constraint is laid again, and left again if that is undone as before. */
  yielded: Yielded | null;
  intent: string;
  /** What the object gets, and the generation that says so: the two are only ever told together. */
  effective: string;
  generation: number | null;
}

/** Why a stage was taken, as its journals tell it. */
export type Grounds = Pick<Holder, 'triggeredBy' | 'readings' | 'unrecorded'>;

/** What is to be put on record of an engagement that another one followed: it keeps its own beginning and its own incident. */
export interface PendingRecord {
  readonly engagement: number;
  /** Name of its incident, where that is not the one of the engagement. */
  readonly incident?: string;
  /** Null: what plan and risk say when it is written, should it not have been opened yet. */
  readonly opening: IncidentOpening | null;
  readonly drafts: readonly EntryDraft[];
  /** What it rested on, should it not have been opened yet; absent: what the stage in force does. */
  readonly readings?: readonly FrozenReading[];
}

/** Which record the drafts of a drill go to. */
export interface DrillRecord {
  readonly incident: string;
  readonly atMs: EpochMs;
  readonly opening: IncidentOpening;
  /** As its model declared when it began; null: it declares none. */
  readonly recoveryTimeSeconds: number | null;
}

/**
 * A drill that holds targets: a plan of its own beside the plan it tries out. Its constraints are composed with all others, so a real
 * breach needs to wait for nothing; they last as long as this object is here, and a process that ends takes them along.
 */
export interface LiveDrill {
  readonly actor: PlanState;
  readonly startedAtMs: EpochMs;
  readonly record: DrillRecord;
  /** The plan as it was when the drill began: an edit ends it. */
  readonly digest: string;
  readonly request: string | null;
  /** By target: what its users had before. */
  readonly before: ReadonlyMap<string, JSONValue>;
  walk: DrillWalk;
}

/** What is known of the drills of one plan. The plan machine knows nothing of it, so no drill can change what it does. */
export interface DrillState {
  schedule: PlannedDrills | null;
  /** What stands in the annotation that asks for one. */
  request: string | null;
  readonly createdAtMs: number;
  last: DrillOutcome | null;
  /** Start of the last one that was begun. */
  lastAtMs: number | null;
  /** Records of earlier processes were looked at. */
  recalled: boolean;
  /** Why the drill that is due waits. */
  postponed: DrillObstacle | null;
  /** The one that holds targets now. */
  running: LiveDrill | null;
}

/** Everything the operator holds in memory for one plan. All of it can be read back from the plan, its targets and its incident. */
export interface PlanState {
  readonly key: ObjectKey;
  readonly uid: string;
  /** Team that answers for the plan, as its spec says now. */
  owner: string;
  /** The plan as it is in force now: as its spec says, and nowhere weaker than it was signed. */
  current: PlanSnapshot;
  /** Null: nobody ever signed it. */
  signed: SignedPlanState | null;
  /** Routes the operator makes and keeps for it, as its spec says now. */
  generated: readonly GeneratedRoute[];
  /** What the engagement runs on; kept until every target is released. */
  engaged: PlanSnapshot | null;
  /** Targets of the engagement that ended last: what an edit took out of the plan meanwhile may still carry its tombstone. */
  former: readonly Target[];
  /** Sources its sources' digests speak of; empty after a restart. */
  sources: ReadonlyMap<string, FrozenSource>;
  /** By name, indicators its engagement reads from something else than risk and policy say now. */
  readonly own: Map<string, IndicatorState>;
  /** The version under guard as the record last told it; null while there is no engagement. */
  guardedVersion: string | null;
  suspend: Suspend;
  readonly drill: DrillState;
  deleting: boolean;
  /** Its deletion while engaged is on record, or waits to be. */
  deletionNoted: boolean;
  memory: PlanMemory;
  /** What each stage entry rests on that a target may be brought to, by `entryKey`: frozen, whatever the memory says since. */
  readonly grounds: Map<string, Grounds>;
  notes: readonly PlanNote[];
  readonly targets: Map<string, TargetState>;
  /** By name of the target: the newest run of each job. */
  readonly remediations: Map<string, Remediation>;
  /** What is to be put on record, oldest first; emptied when the record holds it. */
  drafts: readonly EntryDraft[];
  opening: IncidentOpening | null;
  /** By object: patches that repeat one another are told together. */
  readonly applied: Map<string, AppliedRun>;
  /** Stage entry in which a shared cause was last put on record: once is enough. */
  sharedCauseIn: string | null;
  /** Transition time of the stall that was last put on record. */
  stalledAt: string | null;
  /** Names of the RiskDecisions this plan acted on, oldest first. */
  carriedOut: readonly string[];
  /** Those of them no crash can undo: the server holds all they brought about. They may be marked as used. */
  used: readonly string[];
  /** What the record of engagements before this one still lacks, oldest first. */
  earlier: readonly PendingRecord[];
  /** Who asked for the release in progress. */
  releasedBy: string;
  /** When the answer that caused the transition in progress arrived; null once its first patch was acknowledged. */
  answeredAtMs: EpochMs | null;
  /**
   * A step was taken and no target has taken its part in it yet. Until then neither status nor record tell of it: a crash
   * would leave an engagement told that never was, and the next process would lay it without its evidence.
   */
  untold: boolean;
}

export function newTargetState(): TargetState {
  return {
    applied: 'None',
    actedIn: null,
    laidOn: null,
    sending: null,
    attempted: 'None',
    standsSinceMs: null,
    shownSinceMs: null,
    verifiedAtMs: null,
    refusal: null,
    absentSinceMs: null,
    verification: null,
    message: '',
    foreignEditsMs: [],
    rival: '',
    contestedSinceMs: null,
    yielded: null,
    intent: '',
    effective: '',
    generation: null,
  };
}

export function targetState(plan: PlanState, target: string): TargetState {
  const known = plan.targets.get(target);
  if (known !== undefined) return known;
  const state = newTargetState();
  plan.targets.set(target, state);
  return state;
}

/** By name, all but what is known of targets an edit took out since: what they refused, or a lost answer, is nothing to the plan as it is. */
export function statesInForce(plan: PlanState): readonly (readonly [string, TargetState])[] {
  const named = new Set(snapshotInForce(plan).targets.map(({ name }) => name));
  return [...plan.targets].filter(([name, { applied }]) => named.has(name) || applied !== 'None');
}

/** All of it is on record. */
export function isFullyRecorded({ drafts, earlier }: PlanState): boolean {
  return drafts.length === 0 && earlier.length === 0;
}

export function snapshotInForce(plan: PlanState): PlanSnapshot {
  return plan.engaged ?? plan.current;
}

/** All it has or may have something on: an edit takes a target out of the plan, not out of an engagement. */
export function targetsAround(plan: PlanState): readonly Target[] {
  return [...snapshotInForce(plan).targets, ...plan.current.targets, ...plan.former];
}

/** Observe records and touches nothing; a plan under deletion gives up what it holds. */
function actingMemory(plan: PlanState): EngagedMemory | null {
  if (plan.deleting || snapshotInForce(plan).mode === 'Observe') return null;
  return plan.memory.phase === 'Engaged' ? plan.memory : null;
}

export function desiredEntry(plan: PlanState): StageEntry {
  const memory = actingMemory(plan);
  return memory === null ? 'None' : { engagement: memory.engagement, stage: memory.stage, stageSinceMs: memory.stageSinceMs };
}

export function sameEntry(a: StageEntry, b: StageEntry): boolean {
  if (a === 'None' || b === 'None') return a === b;
  return a.engagement === b.engagement && a.stage === b.stage && a.stageSinceMs === b.stageSinceMs;
}

export function entryKey({ engagement, stage, stageSinceMs }: Exclude<StageEntry, 'None'>): string {
  return `${engagement}/${stage}/${stageSinceMs}`;
}

/** Of an entry no journal tells of only what the memory knows is left, and nothing of one before it. */
export function groundsOf({ memory, grounds }: PlanState, entry: StageEntry): Grounds {
  const known = entry === 'None' ? undefined : grounds.get(entryKey(entry));
  const triggeredBy = memory.phase === 'Engaged' && sameEntry(entry, memory) ? memory.triggeredBy : [];
  return known ?? { triggeredBy, readings: [], unrecorded: [] };
}

export function groundsInForce(plan: PlanState): Grounds {
  return groundsOf(plan, plan.memory.phase === 'Engaged' ? plan.memory : 'None');
}

/** Once given, the grounds of a stage entry stay: what is read later is no reason of an earlier step. */
export function giveGrounds(plan: PlanState, entry: Exclude<StageEntry, 'None'>, grounds: Grounds): void {
  const inUse = new Set([...plan.targets.values()].flatMap(({ applied }) => (applied === 'None' ? [] : [entryKey(applied)])));
  const key = entryKey(entry);
  for (const known of plan.grounds.keys()) if (known !== key && !inUse.has(known)) plan.grounds.delete(known);
  if (!plan.grounds.has(key)) plan.grounds.set(key, grounds);
}

export function isGoingUp(plan: PlanState): boolean {
  return desiredEntry(plan) !== 'None' && plan.memory.phase === 'Engaged' && plan.memory.direction === 'Up';
}

/** Callers can't get the candidate through this target, so there is nothing on it that others would have to wait for. */
export function isOutOfReach({ refusal }: TargetState): boolean {
  return refusal !== null && ['CandidateAbsent', 'TargetMissing'].includes(refusal.reason);
}

/** It refuses because of an update by somebody else, in progress or over: what only keeps callers from the candidate need not wait for it. */
export function yields({ refusal }: TargetState): boolean {
  return refusal !== null && ['RolloutInProgress', 'AlreadyPromoted', 'SameRevision'].includes(refusal.reason);
}

/** Another target of the stage in force holds the candidate back in its place: the Rollout for its route, or the other way round. */
export function isCovered(plan: PlanState, name: string): boolean {
  const desired = desiredEntry(plan);
  const { stages, targets } = snapshotInForce(plan);
  const stage = desired === 'None' ? undefined : stages[desired.stage];
  if (stage === undefined || !yields(targetState(plan, name))) return false;
  return targets.some((other) => {
    if (other.name === name || !splitsTraffic(other) || constraintsOf(stage, other.name).length === 0) return false;
    const { refusal, applied } = targetState(plan, other.name);
    return refusal === null && sameEntry(applied, desired);
  });
}

/** The targets of a plan that are this object. */
export function targetsOn(plan: PlanState, kind: TargetKind, object: string): readonly Target[] {
  return snapshotInForce(plan).targets.filter((target) => targetKindOf(target) === kind && target.object === object);
}

/** A step is told once some target was brought to it, once none needs to be, or once one refused it. */
export function isTold(plan: PlanState, brought: boolean): boolean {
  const desired = desiredEntry(plan);
  const states = actedOn(snapshotInForce(plan)).map((target) => targetState(plan, target.name));
  return brought || states.some(({ refusal }) => refusal !== null) || states.every(({ applied }) => sameEntry(applied, desired));
}

/**
 * When every target showed the stage in force; null while one does not, or while there is none. Room counts only where there is
 * nothing else: evidence is about who answers, not how many.
 */
export function verifiedAtMs(plan: PlanState): EpochMs | null {
  const snapshot = snapshotInForce(plan);
  // Nothing is laid over anything in Observe mode, so there is nothing to wait for.
  if (snapshot.mode === 'Observe') return plan.memory.phase === 'Engaged' ? plan.memory.stageSinceMs : null;
  const desired = desiredEntry(plan);
  if (desired === 'None') return null;
  const acting = actedOn(snapshot);
  // A plan that only runs jobs lays nothing over anything either.
  if (acting.length === 0) return plan.memory.phase === 'Engaged' ? plan.memory.stageSinceMs : null;
  const within = acting.filter(({ name }) => !isOutOfReach(targetState(plan, name)) && !isCovered(plan, name));
  const answering = within.filter((target) => roleOf(target) !== 'Capacity');
  const times = (answering.length === 0 ? within : answering).map((target) => {
    const state = targetState(plan, target.name);
    return sameEntry(state.applied, desired) ? state.verifiedAtMs : null;
  });
  return times.length === 0 || times.includes(null) ? null : Math.max(...times.map(Number));
}

export function refusedTargets(plan: PlanState): readonly string[] {
  return statesInForce(plan).flatMap(([name, { refusal }]) => (refusal === null ? [] : [name]));
}

/** Until when a stage that no backend is ready for waits for the replicas it asked for itself; 0 when it waits for none. */
export function awaitsRoomUntilMs(plan: PlanState): EpochMs {
  const { memory } = plan;
  if (memory.phase !== 'Engaged' || memory.direction !== 'Up') return 0;
  const short = targetsShortOfReplicas(plan);
  if (short.length === 0 || short.length < targetsWithoutSafeBackend(plan).length) return 0;
  const dueAfterMs = roomIsDueAfterMs(snapshotInForce(plan).stages[memory.stage], refusedTargets(plan));
  return dueAfterMs === 0 ? 0 : memory.stageSinceMs + dueAfterMs;
}

function refusedFor(plan: PlanState, reasons: readonly string[]): readonly string[] {
  return statesInForce(plan).flatMap(([name, { refusal }]) => (refusal !== null && reasons.includes(refusal.reason) ? [name] : []));
}

/** A plan taken up by a new process, before all of its targets have answered: what its status says of them still stands. */
export function isUnheard(plan: PlanState): boolean {
  if (desiredEntry(plan) === 'None') return false;
  const states = actedOn(snapshotInForce(plan)).map(({ name }) => targetState(plan, name));
  return states.some(({ generation, refusal }) => generation === null && refusal === null);
}

/** Targets that refuse what the plan asks now, because nobody could take the candidate's requests. */
export function targetsWithoutSafeBackend(plan: PlanState): readonly string[] {
  return refusedFor(plan, ['SafeBackendNotReady', 'BackendMissing']);
}

export function targetsShortOfReplicas(plan: PlanState): readonly string[] {
  return refusedFor(plan, ['SafeBackendNotReady']);
}

/** Targets that leave the requests to an update of somebody else's, where no other holds the candidate back in their place. */
export function yieldingTargets(plan: PlanState): readonly string[] {
  return statesInForce(plan).flatMap(([name, state]) => (yields(state) && !isCovered(plan, name) ? [name] : []));
}

/** True once no target holds anything of this plan any more, nor may come to by a patch still on its way. */
export function fullyReleased(plan: PlanState): boolean {
  return statesInForce(plan).every(([, { applied, sending }]) => applied === 'None' && sending === null);
}
