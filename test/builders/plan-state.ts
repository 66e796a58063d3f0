import { initialPlanMemory } from '../../src/core/plan/memory.ts';
import type { DrillState, PlanState } from '../../src/controllers/plan-state.ts';
import { aSnapshot, startMs } from './core.ts';

function noDrill(): DrillState {
  return {
    ...{ schedule: null, request: null, createdAtMs: startMs, last: null, lastAtMs: null },
    ...{ recalled: true, postponed: null, running: null },
  };
}

/** An idle plan as the operator holds it right after reading it. */
export function aPlanState(changes: Partial<PlanState> = {}): PlanState {
  const current = aSnapshot();
  return {
    key: `${current.plan.namespace}/${current.plan.name}`,
    uid: current.plan.uid,
    owner: 'lending-ml',
    current,
    signed: null,
    generated: [],
    engaged: null,
    former: [],
    sources: new Map(),
    own: new Map(),
    guardedVersion: null,
    suspend: 'None',
    drill: noDrill(),
    deleting: false,
    deletionNoted: false,
    memory: initialPlanMemory,
    grounds: new Map(),
    notes: [],
    targets: new Map(),
    remediations: new Map(),
    drafts: [],
    opening: null,
    applied: new Map(),
    sharedCauseIn: null,
    stalledAt: null,
    carriedOut: [],
    used: [],
    earlier: [],
    releasedBy: 'operator',
    answeredAtMs: null,
    untold: false,
    ...changes,
  };
}
