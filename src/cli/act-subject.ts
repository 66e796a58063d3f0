import { parseMitigationPlan } from '../api/mitigation-plan.ts';
import type { MitigationPlan } from '../api/mitigation-plan.ts';
import { parseModelRisk } from '../api/model-risk.ts';
import { riskDigest } from '../api/risk-digest.ts';
import { parseRiskIncident } from '../api/risk-incident.ts';
import { parseRiskPolicy } from '../api/risk-policy.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { assertNever } from '../shared/assert-never.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { ActCommand } from './act-command.ts';
import { mistypedCategory, mistypedReporting } from './misnamed.ts';

type Reader = Pick<ResourceClient<UntypedObject>, 'get'>;

/** What people decide on, by kind. */
export interface SubjectClients {
  readonly risks: Reader;
  readonly incidents: Reader;
  readonly plans: Reader;
  readonly policies: Reader;
}

/** What a decision says of its subject, as it is now. */
export interface Subject {
  readonly subjectRef: { readonly kind: string; readonly name: string; readonly uid: string };
  /** Left out where the action is about nothing that could have become another. */
  readonly digest?: string;
  readonly stage?: number;
  readonly engagement?: number;
}

type Found = Result<Subject, string>;

/** Reads the object a decision is about. Failure: one sentence that names it. */
export function subjectOf(clients: SubjectClients, namespace: string, act: ActCommand): Promise<Found> {
  const { action, subject, name } = act;
  switch (subject) {
    case 'ModelRisk':
      return ofRisk(clients, { namespace, name }, act);
    case 'RiskIncident':
      return ofIncident(clients.incidents, { namespace, name }, act);
    case 'RiskPolicy':
      return ofPolicy(clients.policies, name);
    case 'MitigationPlan':
      return ofPlan(clients, { namespace, name }, action);
    default:
      return assertNever(subject);
  }
}

interface Place {
  readonly namespace: string | null;
  readonly name: string;
}

async function read<Parsed>(
  client: Reader,
  { namespace, name }: Place,
  { kind, parse }: { readonly kind: string; readonly parse: (object: UntypedObject) => Result<Parsed, readonly string[]> },
): Promise<Result<{ readonly parsed: Parsed; readonly where: string; readonly subjectRef: Subject['subjectRef'] }, string>> {
  const where = `${kind} ${namespace === null ? '' : `${namespace}/`}${name}`;
  const found = await client.get({ namespace, name });
  if (!found.ok) return failure(`${where} can't be read: ${found.failure.message}`);
  const parsed = parse(found.value);
  if (!parsed.ok) return failure(`${where} is not readable: ${parsed.failure.join('; ')}`);
  return success({ parsed: parsed.value, where, subjectRef: { kind, name, uid: found.value.metadata.uid } });
}

/** What nobody has looked at yet has no digest a decision could be about. */
const unobserved = (where: string): Found =>
  failure(`${where}: the operator has not looked at it as it is written now, so there is nothing to decide on yet; try again in a moment`);

async function ofRisk({ risks, policies }: SubjectClients, place: Place, act: ActCommand): Promise<Found> {
  const found = await read(risks, place, { kind: 'ModelRisk', parse: parseModelRisk });
  if (!found.ok) return found;
  const { parsed, where, subjectRef } = found.value;
  if (act.action === 'ReportIncident') {
    const policy = await read(
      policies,
      { namespace: null, name: parsed.spec.policyRef.name },
      { kind: 'RiskPolicy', parse: parseRiskPolicy },
    );
    const slip = mistypedCategory(act, parsed, policy.ok ? policy.value.parsed : null);
    return slip === null ? success({ subjectRef }) : failure(slip);
  }
  const digest = riskDigest(parsed.spec);
  return parsed.status.digest === digest ? success({ subjectRef, digest }) : unobserved(where);
}

async function ofPolicy(client: Reader, name: string): Promise<Found> {
  const found = await read(client, { namespace: null, name }, { kind: 'RiskPolicy', parse: parseRiskPolicy });
  if (!found.ok) return found;
  const { parsed, where, subjectRef } = found.value;
  const { digest, observedGeneration } = parsed.status;
  if (digest === undefined || observedGeneration !== parsed.metadata.generation) return unobserved(where);
  return success({ subjectRef, digest });
}

async function ofIncident(client: Reader, place: Place, act: ActCommand | null): Promise<Found> {
  const found = await read(client, place, { kind: 'RiskIncident', parse: parseRiskIncident });
  if (!found.ok) return found;
  const slip = act === null ? null : mistypedReporting(act, found.value.parsed);
  if (slip !== null) return failure(slip);
  const { planRef, riskRef } = found.value.parsed.spec;
  return success({ subjectRef: found.value.subjectRef, digest: (planRef ?? riskRef).digest });
}

/** An answer is about the record of the engagement that asks; people know the plan. */
async function ofPlan(clients: SubjectClients, place: Place, action: ActCommand['action']): Promise<Found> {
  const found = await read(clients.plans, place, { kind: 'MitigationPlan', parse: parseMitigationPlan });
  if (!found.ok) return found;
  const { parsed, where, subjectRef } = found.value;
  const { memory, digest, incidentRef, observedGeneration } = parsed.status;
  if (action === 'Approve' || action === 'Reject') {
    const stage = stageAsked(memory);
    if (stage === null || incidentRef === undefined) return failure(`${where} asks for no stage, so there is nothing to answer`);
    const incident = await ofIncident(clients.incidents, { ...place, name: incidentRef.name }, null);
    return incident.ok ? success({ ...incident.value, stage }) : incident;
  }
  if (memory?.phase !== 'Engaged') return failure(`${where} is not engaged, so there is nothing to ${action.toLowerCase()}`);
  if (digest === undefined || observedGeneration !== parsed.metadata.generation) return unobserved(where);
  return success({ subjectRef, digest, ...(action === 'Release' ? { engagement: memory.engagement } : {}) });
}

function stageAsked(memory: MitigationPlan['status']['memory']): number | null {
  if (memory?.phase === 'Proposed') return memory.stage;
  return memory?.phase === 'Engaged' ? (memory.proposal?.stage ?? null) : null;
}
