import type { EntryDraft } from '../core/audit-chain.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { previousConditions } from './mitigation-plan.ts';
import type { PlanState } from './plan-state.ts';

/**
 * An engaged plan that is stalled protects nobody as it should: people must be told, so it belongs on record. Read from the status, whose
 * transition time makes it the same entry for every process; null while it is not stalled.
 */
export function stallDraft(plan: PlanState, object: UntypedObject): EntryDraft | null {
  const stalled = previousConditions(object).find(({ type }) => type === 'Stalled');
  if (plan.memory.phase !== 'Engaged' || plan.engaged === null || stalled?.status !== 'True') return null;
  const at = new Date(stalled.lastTransitionTime).toISOString();
  // What ailed the plan before it engaged is no part of this record.
  if (Date.parse(at) < (plan.memory.recentEngagementsMs.at(-1) ?? 0)) return null;
  return { at, type: 'Stalled', actor: 'operator', target: '', before: '', after: '', reason: stalled.message.slice(0, 512) };
}
