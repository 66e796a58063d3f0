import type { DecisionReason } from '../api/conditions.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import type { DecisionInForce } from '../core/model/decision.ts';

/** Whether a decision counts now, and what to tell its author. */
export interface DecisionValidity {
  readonly valid: boolean;
  readonly reason: DecisionReason;
  readonly message: string;
  /** Null when it does not count, or has done what it was for. */
  readonly inForce: DecisionInForce | null;
}

/** Once written it stays: what a decision was used for may be long forgotten. */
export function isMarkedUsed({ status }: Pick<RiskDecision, 'status'>): boolean {
  return status.conditions.some(({ type, reason }) => type === 'Valid' && reason === 'Used');
}

/** How entries of a record name a decision. */
export function decisionTarget(name: string): string {
  return `RiskDecision/${name}`;
}
