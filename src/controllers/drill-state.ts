import { drillFromStatus, drillRequestAnnotation, maxRequestLength, plannedDrills } from '../api/drill.ts';
import { fromInstant } from '../api/instant.ts';
import type { MitigationPlan } from '../api/mitigation-plan.ts';
import type { DrillOutcome } from '../core/drill/outcome.ts';
import { drilledSince } from '../core/drill/schedule.ts';
import type { DrillTimes } from '../core/drill/schedule.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { DrillState } from './plan-state.ts';

function requestOf({ metadata }: Pick<MitigationPlan, 'metadata'>): string | null {
  const request = metadata.annotations?.[drillRequestAnnotation]?.slice(0, maxRequestLength) ?? '';
  return request === '' ? null : request;
}

/** As the object says, with what this process knows beside it. */
export function refreshDrill(known: DrillState | undefined, plan: MitigationPlan): DrillState {
  const told = plan.status.lastDrill === undefined ? null : drillFromStatus(plan.status.lastDrill);
  const state: DrillState = known ?? {
    schedule: null,
    request: null,
    createdAtMs: fromInstant(plan.metadata.creationTimestamp),
    last: told,
    lastAtMs: told === null || told.result === 'Skipped' ? null : told.atMs,
    recalled: false,
    postponed: null,
    running: null,
  };
  state.schedule = plan.spec.drill === undefined ? null : plannedDrills(plan.spec.drill);
  state.request = requestOf(plan);
  return state;
}

function scheduleNow({ schedule, createdAtMs, lastAtMs }: DrillState, nowMs: EpochMs): DrillTimes['schedule'] {
  if (schedule === null || 'everySeconds' in schedule) return schedule;
  const { scope } = schedule;
  // Nobody knows when it is due: the condition says so.
  if ('problem' in schedule) return { scope, dueMs: null, followingMs: null };
  const { calendar } = schedule;
  const dueMs = calendar.next(drilledSince({ createdAtMs, lastAtMs }, nowMs));
  return { scope, dueMs, followingMs: dueMs === null ? null : calendar.next(dueMs) };
}

export function drillTimes(state: DrillState, nowMs: EpochMs): DrillTimes {
  const { request, createdAtMs, lastAtMs, last } = state;
  return { schedule: scheduleNow(state, nowMs), request, answered: last?.request ?? null, createdAtMs, lastAtMs };
}

/** From here on this is the last drill. */
export function noteDrill(state: DrillState, outcome: DrillOutcome): void {
  state.last = outcome;
  state.postponed = null;
  if (outcome.result !== 'Skipped') state.lastAtMs = outcome.atMs;
}
