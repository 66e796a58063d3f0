import * as z from 'zod';
import type { DecisionReason } from '../api/conditions.ts';
import { fromInstant } from '../api/instant.ts';
import { parseRiskDecision } from '../api/risk-decision.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import type { DecisionInForce } from '../core/model/decision.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { keyOf } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import { acceptancesOf, judgeAccept } from './accept-decision.ts';
import type { Cluster } from './cluster.ts';
import { decisionTarget, isMarkedUsed } from './decision-validity.ts';
import type { DecisionValidity } from './decision-validity.ts';
import { contributorsAnnotation, contributorsIn, hasContributed } from './contributors.ts';
import { isIncidentAct, judgeIncidentAct } from './incident-acts.ts';
import { snapshotInForce } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';
import { riskKeyOf } from './programme.ts';
import type { Programme } from './programme.ts';
import { engagementOf, incidentOf } from './record.ts';
import { judgePolicyReview } from './policy-reviews.ts';
import { judgeReview } from './reviews.ts';
import { judgeSignOff } from './sign-off-decision.ts';
import { subjectKey } from './subject-index.ts';

export interface DecisionContext {
  readonly cluster: Pick<Cluster, 'own'>;
  readonly programme: Programme;
  readonly nowMs: EpochMs;
}

function isVoid(reason: DecisionReason, message: string): DecisionValidity {
  return { valid: false, reason, message, inForce: null };
}

/** It was valid and did what it was for; it does nothing more. */
function isUsed({ spec }: Pick<RiskDecision, 'spec'>): DecisionValidity {
  const message = `It was carried out (${spec.action}) and does nothing more: each decision counts once. The record says when.`;
  return { valid: true, reason: 'Used', message, inForce: null };
}

/** What a decision needs of an incident. Read from the raw object, at every poll: its entries are none of it. */
interface AskedIn {
  readonly uid: string;
  readonly engagement: number;
  readonly planRef: { readonly name: string; readonly uid: string; readonly digest: string };
}

interface Subject {
  readonly plan: PlanState;
  /** Null when the decision names the plan itself. */
  readonly incident: AskedIn | null;
}

const askedIn = z.object({
  engagement: z.number(),
  planRef: z.object({ name: z.string(), uid: z.string(), digest: z.string() }),
});

/** Decisions that a record says were acknowledgements, as its entries name them. */
export function acknowledgementsIn(incident: UntypedObject): readonly string[] {
  const { status } = incident as {
    readonly status?: { readonly entries?: readonly { readonly type?: string; readonly target?: string }[] };
  };
  return (status?.entries ?? []).flatMap(({ type, target = '' }) => (type === 'Acknowledged' ? [target] : []));
}

function incidentNamed({ own }: Pick<Cluster, 'own'>, key: string): AskedIn | null {
  const object = own.incidents.store.get(key);
  const parsed = askedIn.safeParse(object?.['spec']);
  return object === undefined || !parsed.success ? null : { uid: object.metadata.uid, ...parsed.data };
}

/** What a decision is about: a plan named itself, or through its incident. */
function subjectOf(decision: RiskDecision, { cluster, programme }: Omit<DecisionContext, 'nowMs'>): Subject | null {
  const { kind, name, uid } = decision.spec.subjectRef;
  const namespace = decision.metadata.namespace ?? '';
  if (kind === 'MitigationPlan') {
    const plan = programme.plans.get(`${namespace}/${name}`);
    return plan?.uid === uid ? { plan, incident: null } : null;
  }
  const incident = incidentNamed(cluster, `${namespace}/${name}`);
  if (incident?.uid !== uid) return null;
  const plan = programme.plans.get(`${namespace}/${incident.planRef.name}`);
  return plan?.uid === incident.planRef.uid ? { plan, incident } : null;
}

/** The plan a decision is about; null when there is none. */
export function subjectPlan(decision: RiskDecision, context: Omit<DecisionContext, 'nowMs'>): PlanState | null {
  return subjectOf(decision, context)?.plan ?? null;
}

function contributorsOf(plan: PlanState, { cluster }: DecisionContext): string {
  return cluster.own.plans.store.get(plan.key)?.metadata.annotations?.[contributorsAnnotation] ?? '';
}

function inForce({ spec, metadata }: RiskDecision, plan: PlanState): DecisionInForce | null {
  const base = { name: metadata.name, author: spec.author ?? '' };
  const expiresAtMs = spec.expiresAt === undefined ? null : fromInstant(spec.expiresAt);
  switch (spec.action) {
    case 'Release':
      return { ...base, action: 'Release', engagement: spec.engagement ?? 0, expiresAtMs };
    case 'Hold':
      return { ...base, action: 'Hold', expiresAtMs: expiresAtMs ?? 0 };
    case 'Acknowledge':
    case 'Review':
    case 'SignOff':
    case 'Accept':
    case 'Postmortem':
    case 'ReportIncident':
    case 'FileReport':
      return null;
    case 'Approve':
    case 'Reject':
      return { ...base, action: spec.action, engagement: engagementOf(plan), stage: spec.stage ?? 0 };
  }
}

/** Stage a plan asks a person about now; null when it does not ask. */
function askedStage({ memory }: PlanState): number | null {
  if (memory.phase === 'Idle') return null;
  return memory.phase === 'Proposed' ? memory.stage : (memory.proposal?.stage ?? null);
}

function judgeAnswer(decision: RiskDecision, { plan, incident }: Subject): DecisionValidity {
  const { spec } = decision;
  if (incident?.engagement !== engagementOf(plan) || plan.memory.phase === 'Idle') {
    const next = plan.memory.phase === 'Idle' ? 'the plan asks nothing now' : `answer ${incidentOf(plan)}`;
    return isVoid('EngagementOver', `Incident ${spec.subjectRef.name} of plan ${plan.key} is over; ${next}.`);
  }
  const { roles } = snapshotInForce(plan).approval;
  if (!roles.includes(spec.role))
    return isVoid('ForeignRole', `Plan ${plan.key} asks ${roles.join(', ') || 'nobody'}, not role ${spec.role}.`);
  const counts = { valid: true, inForce: inForce(decision, plan) } as const;
  if (askedStage(plan) === spec.stage) return { ...counts, reason: 'Valid', message: '' };
  const asked = askedStage(plan);
  const message = `Plan ${plan.key} asks about ${asked === null ? 'no stage' : `stage ${asked}`} now; this counts if it asks about stage ${spec.stage ?? 0} in this engagement.`;
  return { ...counts, reason: 'NotAsked', message };
}

/** Whoever may decide in the role it names may take an incident up, contributors of the plan too: nothing is allowed by it. */
function judgeAcknowledgement(decision: RiskDecision, { plan, incident }: Subject, { cluster }: DecisionContext): DecisionValidity {
  const { metadata, spec } = decision;
  // A long record goes on in another incident, so all of the namespace are looked at.
  const records = cluster.own.incidents.store.byIndex('namespace', metadata.namespace ?? '');
  if (records.some((record) => acknowledgementsIn(record).includes(decisionTarget(metadata.name)))) return isUsed(decision);
  if (incident?.engagement !== engagementOf(plan) || plan.memory.phase === 'Idle')
    return isVoid('EngagementOver', `Incident ${spec.subjectRef.name} of plan ${plan.key} is over; there is nothing to acknowledge.`);
  return { valid: true, reason: 'Valid', message: 'It is being recorded.', inForce: null };
}

function judgeAct(decision: RiskDecision, plan: PlanState): DecisionValidity {
  const { spec } = decision;
  if (spec.action === 'Release' && (spec.engagement !== engagementOf(plan) || plan.memory.phase === 'Idle'))
    return isVoid('EngagementOver', `Engagement ${spec.engagement ?? 0} of plan ${plan.key} is not in force: there is nothing to release.`);
  if (spec.action === 'Release' && plan.memory.phase === 'Proposed')
    return isVoid('NotEngaged', `Plan ${plan.key} only asks and holds nothing yet; create a RiskDecision with action Reject instead.`);
  if (spec.action === 'Hold' && plan.memory.phase === 'Idle')
    return isVoid(
      'NotEngaged',
      `Plan ${plan.key} is idle: there is nothing to hold. It counts from the next engagement on, until it expires.`,
    );
  return { valid: true, reason: 'Valid', message: '', inForce: inForce(decision, plan) };
}

/** A review is its own record: once it counted it always did, whatever the model becomes. */
function judgeAsReview(decision: RiskDecision, { programme, cluster, nowMs }: DecisionContext): DecisionValidity {
  const { spec } = decision;
  const { kind, name } = spec.subjectRef;
  const judgement =
    kind === 'RiskPolicy'
      ? judgePolicyReview(decision, { programme, cluster })
      : judgeReview(decision, { programme, risks: cluster.own.risks });
  if (judgement.kind === 'SubjectMissing') return subjectMissing(decision);
  if (spec.expiresAt !== undefined && fromInstant(spec.expiresAt) <= nowMs) return isVoid('Expired', `It ended at ${spec.expiresAt}.`);
  switch (judgement.kind) {
    case 'DigestChanged':
      return isVoid('DigestChanged', `${kind} ${name} stands for ${judgement.digest}; look at it and review it again.`);
    case 'TierUnknown':
      return isVoid(
        'NotAsked',
        `The tier of ${name} as it is now is not known yet; this is looked at again once status.tier and its policy say it.`,
      );
    case 'Unreadable':
      return isVoid(
        'NotAsked',
        `${kind} ${name} can't be read by this operator (condition Ready says why); this is looked at again once it can, against what it says then.`,
      );
    case 'AuthorContributed':
      return isVoid('AuthorContributed', wroteIt(spec.author, `${kind} ${name}`, judgement.contributors));
    case 'ForeignRole':
      return isVoid(
        'ForeignRole',
        `${kind === 'RiskPolicy' ? `RiskPolicy ${name}` : `The tier of ${name}`} asks for a review by ${judgement.roles.join(', ')}, not by role ${spec.role}.`,
      );
    case 'Counts':
      return { valid: true, reason: 'Used', message: `It counts: status.review of the ${kind} names it.`, inForce: null };
  }
}

function wroteIt(author = 'An unknown author', subject: string, contributors: readonly string[]): string {
  const names = contributors.join('; ') || 'unknown: write it once more, so that they are recorded';
  return `${author} wrote ${subject} (contributors: ${names}); somebody else must review it.`;
}

function subjectMissing({ spec: { subjectRef } }: Pick<RiskDecision, 'spec'>): DecisionValidity {
  return isVoid(
    'SubjectMissing',
    `${subjectRef.kind} ${subjectRef.name} with uid ${subjectRef.uid} does not exist; decide on the object that is there now.`,
  );
}

/** Judged each time it is used, because plan, author and time move on after admission; a void decision is no error. */
export function judgeDecision(decision: RiskDecision, context: DecisionContext): DecisionValidity {
  const { spec, metadata } = decision;
  if (isMarkedUsed(decision)) return isUsed(decision);
  if (spec.action === 'Review') return judgeAsReview(decision, context);
  if (spec.action === 'Accept') return judgeAccept(decision, context);
  if (spec.action === 'SignOff') return { ...judgeSignOff(decision, context), inForce: null };
  if (isIncidentAct(decision, context)) return judgeIncidentAct(decision, context);
  const subject = subjectOf(decision, context);
  if (subject === null) return subjectMissing(decision);
  const { plan } = subject;
  if (plan.used.includes(metadata.name)) return isUsed(decision);
  // On its way: whatever changes now, it was valid when it was carried out.
  if (plan.carriedOut.includes(metadata.name)) return { valid: true, reason: 'Valid', message: 'It is being carried out.', inForce: null };
  if (spec.expiresAt !== undefined && fromInstant(spec.expiresAt) <= context.nowMs)
    return isVoid('Expired', `It ended at ${spec.expiresAt}.`);
  // An answer is about what its incident asks, whatever the plan was edited to since; an act is about the plan as it is.
  const digest = subject.incident?.planRef.digest ?? plan.current.plan.digest;
  if (spec.digest !== digest)
    return isVoid('DigestChanged', `${spec.subjectRef.kind} ${spec.subjectRef.name} stands for ${digest}; look at it and decide again.`);
  if (spec.action === 'Acknowledge') return judgeAcknowledgement(decision, subject, context);
  const contributors = contributorsOf(plan, context);
  // Without contributors nobody can be shown not to be one of them.
  if (spec.author === undefined || contributors === '' || hasContributed(contributors, spec.author)) {
    const names = contributorsIn(contributors).join('; ') || 'unknown';
    return isVoid(
      'AuthorContributed',
      `${spec.author ?? 'An unknown author'} wrote plan ${plan.key} (contributors: ${names}); somebody else must decide.`,
    );
  }
  return spec.action === 'Approve' || spec.action === 'Reject' ? judgeAnswer(decision, subject) : judgeAct(decision, plan);
}

/** Decisions that name this plan or an incident of it, whether they count or not. */
export function decisionsAbout(planKey: string, { own }: Pick<Cluster, 'own'>): readonly UntypedObject[] {
  const [namespace = '', plan = ''] = planKey.split('/');
  const about = (kind: string, name: string) => own.decisions.store.byIndex('subject', subjectKey(kind, namespace, name));
  const incidents = own.incidents.store.byIndex('subject', subjectKey('MitigationPlan', namespace, plan));
  return [...about('MitigationPlan', plan), ...incidents.flatMap(({ metadata }) => about('RiskIncident', metadata.name))];
}

/** Those about this model that may count yet: what they are judged by changed. */
export function openDecisionsAboutModel(riskKey: string, { own }: Pick<Cluster, 'own'>): readonly string[] {
  const [namespace = '', risk = ''] = riskKey.split('/');
  return own.decisions.store.byIndex('subject', subjectKey('ModelRisk', namespace, risk)).flatMap((object) => {
    const { status } = object as { readonly status?: RiskDecision['status'] };
    return status !== undefined && isMarkedUsed({ status }) ? [] : [keyOf(object)];
  });
}

export function decisionKeysAbout(planKey: string, cluster: Pick<Cluster, 'own'>): readonly string[] {
  return decisionsAbout(planKey, cluster).map(keyOf);
}

/** False only for what certainly moves no plan, now or any more: decisions are never deleted, and reading each in full at every poll adds up. */
function mayCount(object: UntypedObject, nowMs: EpochMs): boolean {
  const { spec, status } = object as {
    readonly spec?: { readonly action?: string; readonly expiresAt?: string };
    readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly reason?: string }[] };
  };
  const isUsedUp = status?.conditions?.some(({ type, reason }) => type === 'Valid' && reason === 'Used') ?? false;
  return (
    spec?.action !== 'Acknowledge' &&
    spec?.action !== 'Review' &&
    spec?.action !== 'SignOff' &&
    spec?.action !== 'Postmortem' &&
    spec?.action !== 'ReportIncident' &&
    spec?.action !== 'FileReport' &&
    !isUsedUp &&
    !(spec?.expiresAt !== undefined && Date.parse(spec.expiresAt) <= nowMs)
  );
}

/** Every decision on one plan that counts at this instant, oldest first. */
export function decisionsOn(plan: PlanState, context: DecisionContext): readonly DecisionInForce[] {
  const ofPlan = decisionsAbout(plan.key, context.cluster)
    .filter((object) => mayCount(object, context.nowMs))
    .flatMap((object) => {
      const parsed = parseRiskDecision(object);
      return parsed.ok && subjectPlan(parsed.value, context) === plan ? [parsed.value] : [];
    })
    .sort(
      (a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp) || a.metadata.name.localeCompare(b.metadata.name),
    )
    .flatMap((decision) => judgeDecision(decision, context).inForce ?? []);
  return [...ofPlan, ...acceptancesOf(context.programme.risks.get(riskKeyOf(plan)), context)];
}
