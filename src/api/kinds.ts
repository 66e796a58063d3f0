import { mitigationPlanKind } from './mitigation-plan.ts';
import { modelRiskKind } from './model-risk.ts';
import { riskChainHeadKind } from './risk-chain-head.ts';
import { riskDecisionKind } from './risk-decision.ts';
import { riskGateKind } from './risk-gate.ts';
import { riskIncidentKind } from './risk-incident.ts';
import { riskPolicyKind } from './risk-policy.ts';
import { targetJournalKind } from './target-journal.ts';

/** Every kind of `modelrisk.dev`, in the order people read about them. */
export const kinds = [
  riskPolicyKind,
  modelRiskKind,
  mitigationPlanKind,
  riskIncidentKind,
  riskDecisionKind,
  riskChainHeadKind,
  targetJournalKind,
  riskGateKind,
] as const;
