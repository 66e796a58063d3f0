import type { EntryDraft } from '../core/audit-chain.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import { previousConditions } from './mitigation-plan.ts';
import type { PlanState } from './plan-state.ts';

/**
 * An engaged plan that is stalled protects nobody as it should: people must be told, so it belongs on record. Read from the status, whose
 * transition time makes it the same entry for every process; null while it is not stalled.
 */
export function stallDraft(plan: PlanState, object: UntypedObject): EntryDraft | null {
  const stalled = previousConditions(object).find(({ type }) => type === 'Stalled');
  if (plan.memory.phase !== 'Engaged' || plan.engaged === null || stalled?.status !== 'True') return null;
  const engagedAtMs = plan.memory.recentEngagementsMs.at(-1) ?? 0;
  const stalledAtMs = Date.parse(stalled.lastTransitionTime);
  // What ailed the plan before it engaged is no part of this record. Times of conditions are whole seconds.
  if (stalledAtMs < wholeSecond(engagedAtMs)) return null;
  const at = new Date(Math.max(stalledAtMs, engagedAtMs)).toISOString();
  return { at, type: 'Stalled', actor: 'operator', target: '', before: '', after: '', reason: stalled.message.slice(0, 512) };
}

function wholeSecond(atMs: EpochMs): EpochMs {
  return atMs - (atMs % 1000);
}
