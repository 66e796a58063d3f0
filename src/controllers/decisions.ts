import type { DecisionReason } from '../api/conditions.ts';
import { fromInstant } from '../api/instant.ts';
import { parseRiskDecision } from '../api/risk-decision.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import { parseRiskIncident } from '../api/risk-incident.ts';
import type { DecisionInForce } from '../core/model/decision.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import { snapshotInForce } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';
import type { Programme } from './programme.ts';
import { engagementOf, incidentOf } from './record.ts';

export const contributorsAnnotation = 'modelrisk.dev/contributors';

/** Whether a decision counts now, and what to tell its author. */
export interface DecisionValidity {
  readonly valid: boolean;
  readonly reason: DecisionReason;
  readonly message: string;
  /** Null when it does not count. */
  readonly inForce: DecisionInForce | null;
}

export interface DecisionContext {
  readonly cluster: Pick<Cluster, 'own'>;
  readonly programme: Programme;
  readonly nowMs: EpochMs;
}

function isVoid(reason: DecisionReason, message: string): DecisionValidity {
  return { valid: false, reason, message, inForce: null };
}

/** The plan a decision is about: named itself, or through its incident. */
function subjectPlan(decision: RiskDecision, { cluster, programme }: DecisionContext): PlanState | null {
  const { kind, name, uid } = decision.spec.subjectRef;
  const namespace = decision.metadata.namespace ?? '';
  if (kind === 'MitigationPlan') {
    const plan = programme.plans.get(`${namespace}/${name}`);
    return plan?.uid === uid ? plan : null;
  }
  const incident = parseRiskIncident(cluster.own.incidents.store.get(`${namespace}/${name}`));
  if (!incident.ok || incident.value.metadata.uid !== uid) return null;
  const plan = programme.plans.get(`${namespace}/${incident.value.spec.planRef.name}`);
  return plan?.uid === incident.value.spec.planRef.uid ? plan : null;
}

function contributorsOf(plan: PlanState, { cluster }: DecisionContext): readonly string[] {
  const annotation = cluster.own.plans.store.get(plan.key)?.metadata.annotations?.[contributorsAnnotation] ?? '';
  return annotation.split(',').filter((name) => name !== '');
}

function inForce({ spec, metadata }: RiskDecision, plan: PlanState): DecisionInForce {
  const base = { name: metadata.name, author: spec.author ?? '' };
  const expiresAtMs = spec.expiresAt === undefined ? null : fromInstant(spec.expiresAt);
  switch (spec.action) {
    case 'Release':
      return { ...base, action: 'Release', engagement: spec.engagement ?? 0, expiresAtMs };
    case 'Hold':
      return { ...base, action: 'Hold', expiresAtMs: expiresAtMs ?? 0 };
    case 'Approve':
    case 'Reject':
      return { ...base, action: spec.action, engagement: engagementOf(plan), stage: spec.stage ?? 0 };
  }
}

function answersQuestion({ spec }: RiskDecision, plan: PlanState): DecisionValidity | null {
  if (spec.action !== 'Approve' && spec.action !== 'Reject') return null;
  if (spec.subjectRef.name !== incidentOf(plan))
    return isVoid(
      'EngagementOver',
      `Incident ${spec.subjectRef.name} is of an earlier engagement of plan ${plan.key}; answer ${incidentOf(plan)}.`,
    );
  const { roles } = snapshotInForce(plan).approval;
  if (!roles.includes(spec.role))
    return isVoid('ForeignRole', `Plan ${plan.key} asks ${roles.join(', ') || 'nobody'}, not role ${spec.role}.`);
  return null;
}

/** Judged each time it is used, because plan, author and time move on after admission; a void decision is no error. */
export function judgeDecision(decision: RiskDecision, context: DecisionContext): DecisionValidity {
  const { spec } = decision;
  const plan = subjectPlan(decision, context);
  if (plan === null)
    return isVoid(
      'SubjectMissing',
      `${spec.subjectRef.kind} ${spec.subjectRef.name} with uid ${spec.subjectRef.uid} does not exist; decide on the object that is there now.`,
    );
  if (spec.expiresAt !== undefined && fromInstant(spec.expiresAt) <= context.nowMs)
    return isVoid('Expired', `It ended at ${spec.expiresAt}.`);
  if (spec.digest !== plan.current.plan.digest)
    return isVoid('DigestChanged', `Plan ${plan.key} is another one now (${plan.current.plan.digest}); look at it and decide again.`);
  const contributors = contributorsOf(plan, context);
  // Without contributors nobody can be shown not to be one of them.
  if (spec.author === undefined || contributors.length === 0 || contributors.includes(spec.author)) {
    return isVoid(
      'AuthorContributed',
      `${spec.author ?? 'An unknown author'} wrote plan ${plan.key} (contributors: ${contributors.join(', ')}); somebody else must decide.`,
    );
  }
  if (spec.action === 'Release' && spec.engagement !== engagementOf(plan))
    return isVoid('EngagementOver', `Engagement ${spec.engagement ?? 0} of plan ${plan.key} is over.`);
  return answersQuestion(decision, plan) ?? { valid: true, reason: 'Valid', message: '', inForce: inForce(decision, plan) };
}

/** Every decision on one plan that counts at this instant, oldest first. */
export function decisionsOn(plan: PlanState, context: DecisionContext): readonly DecisionInForce[] {
  return context.cluster.own.decisions.store
    .byIndex('namespace', plan.current.plan.namespace)
    .flatMap((object) => {
      const parsed = parseRiskDecision(object);
      return parsed.ok && subjectPlan(parsed.value, context) === plan ? [parsed.value] : [];
    })
    .sort(
      (a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp) || a.metadata.name.localeCompare(b.metadata.name),
    )
    .flatMap((decision) => judgeDecision(decision, context).inForce ?? []);
}
