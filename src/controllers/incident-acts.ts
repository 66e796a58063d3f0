import { canonicalJSON } from '../shared/canonical-json.ts';
import { futureToleranceMs } from '../core/judge.ts';
import type { DecisionReason } from '../api/conditions.ts';
import { fromInstant } from '../api/instant.ts';
import { parseRiskDecision } from '../api/risk-decision.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import { parseRiskIncident } from '../api/risk-incident.ts';
import type { EntryDraft } from '../core/audit-chain.ts';
import { cutText } from '../core/freeze.ts';
import type { IncidentEntryType } from '../core/model/incident-entry.ts';
import type { IncidentOpening, RecordRequest } from '../governance/incident-log.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import { decisionTarget, isMarkedUsed } from './decision-validity.ts';
import type { DecisionValidity } from './decision-validity.ts';
import { hashText, reportedOpening } from './evidence.ts';
import type { Programme } from './programme.ts';
import { recordParts } from './record-parts.ts';

export interface ActContext {
  readonly cluster: { readonly own: Pick<Cluster['own'], 'decisions' | 'incidents'> };
  readonly programme: Pick<Programme, 'risks'>;
  readonly nowMs: EpochMs;
}

type Act = 'ReportIncident' | 'Postmortem' | 'FileReport' | 'Acknowledge';

const entryTypes: Readonly<Record<Act, IncidentEntryType>> = {
  ReportIncident: 'Reported',
  Postmortem: 'Postmortem',
  FileReport: 'ReportFiled',
  Acknowledge: 'Acknowledged',
};

const maxReasonLength = 512;

/** What a judgement rests on. Read without its schema: a long record is written by the operator alone, and every act on it is judged at each of its entries. */
interface ActedOn {
  readonly metadata: UntypedObject['metadata'];
  readonly spec: {
    readonly report?: object;
    readonly planRef?: { readonly digest: string };
    readonly riskRef: { readonly digest: string };
    readonly continues?: string;
  };
  readonly status?: { readonly closedAt?: string };
}

function incidentAt({ cluster }: Pick<ActContext, 'cluster'>, namespace: string, name: string): ActedOn | null {
  const object = cluster.own.incidents.store.get(`${namespace}/${name}`) as Partial<ActedOn> | undefined;
  return object?.spec?.riskRef === undefined ? null : (object as ActedOn);
}

/** Null: it is about a plan, or about what its plan does now. */
function actOf({ spec, metadata }: RiskDecision, context: Pick<ActContext, 'cluster'>): Act | null {
  switch (spec.action) {
    case 'ReportIncident':
    case 'Postmortem':
    case 'FileReport':
      return spec.action;
    case 'Acknowledge': {
      const incident = incidentAt(context, metadata.namespace ?? '', spec.subjectRef.name);
      return incident?.spec.report === undefined ? null : 'Acknowledge';
    }
    default:
      return null;
  }
}

/** It is written into the record of an incident and moves nothing. */
export function isIncidentAct(decision: RiskDecision, context: Pick<ActContext, 'cluster'>): boolean {
  return actOf(decision, context) !== null;
}

function answer(valid: boolean, reason: DecisionReason, message: string): DecisionValidity {
  return { valid, reason, message, inForce: null };
}

function isOnRecord({ metadata }: RiskDecision, type: IncidentEntryType, { cluster }: Pick<ActContext, 'cluster'>): boolean {
  const target = decisionTarget(metadata.name);
  // A long record goes on in another incident, so all of the namespace are looked at.
  return cluster.own.incidents.store.byIndex('namespace', metadata.namespace ?? '').some((object) => {
    const { status } = object as {
      readonly status?: { readonly entries?: readonly { readonly type?: string; readonly target?: string }[] };
    };
    return status?.entries?.some((entry) => entry.type === type && entry.target === target) ?? false;
  });
}

function subjectProblem({ spec, metadata }: RiskDecision, act: Act, context: ActContext): DecisionValidity | null {
  const { kind, name, uid } = spec.subjectRef;
  const namespace = metadata.namespace ?? '';
  const missing = answer(
    false,
    'SubjectMissing',
    `${kind} ${name} with uid ${uid} does not exist; decide on the object that is there now.`,
  );
  if (act === 'ReportIncident') return context.programme.risks.get(`${namespace}/${name}`)?.uid === uid ? null : missing;
  const incident = incidentAt(context, namespace, name);
  if (incident?.metadata.uid !== uid) return missing;
  const { digest } = incident.spec.planRef ?? incident.spec.riskRef;
  return spec.digest === digest
    ? null
    : answer(false, 'DigestChanged', `RiskIncident ${name} stands for ${digest}; look at it and decide again.`);
}

/** Whether an act on an incident counts. It needs no more than its verb: it allows nothing and moves nothing. */
export function judgeIncidentAct(decision: RiskDecision, context: ActContext): DecisionValidity {
  const { spec } = decision;
  const act = actOf(decision, context);
  if (act === null) return answer(false, 'NotAsked', 'It is no act on an incident.');
  if (isMarkedUsed(decision) || isOnRecord(decision, entryTypes[act], context))
    return answer(true, 'Used', 'It is on record: the entries of the incident name it.');
  const problem = subjectProblem(decision, act, context);
  if (problem !== null) return problem;
  if (spec.expiresAt !== undefined && fromInstant(spec.expiresAt) <= context.nowMs)
    return answer(false, 'Expired', `It ended at ${spec.expiresAt}.`);
  const times = [spec.report?.awareAt, spec.filed?.at].filter((each) => each !== undefined);
  const future = times.find((each) => fromInstant(each) > context.nowMs + futureToleranceMs);
  if (future !== undefined) return answer(false, 'InFuture', `${future} is not yet: write when it was, in a decision of its own.`);
  return answer(true, 'Valid', 'It is being recorded.');
}

/** The incident a record begins in: a continuation leads back to it. */
function rootOf(incident: ActedOn, context: Pick<ActContext, 'cluster'>): ActedOn {
  const { continues } = incident.spec;
  const before = continues === undefined ? null : incidentAt(context, incident.metadata.namespace ?? '', continues);
  return before === null ? incident : rootOf(before, context);
}

function draftOf({ metadata, spec }: RiskDecision, type: IncidentEntryType, after: string): EntryDraft {
  const { name, creationTimestamp } = metadata;
  const reason = cutText(spec.reason, maxReasonLength);
  // As old as the decision, so that a retry after a restart drafts the same entry.
  const at = new Date(fromInstant(creationTimestamp)).toISOString();
  return { at, type, actor: spec.author ?? '', target: decisionTarget(name), before: '', after: cutText(after, maxReasonLength), reason };
}

function describeReport({ report }: RiskDecision['spec']): string {
  if (report === undefined) return '';
  return `${report.severity} incident of category ${report.category}, known from a ${report.knownFrom.toLowerCase()} at ${report.awareAt}, began ${report.onsetAt}: ${report.harm}`;
}

function describePostmortem({ postmortem }: RiskDecision['spec']): string {
  if (postmortem === undefined) return '';
  const { verdict, harmConfirmed, actualLoss, severity, findings } = postmortem;
  const parts = [
    verdict,
    `harm: ${harmConfirmed}`,
    ...(actualLoss === undefined ? [] : [`loss ${actualLoss}`]),
    ...(severity === undefined ? [] : [`severity ${severity}`]),
    ...(findings.length === 0 ? [] : [`findings ${findings.map(({ name }) => name).join(', ')}`]),
  ];
  return parts.join('; ');
}

function openingRequest(decision: RiskDecision, { programme }: ActContext): RecordRequest | null {
  const { metadata, spec } = decision;
  const namespace = metadata.namespace ?? '';
  const risk = programme.risks.get(`${namespace}/${spec.subjectRef.name}`);
  if (risk === undefined || spec.report === undefined) return null;
  return {
    namespace,
    name: `ri-${hashText(canonicalJSON({ decision: metadata.uid })).slice(0, 24)}`,
    opening: reportedOpening(risk, {
      decision: metadata.name,
      by: spec.author ?? '',
      report: spec.report,
      openedAtMs: fromInstant(metadata.creationTimestamp),
    }),
    drafts: [draftOf(decision, 'Reported', describeReport(spec))],
  };
}

/** An incident a person reported is over once it was looked back at; one of a plan is over when the plan has given back. */
function closingDrafts(decision: RiskDecision, incident: ActedOn, { cluster }: Pick<ActContext, 'cluster'>): readonly EntryDraft[] {
  if (decision.spec.action !== 'Postmortem' || incident.spec.report === undefined) return [];
  // Whichever part of a long record it names.
  const parts = recordParts(incident as unknown as UntypedObject, cluster.own.incidents.store);
  if (parts.some((part) => (part as unknown as ActedOn).status?.closedAt !== undefined)) return [];
  return [{ ...draftOf(decision, 'Closed', ''), actor: 'operator', target: '', reason: 'Its postmortem is on record.' }];
}

/** Of a further part of the record, should it need one. */
function openingOn(root: ActedOn): IncidentOpening | null {
  const parsed = parseRiskIncident({ ...root, status: {} });
  if (!parsed.ok) return null;
  const { firstPrevHash: _, continues: __, ...opening } = parsed.value.spec;
  return opening;
}

function appendingRequest(decision: RiskDecision, act: Exclude<Act, 'ReportIncident'>, context: ActContext): RecordRequest | null {
  const { metadata, spec } = decision;
  const namespace = metadata.namespace ?? '';
  const found = incidentAt(context, namespace, spec.subjectRef.name);
  if (found === null) return null;
  const root = rootOf(found, context);
  const opening = openingOn(root);
  if (opening === null) return null;
  const after = {
    Postmortem: describePostmortem(spec),
    FileReport: spec.filed === undefined ? '' : `${spec.filed.reporting} filed at ${spec.filed.at} as ${spec.filed.reference}`,
    Acknowledge: '',
  }[act];
  return {
    namespace,
    name: root.metadata.name,
    opening,
    drafts: [draftOf(decision, entryTypes[act], after), ...closingDrafts(decision, found, context)],
  };
}

/** What decisions on incidents of one namespace wait to be put on record. Made from the decisions each time, so no restart loses one. */
export function incidentActsIn(namespace: string, context: ActContext): readonly RecordRequest[] {
  return context.cluster.own.decisions.store.byIndex('namespace', namespace).flatMap((object) => {
    if (!mayBeAct(object)) return [];
    const parsed = parseRiskDecision(object);
    if (!parsed.ok || judgeIncidentAct(parsed.value, context).reason !== 'Valid') return [];
    const act = actOf(parsed.value, context);
    if (act === null) return [];
    return (act === 'ReportIncident' ? openingRequest(parsed.value, context) : appendingRequest(parsed.value, act, context)) ?? [];
  });
}

/** Decisions are never deleted: those that were carried out are passed over before they are read. */
export function mayBeAct(object: object): boolean {
  const { spec, status } = object as {
    readonly spec?: { readonly action?: string };
    readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly reason?: string }[] };
  };
  const isUsed = status?.conditions?.some(({ type, reason }) => type === 'Valid' && reason === 'Used') ?? false;
  return spec?.action !== undefined && spec.action in entryTypes && !isUsed;
}
