import { drillToStatus } from '../api/drill.ts';
import { toInstant } from '../api/instant.ts';
import type { MitigationPlanStatus } from '../api/mitigation-plan-status.ts';
import type { DrillOutcome } from '../core/drill/outcome.ts';
import { explainRecovery, recoveryVerdict } from '../core/drill/recovery.ts';
import { drillDue, drillOverdueMs } from '../core/drill/schedule.ts';
import type { ConditionNow } from '../kube/conditions.ts';
import type { EpochMs } from '../shared/clock.ts';
import { drillTimes } from './drill-state.ts';
import type { DrillState } from './plan-state.ts';

type Drilled = ConditionNow & { readonly type: 'Drilled' };

/** Whether the plan was last seen to work; none for a plan nobody drills. */
export function drilledCondition(drill: DrillState, nowMs: EpochMs): readonly Drilled[] {
  const { schedule, last, running, postponed } = drill;
  const say = (status: Drilled['status'], reason: string, message: string): readonly Drilled[] => [
    { type: 'Drilled', status, reason, message },
  ];
  if (running !== null) return say('Unknown', 'Running', 'A drill lays its stages over the live targets and takes them off again.');
  if (schedule !== null && 'problem' in schedule)
    return say('False', 'ScheduleInvalid', `No drill is made by itself: in spec.drill ${schedule.problem}.`);
  const waits = postponed === null ? '' : ` ${postponed.message}`;
  if (drillOverdueMs(drillTimes(drill, nowMs), nowMs) > 0)
    return say('False', 'Overdue', `No drill since ${toInstant(drill.lastAtMs ?? drill.createdAtMs)}, though one is due.${waits}`);
  // While one waits, what the last one came to still holds.
  if (last !== null) return [ofLast(last)];
  if (schedule === null) return [];
  const due = drillDue(drillTimes(drill, nowMs), nowMs);
  const when = due.kind === 'Later' ? `the first one is due at ${toInstant(due.atMs)}.` : `one is due.${waits}`;
  return say('Unknown', 'NotYet', `Never drilled; ${when}`);
}

function ofLast(last: DrillOutcome): Drilled {
  const { result, reason, message, atMs } = last;
  const status = result === 'Passed' ? 'True' : result === 'Failed' ? 'False' : 'Unknown';
  if (result !== 'Passed') return { type: 'Drilled', status, reason: result, message: `${reason}: ${message}` };
  const passed = `Every stage was tried at ${toInstant(atMs)} and could be taken and given back. ${explainRecovery(last)}`;
  if (recoveryVerdict(last) !== 'Beyond') return { type: 'Drilled', status, reason: result, message: passed };
  // It works, and too late for what the model promises: who relies on the promise must be told.
  const advice = 'Make the plan faster, or promise what it can do.';
  return { type: 'Drilled', status: 'False', reason: 'RecoveryTooSlow', message: `${passed} ${advice}` };
}

export function lastDrillStatus({ last }: DrillState): Pick<MitigationPlanStatus, 'lastDrill'> {
  return last === null ? {} : { lastDrill: drillToStatus(last) };
}
