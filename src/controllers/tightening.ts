import type { PlanSnapshot, Stage } from '../core/model/plan.ts';
import type { Constraint } from '../core/model/constraint.ts';
import { toConstraint } from '../core/model/stage-action.ts';
import type { StageAction } from '../core/model/stage-action.ts';
import { closedUpwards } from '../core/plan/tighter-ladder.ts';
import type { HeldConstraints } from './journal-findings.ts';

function tighterAction(action: StageAction, edited: Stage | undefined): StageAction {
  const constraints = (edited?.actions ?? []).filter(({ target }) => target === action.target).map(toConstraint);
  return boundedBy(action, constraints);
}

/** The action, at least as tight as these. */
function boundedBy(action: StageAction, constraints: readonly Constraint[]): StageAction {
  switch (action.kind) {
    case 'CanaryLimit': {
      const caps = constraints.flatMap((constraint) => (constraint.kind === 'Cap' ? [constraint.maxPercent] : []));
      return { ...action, maxPercent: Math.min(action.maxPercent, ...caps) };
    }
    case 'Scale': {
      const floors = constraints.flatMap((constraint) => (constraint.kind === 'Replicas' ? [constraint.minReplicas] : []));
      return { ...action, minReplicas: Math.max(action.minReplicas, ...floors) };
    }
    default:
      return action;
  }
}

/**
 * The snapshot in force with those edits of the plan that tighten it: a lower canary limit, or more replicas, in a stage of the same name,
 * with those above it, no more yielding, and going on without evidence.
 * All else of an edit waits until the engagement is over, so nobody leaves a constraint by editing. The same object comes
 * back when nothing tightened.
 */
export function tightened(inForce: PlanSnapshot, edited: PlanSnapshot): PlanSnapshot {
  if (edited.plan.digest === inForce.plan.digest) return inForce;
  const stages = closedUpwards(
    inForce.stages.map((stage) => {
      const other = edited.stages.find(({ name }) => name === stage.name);
      return { ...stage, actions: stage.actions.map((action) => tighterAction(action, other)) };
    }),
  );
  const changed = stages.some((stage, index) => JSON.stringify(stage.actions) !== JSON.stringify(inForce.stages[index]?.actions));
  const yieldsNoMore = inForce.onContest.kind === 'Yield' && edited.onContest.kind === 'Reassert';
  const escalatesNow = inForce.onNoEvidence === 'Hold' && edited.onNoEvidence === 'Escalate';
  if (!changed && !yieldsNoMore && !escalatesNow) return inForce;
  return {
    ...{ ...inForce, stages, onContest: yieldsNoMore ? edited.onContest : inForce.onContest },
    onNoEvidence: escalatesNow ? edited.onNoEvidence : inForce.onNoEvidence,
  };
}

/**
 * The snapshot with the limits its targets have in force: an edit may have tightened them and been taken back since, which waits
 * until the engagement is over. Only the targets still know it.
 */
export function asTightAsHeld(snapshot: PlanSnapshot, held: readonly HeldConstraints[]): PlanSnapshot {
  const newest = Math.max(0, ...held.map(({ holder }) => holder.engagement));
  const inForce = held.filter(({ holder }) => holder.engagement === newest);
  const stages = snapshot.stages.map((stage, index) => {
    const limits = inForce.filter(({ holder }) => holder.stage === index);
    return { ...stage, actions: stage.actions.map((action) => asTight(action, limits)) };
  });
  return { ...snapshot, stages: closedUpwards(stages) };
}

function asTight(action: StageAction, limits: readonly HeldConstraints[]): StageAction {
  return boundedBy(
    action,
    limits.filter(({ target }) => target === action.target).flatMap(({ constraints }) => constraints),
  );
}
