import { drillFromStatus, drillRequestAnnotation, maxRequestLength } from '../api/drill.ts';
import { fromInstant } from '../api/instant.ts';
import type { MitigationPlan } from '../api/mitigation-plan.ts';
import type { DrillOutcome } from '../core/drill/outcome.ts';
import type { DrillTimes } from '../core/drill/schedule.ts';
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
  state.schedule = plan.spec.drill ?? null;
  state.request = requestOf(plan);
  return state;
}

export function drillTimes({ schedule, request, createdAtMs, lastAtMs, last }: DrillState): DrillTimes {
  return { schedule, request, answered: last?.request ?? null, createdAtMs, lastAtMs };
}

/** From here on this is the last drill. */
export function noteDrill(state: DrillState, outcome: DrillOutcome): void {
  state.last = outcome;
  state.postponed = null;
  if (outcome.result !== 'Skipped') state.lastAtMs = outcome.atMs;
}
