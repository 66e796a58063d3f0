import { toInstant } from '../api/instant.ts';
import { targetKindOf } from '../core/model/target.ts';
import { explainNote, explainTransition } from '../core/explain.ts';
import type { Transition, TransitionKind } from '../core/model/transition.ts';
import type { PlanNote } from '../core/plan/input.ts';
import type { Claim } from '../actuators/port.ts';
import type { EventRecorder, RecordedEvent } from '../kube/event-recorder.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { Cluster } from './cluster.ts';
import { nameOf, prospect } from './contest.ts';
import type { ContestOutcome } from './contest.ts';
import { explainOwners } from './evidence.ts';
import { snapshotInForce, targetState } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';
import type { RiskState } from './risk-state.ts';

/** What people see with `kubectl describe`, on the plan and on the objects it acts on. */
export interface Announcer {
  transition(plan: PlanState, transition: Transition, risk: RiskState | null): void;
  note(plan: PlanState, note: PlanNote): void;
  orphans(live: UntypedObject, claims: readonly Claim[]): void;
  contest(plan: PlanState, live: UntypedObject, outcome: Exclude<ContestOutcome, 'Counted'>): void;
  /** Of a plan that is gone: the routes it made stay. */
  outlived(plan: PlanState): void;
}

const warnings: ReadonlySet<TransitionKind> = new Set(['Proposed', 'Engaged', 'Escalated', 'Latched']);
const announcedNotes: ReadonlySet<PlanNote['kind']> = new Set(['SharedCause', 'AwaitingApproval', 'AwaitingDecision', 'Held']);

function whyItStays({ current }: PlanState): string {
  return `MitigationPlan ${current.plan.name}, which this route was made from, is gone. The route stays with the split the plan gave it: delete it if nobody needs it; a plan of the same name takes it up again.`;
}

function routesMadeFrom({ current, generated }: PlanState, { targets }: Pick<Cluster, 'targets'>): readonly UntypedObject[] {
  const routes = targets.get('HTTPRoute')?.store;
  return generated.flatMap(({ object }) => routes?.get(`${current.plan.namespace}/${object}`) ?? []);
}

export function createAnnouncer(recorder: EventRecorder, cluster: Pick<Cluster, 'own' | 'targets'>): Announcer {
  function onPlan(plan: PlanState, event: Omit<RecordedEvent, 'regarding'>): void {
    const object = cluster.own.plans.store.get(plan.key);
    if (object !== undefined) recorder.record({ regarding: object, ...event });
  }

  function onTargets(plan: PlanState, event: Omit<RecordedEvent, 'regarding'>): void {
    for (const target of snapshotInForce(plan).targets) {
      const live = cluster.targets.get(targetKindOf(target))?.store.get(`${plan.current.plan.namespace}/${target.object}`);
      if (live !== undefined) recorder.record({ regarding: live, ...event });
    }
  }

  return {
    transition: (plan, transition, risk) => {
      const indicators = transition.assessments.map(({ indicator }) => indicator.name);
      const owners = warnings.has(transition.kind) ? ` ${explainOwners(plan.owner, risk, indicators)}` : '';
      const event = {
        type: warnings.has(transition.kind) ? 'Warning' : 'Normal',
        reason: transition.kind,
        action: transition.kind,
        note: `${explainTransition(snapshotInForce(plan), transition)}${owners}`,
      } as const;
      onPlan(plan, event);
      if (snapshotInForce(plan).mode !== 'Observe') onTargets(plan, event);
    },
    note: (plan, note) => {
      if (announcedNotes.has(note.kind))
        onPlan(plan, { type: 'Warning', reason: note.kind, action: 'Assess', note: explainNote(snapshotInForce(plan), note, toInstant) });
    },
    contest: (plan, live, outcome) => {
      const { onContest } = snapshotInForce(plan);
      const rivals = snapshotInForce(plan).targets.filter(
        (target) => cluster.targets.get(targetKindOf(target))?.resource.kind === live.kind && target.object === live.metadata.name,
      );
      const rival = nameOf(rivals.map(({ name }) => targetState(plan, name).rival).find((name) => name !== '') ?? '');
      const what = `${rival} keeps changing what plan ${plan.current.plan.name} constrains on ${live.kind} ${live.metadata.name}.`;
      const remedy = 'Stop that writer, or have it leave these fields alone';
      const yields = 'The plan yields (onContest): the candidate gets what that writer wants.';
      const note = outcome === 'Yielded' ? `${what} ${yields} ${remedy}.` : `${what} ${remedy}; ${prospect(onContest)}`;
      const event = { type: 'Warning', reason: outcome, action: outcome === 'Yielded' ? 'Yield' : 'Reassert' } as const;
      onPlan(plan, { ...event, note });
      recorder.record({ regarding: live, ...event, note });
    },
    outlived: (plan) => {
      for (const live of routesMadeFrom(plan, cluster))
        recorder.record({ regarding: live, type: 'Normal', reason: 'RouteStays', action: 'Keep', note: whyItStays(plan) });
    },
    orphans: (live, claims) => {
      const names = claims.map(({ holder }) => holder.plan).join(', ');
      recorder.record({
        regarding: live,
        type: 'Warning',
        reason: 'OrphanedConstraint',
        action: 'Keep',
        note: `MitigationPlan ${names} is gone, its constraint stays. Create the plan again to adopt it, or run: kubectl modelrisk restore ${live.kind} ${live.metadata.name}`,
      });
    },
  };
}
