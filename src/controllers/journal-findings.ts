import type { Actuator, ReleasedEngagement, TargetKind } from '../actuators/port.ts';
import type { Constraint, Holder } from '../core/model/constraint.ts';
import type { PlanSnapshot } from '../core/model/plan.ts';
import { targetKindOf } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import type { JournalFinding } from '../core/plan/memory.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { Cluster } from './cluster.ts';
import { targetState } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';

/** Every target the plan acts on, or acted on when its engagement began: an edit since must not hide a constraint. */
export function targetsOf(state: PlanState, snapshots: readonly PlanSnapshot[]): readonly Target[] {
  const all = [...state.current.targets, ...snapshots.flatMap(({ targets }) => targets)];
  return all.filter((target, index) => all.findIndex((other) => isSame(target, other)) === index);
}

function isSame(a: Target, b: Target): boolean {
  return targetKindOf(a) === targetKindOf(b) && a.object === b.object && a.name === b.name;
}

/** What one holder has in force on one target. */
export interface HeldConstraints {
  readonly holder: Holder;
  /** Name of the target within the plan. */
  readonly target: string;
  readonly constraints: readonly Constraint[];
}

type ReleasedFinding = Extract<JournalFinding, { kind: 'Released' }> & Pick<ReleasedEngagement, 'atMs' | 'unrecorded'>;

/** What the journal of a target says: what is in force there, or when it was released and what its record lacked then. */
export type TargetFinding = (Extract<JournalFinding, { kind: 'Engaged' }> & HeldConstraints) | ReleasedFinding;

/** What the journals on targets say of one plan. */
export interface Findings {
  /** Of every target; marks what is applied there on the way. */
  readonly findings: (state: PlanState, targets: readonly Target[]) => readonly TargetFinding[];
  readonly findingsOn: (state: PlanState, target: Target, live: UntypedObject) => readonly TargetFinding[];
}

export function createFindings({
  cluster,
  actuators,
}: {
  readonly cluster: Pick<Cluster, 'own' | 'targets'>;
  readonly actuators: ReadonlyMap<TargetKind, Actuator>;
}): Findings {
  const planExists = (uid: string): boolean => cluster.own.plans.store.list().some(({ metadata }) => metadata.uid === uid);

  function isOurs(state: PlanState, holder: Holder): boolean {
    return holder.planUID === state.uid || (holder.plan === state.current.plan.name && !planExists(holder.planUID));
  }

  function findingsOn(state: PlanState, target: Target, live: UntypedObject): readonly TargetFinding[] {
    const reading = actuators.get(targetKindOf(target))?.readJournal(live);
    if (reading?.kind !== 'Released' && reading?.kind !== 'Engaged') return [];
    const ended = reading.kind === 'Released' ? reading.engagements : reading.released;
    const tombstones = ended
      .filter(({ planUID }) => planUID === state.uid)
      .map(({ planUID: _, ...ended }): TargetFinding => ({ kind: 'Released', ...ended }));
    const claims = reading.kind === 'Engaged' ? reading.claims : [];
    const claim = claims.find((each) => each.target.name === target.name && isOurs(state, each.holder));
    if (claim === undefined) return tombstones;
    return [...tombstones, { kind: 'Engaged', holder: claim.holder, target: target.name, constraints: claim.constraints }];
  }

  function isPending(target: Target, live: UntypedObject): boolean {
    const reading = actuators.get(targetKindOf(target))?.readJournal(live);
    return reading?.kind === 'Engaged' && reading.pending === true;
  }

  function findings(state: PlanState, targets: readonly Target[]): readonly TargetFinding[] {
    return targets.flatMap((target) => {
      const live = cluster.targets.get(targetKindOf(target))?.store.get(`${state.current.plan.namespace}/${target.object}`);
      const found = live === undefined ? [] : findingsOn(state, target, live);
      for (const finding of found) {
        if (finding.kind !== 'Engaged') continue;
        const { engagement, stage, stageSinceMs } = finding.holder;
        Object.assign(targetState(state, target.name), { applied: { engagement, stage, stageSinceMs }, actedIn: engagement });
        // Written ahead, and nobody saw the patch land: what comes after this target waits until it is sent again.
        if (live !== undefined && isPending(target, live))
          targetState(state, target.name).sending = { sentAtMs: stageSinceMs, answer: 'Lost' };
      }
      return found;
    });
  }

  return { findings, findingsOn };
}
