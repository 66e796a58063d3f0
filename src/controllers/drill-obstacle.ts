import { targetKindOf } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import { sandboxLabel } from '../api/drill.ts';
import type { Actuator, TargetKind } from '../actuators/port.ts';
import type { DrillObstacle, DrillScope } from '../core/drill/schedule.ts';
import { isDrillHolder } from '../core/drill/holder.ts';
import { actedOn } from '../core/plan/stage.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { Cluster } from './cluster.ts';
import type { PlanState } from './plan-state.ts';
import type { RiskState } from './risk-state.ts';

/** What comes before any drill of this plan, and ends one that runs. A person's Hold needs no line: it is void while nothing is held. */
export function planObstacle(plan: PlanState): DrillObstacle | null {
  const { name } = plan.current.plan;
  if (plan.deleting) return { reason: 'Deleted', message: `Plan ${name} is being deleted.` };
  if (plan.suspend !== 'None')
    return { reason: 'Suspended', message: `Plan ${name} has suspend: ${plan.suspend}; it is drilled again once that is None.` };
  if (plan.memory.phase === 'Proposed') return { reason: 'Proposed', message: `Plan ${name} waits for people's answer to a real breach.` };
  // Not what is on its way: a patch of the drill itself is on the way of every plan that shares the object.
  const isHolding = [...plan.targets.values()].some(({ applied }) => applied !== 'None');
  if (plan.memory.phase === 'Engaged' || plan.engaged !== null || isHolding)
    return { reason: 'Engaged', message: `Plan ${name} answers to a real breach; it is drilled once that is over.` };
  return null;
}

export interface LiveObstacleFacts {
  readonly cluster: Pick<Cluster, 'targets'>;
  readonly actuators: ReadonlyMap<TargetKind, Actuator>;
  readonly risk: RiskState | null;
  /** All of them: the drill of one is in the way of another's. */
  readonly plans: Iterable<PlanState>;
}

/** What keeps a plan from being drilled on live objects, beside all that keeps it from any drill. */
export function liveObstacle(plan: PlanState, { cluster, actuators, risk, plans }: LiveObstacleFacts): DrillObstacle | null {
  const { plan: subject, mode, trigger } = plan.current;
  if (mode === 'Observe') {
    const message = `Plan ${subject.name} has mode: Observe and touches nothing: write drill.scope: DryRun, or another mode.`;
    return { reason: 'Observes', message };
  }
  // What a drill takes away must not look like the failure these wait for.
  const blind = trigger.indicators.find((name) => risk?.indicators.get(name)?.indicator.onNoData === 'Breach');
  if (blind !== undefined) {
    const message = `Indicator ${blind} has onNoData: Breach, and a live drill takes the candidate's requests away that it measures: it would engage for real. Write drill.scope: DryRun.`;
    return { reason: 'EngagesWithoutData', message };
  }
  for (const target of actedOn(plan.current)) {
    const what = `${target.kind} ${target.object} (target ${target.name})`;
    // What another drill laid would be taken for what users want. It may not stand there yet, or not any more in this process.
    const other = drillOn(target, plan, plans);
    if (other !== null) return isDrilled(what, other);
    const live = cluster.targets.get(targetKindOf(target))?.store.get(`${subject.namespace}/${target.object}`);
    const reading = live === undefined ? undefined : actuators.get(targetKindOf(target))?.readJournal(live);
    const holders = reading?.kind === 'Engaged' ? reading.holders : [];
    const [holder] = holders.filter(({ planUID }) => planUID !== plan.drill.running?.actor.uid);
    if (holder === undefined) continue;
    return isDrillHolder(holder.plan)
      ? isDrilled(what, holder.plan)
      : { reason: 'TargetHeld', message: `${what} is held by plan ${holder.plan}.` };
  }
  return null;
}

/** Name of the drill of another plan that runs over the same object. */
function drillOn(target: Target, plan: PlanState, plans: Iterable<PlanState>): string | null {
  for (const { current, drill } of plans) {
    const actor = drill.running?.actor;
    if (actor === undefined || actor === plan.drill.running?.actor || current.plan.namespace !== plan.current.plan.namespace) continue;
    const isShared = (each: Target): boolean => targetKindOf(each) === targetKindOf(target) && each.object === target.object;
    if (actedOn(actor.current).some(isShared)) return actor.current.plan.name;
  }
  return null;
}

function isDrilled(what: string, drill: string): DrillObstacle {
  return { reason: 'TargetDrilled', message: `${what} is held by drill ${drill}: it is drilled once that has given it back.` };
}

/** Only where somebody who may change the Namespace says that its live objects are there to be tried on. The failure passes by itself. */
export async function sandboxObstacle(
  namespaces: Pick<ResourceClient<UntypedObject>, 'get'>,
  name: string,
): Promise<Result<DrillObstacle | null, string>> {
  const read = await namespaces.get({ namespace: null, name });
  if (!read.ok) {
    const { kind, message } = read.failure;
    if (kind !== 'Denied' && kind !== 'NotFound') return failure(message);
    return success({
      reason: 'NotSandbox',
      message: `Namespace ${name} can't be read (${message}), so nobody knows whether it is a sandbox.`,
    });
  }
  if (read.value.metadata.labels?.[sandboxLabel] === 'true') return success(null);
  const message = `Namespace ${name} has no label ${sandboxLabel}: "true", so its live objects are not touched by drills: set it, or write drill.scope: DryRun.`;
  return success({ reason: 'NotSandbox', message });
}

export function obstacleText(scope: DrillScope, { message }: DrillObstacle): string {
  return `A drill (${scope}) was not begun. ${message}`;
}
