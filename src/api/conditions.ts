import * as z from 'zod';
import { generation, instant, mapList, requiredText, text } from './fields.ts';

/** metav1.Condition, with the bounds the API conventions give it. */
const condition = z
  .object({
    type: requiredText(316, 'What the condition is about.'),
    status: z.enum(['True', 'False', 'Unknown']).meta({ description: 'Whether it holds. Unknown until the operator has looked.' }),
    reason: requiredText(1024, 'One word for the cause, for programs.'),
    message: text(32_768, 'What happened, to which object, and what to do; for people.'),
    lastTransitionTime: instant('When the status last changed (RFC 3339).'),
    observedGeneration: generation('Generation of the object this condition speaks of.').exactOptional(),
  })
  .meta({ description: 'One thing that holds or does not.' });

/** Conditions of one kind; `types` are named in the description that `kubectl explain` shows. */
export function conditionList(types: readonly string[]) {
  return mapList(condition, 'type', { max: 16, description: `What holds of this object now: ${types.join(', ')}.` }).default([]);
}

export const riskPolicyConditionTypes = ['Ready', 'ProvidersReachable', 'AlertsMaintained', 'ReportsDelivered', 'ReviewCurrent'] as const;
export const modelRiskConditionTypes = ['Ready', 'Assessed', 'Breached', 'Calibrated', 'ReviewCurrent', 'Documented', 'SignedOff'] as const;
export const mitigationPlanConditionTypes = [
  'Ready',
  'Stalled',
  'Reconciling',
  'Engaged',
  'Effective',
  'AwaitingApproval',
  'AwaitingEvidence',
  'SpecPending',
  'Contested',
  'UncappedPath',
  'Latched',
  'Held',
  'Drilled',
] as const;
export const riskIncidentConditionTypes = ['Closed', 'Told', 'CategoryKnown'] as const;
export const riskDecisionConditionTypes = ['Valid'] as const;

export type RiskPolicyConditionType = (typeof riskPolicyConditionTypes)[number];
export type ModelRiskConditionType = (typeof modelRiskConditionTypes)[number];
export type MitigationPlanConditionType = (typeof mitigationPlanConditionTypes)[number];

/** Why a decision is void, or that it counts. */
export type DecisionReason =
  | 'Valid'
  | 'Used'
  | 'SubjectMissing'
  | 'DigestChanged'
  | 'AuthorContributed'
  | 'AuthorSigned'
  | 'TooLong'
  | 'TooOften'
  | 'ModelChanged'
  | 'ForeignRole'
  | 'Expired'
  | 'NotAsked'
  | 'NotEngaged'
  | 'EngagementOver'
  | 'InFuture';
