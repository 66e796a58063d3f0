import type { Actuator, TargetKind } from '../actuators/port.ts';
import { drillHolder } from '../core/drill/holder.ts';
import { targetKindOf } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import { fieldManager } from './cluster.ts';
import type { PlanState } from './plan-state.ts';
import { fullyReleased, isFullyRecorded, targetsAround } from './plan-state.ts';

/** What a target can't lose must not keep a plan for ever. */
const longestStayMs = 60_000;

export interface MarksOptions {
  readonly cluster: Pick<Cluster, 'targets'>;
  readonly actuators: ReadonlyMap<TargetKind, Actuator>;
  readonly clock: Clock;
}

/** Nothing held, nothing left to record. */
export function isDone(plan: PlanState): boolean {
  return fullyReleased(plan) && plan.engaged === null && isFullyRecorded(plan);
}

/** What its targets still carry of a plan that holds nothing any more. */
export interface Marks {
  /**
   * How long a plan under deletion that is done may yet stay for them; 0 when it may go. Kinds that need an opt-in are watched while a
   * plan names them: if the last one went first and the process ended, nobody would ever see what is left there.
   */
  stayMs(plan: PlanState): number;
}

export function createMarks(options: MarksOptions): Marks {
  const sinceMs = new WeakMap<PlanState, EpochMs>();
  return {
    stayMs: (plan) => {
      if (!targetsAround(plan).some((target) => isMarked(plan, target, options))) return 0;
      const nowMs = options.clock.nowMs();
      const beganMs = sinceMs.get(plan) ?? nowMs;
      sinceMs.set(plan, beganMs);
      return Math.max(0, beganMs + longestStayMs - nowMs);
    },
  };
}

/** A tombstone, whoever it names: the plan may have adopted what it let go. What others hold they give back themselves. */
function isMarked(plan: PlanState, target: Target, { cluster, actuators }: Omit<MarksOptions, 'clock'>): boolean {
  const { namespace, name } = plan.current.plan;
  const live = cluster.targets.get(targetKindOf(target))?.store.get(`${namespace}/${target.object}`);
  const actuator = actuators.get(targetKindOf(target));
  if (live === undefined || actuator === undefined) return false;
  const reading = actuator.readJournal(live);
  const drill = drillHolder({ name, uid: plan.uid });
  if (reading.kind === 'Engaged') return reading.holders.some(({ planUID }) => planUID === drill.uid);
  return reading.kind === 'Released' || actuator.disown(live, fieldManager) !== null;
}
