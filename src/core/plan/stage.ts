import type { Constraint } from '../model/constraint.ts';
import type { Indicator } from '../model/indicator.ts';
import type { Served } from '../model/observation.ts';
import type { PlanSnapshot, Stage } from '../model/plan.ts';
import { toConstraint } from '../model/stage-action.ts';
import { roleOf, splitsTraffic, switchesCandidate } from '../model/target.ts';
import type { Target, TargetRole } from '../model/target.ts';
import type { PlanStepInput } from './input.ts';

/** How much of the candidate's answers one target lets through, as an upper bound in percent. */
export interface TargetExposure {
  readonly target: string;
  readonly livePercent: number;
  readonly mirrorPercent: number;
}

/** The constraints a stage lays on one target; none when the stage does not name it. */
export function constraintsOf(stage: Stage, targetName: string): readonly Constraint[] {
  return stage.actions.filter((action) => action.target === targetName).map(toConstraint);
}

/** Most of the candidate's live answers one target lets through by itself while `stage` holds (null: no stage), in percent. */
export function ownLivePercent(stage: Stage | null, target: Target): number {
  return stageExposure(stage, [target])[0]?.livePercent ?? 100;
}

const engagingOrder: readonly TargetRole[] = ['Capacity', 'Traffic', 'Flag', 'Workload', 'Setting'];

/**
 * Every prefix of the order is safe: going in there is room before requests move, routes move before flags, pods are
 * exchanged after that, and settings come last; coming out the other way round.
 */
export function orderTargets(direction: 'Engage' | 'Release', targets: readonly Target[]): readonly Target[] {
  const engaging = engagingOrder.flatMap((role) => targets.filter((target) => roleOf(target) === role));
  return direction === 'Engage' ? engaging : engaging.reverse();
}

/**
 * What callers can still get of the candidate, per target, while `stage` holds (null: no stage).
 * A flag or a workload behind a route is no exposure of its own; rolled back, it takes route and mirror away with it. Capacity is none, and a
 * patch says nothing of it.
 */
export function stageExposure(stage: Stage | null, targets: readonly Target[]): readonly TargetExposure[] {
  return targets.flatMap((target) => {
    if (splitsTraffic(target)) return [routeExposure(stage, target.name, targets)];
    if (!switchesCandidate(target) || routeBehind(target, targets) !== null) return [];
    return [{ target: target.name, livePercent: isRolledBack(stage, target.name) ? 0 : 100, mirrorPercent: 0 }];
  });
}

/** True when any target may give more live answers in `to` than in `from`; a patch taken off may give any, nobody knows what it held back. */
export function raisesLiveShare(from: Stage | null, to: Stage | null, targets: readonly Target[]): boolean {
  const before = new Map(stageExposure(from, targets).map((exposure) => [exposure.target, exposure.livePercent]));
  const raised = stageExposure(to, targets).some((exposure) => exposure.livePercent > (before.get(exposure.target) ?? 0));
  return raised || liftsPatch(from, to);
}

/**
 * Which answers evidence can come from while stage `index` holds (null: no stage); null when the stage leaves nothing to measure.
 * In Observe mode nothing is constrained, so all answers stay live.
 */
export function servedIn(snapshot: PlanSnapshot, index: number | null): Served | null {
  if (index === null || snapshot.mode === 'Observe') return 'Live';
  const exposure = stageExposure(snapshot.stages[index] ?? null, actedOn(snapshot));
  // Nothing the plan acts on stands between callers and the candidate.
  if (exposure.length === 0) return 'Live';
  if (exposure.some((each) => each.livePercent > 0)) return 'Live';
  return exposure.some((each) => each.mirrorPercent > 0) ? 'Shadow' : null;
}

/** The same of stage `index` as it stands: where none of its targets exists, all answers are as they were without it. */
export function servedNow(
  { snapshot, holdsNothing }: Pick<PlanStepInput, 'snapshot' | 'holdsNothing'>,
  index: number | null,
): Served | null {
  return holdsNothing ? 'Live' : servedIn(snapshot, index);
}

/**
 * Indices of stages whose escalation time is over before any window of their own could be: they never escalate by time. By the triggers the plan
 * names: what was signed and stands beside one may be slower, leads up on windows of the stage alone, and must not take the ladder away.
 */
export function escalatesBlind({ stages, trigger }: PlanSnapshot, indicators: readonly Indicator[]): readonly number[] {
  const added = new Set((trigger.standIns ?? []).flatMap(({ by }) => by));
  const triggers = indicators.filter(({ name }) => trigger.indicators.includes(name) && !added.has(name));
  const neededSeconds = Math.max(0, ...triggers.map((indicator) => indicator.windowSeconds + indicator.forSeconds));
  return stages.flatMap((stage, index) =>
    stage.escalateAfterSeconds !== null && stage.escalateAfterSeconds < neededSeconds ? [index] : [],
  );
}

/** Indices of stages above `index` that would give callers more live answers of the candidate than it does. */
export function loosening(snapshot: PlanSnapshot, index: number): readonly number[] {
  const from = snapshot.stages[index];
  if (from === undefined) return [];
  const targets = actedOn(snapshot);
  return snapshot.stages.flatMap((to, above) => (above > index && raisesLiveShare(from, to, targets) ? [above] : []));
}

/** How long the replicas a stage asks for may take to become ready, from its beginning. Those nobody will start are not waited for. */
export function roomIsDueAfterMs(stage: Stage | undefined, refusedTargets: readonly string[]): number {
  const waits = (stage?.actions ?? []).flatMap((action) =>
    action.kind === 'Scale' && !refusedTargets.includes(action.target) ? [action.readyWithinSeconds] : [],
  );
  return Math.max(0, ...waits) * 1000;
}

/** The targets some stage acts on; one that no stage names says nothing about exposure. */
export function actedOn(snapshot: PlanSnapshot): readonly Target[] {
  const named = new Set(snapshot.stages.flatMap((stage) => stage.actions.map((action) => action.target)));
  return snapshot.targets.filter((target) => named.has(target.name));
}

function routeExposure(stage: Stage | null, route: string, targets: readonly Target[]): TargetExposure {
  const switches = targets.filter((target) => routeBehind(target, targets) === route);
  if (switches.some(({ name }) => isRolledBack(stage, name))) return { target: route, livePercent: 0, mirrorPercent: 0 };
  const constraints = stage === null ? [] : constraintsOf(stage, route);
  const mirrors = constraints.flatMap((constraint) => (constraint.kind === 'Shadow' ? [constraint.mirrorPercent] : []));
  if (mirrors.length > 0) return { target: route, livePercent: 0, mirrorPercent: Math.min(...mirrors) };
  const caps = constraints.flatMap((constraint) => (constraint.kind === 'Cap' ? [constraint.maxPercent] : []));
  return { target: route, livePercent: Math.min(100, ...caps), mirrorPercent: 0 };
}

function routeBehind(own: Target, targets: readonly Target[]): string | null {
  if (!switchesCandidate(own) || own.behind === null) return null;
  const route = targets.find((target) => splitsTraffic(target) && target.name === own.behind);
  return route?.name ?? null;
}

function isRolledBack(stage: Stage | null, name: string): boolean {
  return stage?.actions.some(({ kind, target }) => ['FlagRollback', 'Pin'].includes(kind) && target === name) ?? false;
}

function liftsPatch(from: Stage | null, to: Stage | null): boolean {
  const patched = (stage: Stage | null): readonly string[] =>
    (stage?.actions ?? []).flatMap(({ kind, target }) => (kind === 'Patch' ? [target] : []));
  return patched(from).some((target) => !patched(to).includes(target));
}
