import type { EpochMs } from '../../shared/clock.ts';
import type { Holder } from '../model/constraint.ts';
import type { PlanMemory, PlanSnapshot } from '../model/plan.ts';

/** What the journal on one target says of this plan. */
export type JournalFinding =
  | { readonly kind: 'Engaged'; readonly holder: Holder }
  | { readonly kind: 'Released'; readonly engagement: number; readonly actor: string };

export interface RestartInput {
  readonly snapshot: PlanSnapshot;
  /** From the plan's status; null when it was never written or is lost. */
  readonly persisted: PlanMemory | null;
  /** From every target of the plan that carries a journal of ours naming this plan. */
  readonly journals: readonly JournalFinding[];
  readonly nowMs: EpochMs;
}

export const initialPlanMemory: PlanMemory = {
  phase: 'Idle',
  lastEngagement: 0,
  recentEngagementsMs: [],
  rejectedStage: null,
  suppressed: [],
};

/** The memory after a restart: engaged if a journal or the status says so, released if a tombstone says so, whatever the status says. */
export function restartPlan(_input: RestartInput): PlanMemory {
  throw new Error('being written');
}
