import type { UntypedObject } from '../kube/kube-object.ts';
import type { PlanState } from './plan-state.ts';
import { stallDraft } from './stall-draft.ts';
import type { Wakes } from './wakes.ts';

/** Our own status comes back through the watch: what it says of a stall is put on record from there, after a restart too. */
export function noteStall(plan: PlanState, object: UntypedObject, wakes: Pick<Wakes, 'record'>): void {
  const draft = stallDraft(plan, object);
  if (draft === null || plan.stalledAt === draft.at) return;
  plan.stalledAt = draft.at;
  plan.drafts = [...plan.drafts, draft];
  wakes.record(plan.current.plan.namespace);
}
