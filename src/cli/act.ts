import { parseModelRisk } from '../api/model-risk.ts';
import { parseRiskIncident } from '../api/risk-incident.ts';
import { toInstant } from '../api/instant.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { whoAmI } from './author.ts';
import type { DecidingClients } from './author.ts';
import type { ActCommand } from './act-arguments.ts';
import { decisionName } from './decision-name.ts';

export interface ActClients extends DecidingClients {
  readonly incidents: Pick<ResourceClient<UntypedObject>, 'get'>;
}

interface Subject {
  readonly kind: 'ModelRisk' | 'RiskIncident';
  readonly uid: string;
  readonly digest: string | null;
}

export interface ActReport {
  readonly namespace: string;
  readonly decision: string;
  readonly sentences: readonly string[];
}

async function subjectOf(
  { risks, incidents }: ActClients,
  namespace: string,
  { action, name }: ActCommand,
): Promise<Result<Subject, string>> {
  const kind = action === 'ReportIncident' ? 'ModelRisk' : 'RiskIncident';
  const where = `${kind} ${namespace}/${name}`;
  const read = await (kind === 'ModelRisk' ? risks : incidents).get({ namespace, name });
  if (!read.ok) return failure(`${where} can't be read: ${read.failure.message}`);
  if (kind === 'ModelRisk') {
    const risk = parseModelRisk(read.value);
    return risk.ok
      ? success({ kind, uid: risk.value.metadata.uid, digest: null })
      : failure(`${where} is not readable: ${risk.failure.join('; ')}`);
  }
  const incident = parseRiskIncident(read.value);
  if (!incident.ok) return failure(`${where} is not readable: ${incident.failure.join('; ')}`);
  const { planRef, riskRef } = incident.value.spec;
  return success({ kind, uid: incident.value.metadata.uid, digest: (planRef ?? riskRef).digest });
}

/** `kubectl modelrisk report-incident`, `postmortem`, `file-report`: one RiskDecision about the object as it is now. Failure: one sentence. */
export async function takeAct(
  clients: ActClients,
  act: ActCommand,
  { namespace, nowMs }: { readonly namespace: string; readonly nowMs: number },
): Promise<Result<ActReport, string>> {
  const subject = await subjectOf(clients, namespace, act);
  if (!subject.ok) return subject;
  const { kind, uid, digest } = subject.value;
  const author = await whoAmI(clients);
  const stamp = toInstant(nowMs).replaceAll(/\D/g, '');
  const name = decisionName(act.name, `${act.action.toLowerCase()}-${stamp}`);
  const decision = {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'RiskDecision',
    metadata: { name, namespace },
    spec: {
      action: act.action,
      role: act.role,
      ...(author === null ? {} : { author }),
      subjectRef: { kind, name: act.name, uid },
      ...(digest === null ? {} : { digest }),
      reason: act.reason,
      ...act.body,
    },
  };
  const created = await clients.decisions.create(decision);
  if (!created.ok) return failure(`${kind} ${namespace}/${act.name}: the decision was refused: ${created.failure.message}`);
  const sentence = `RiskDecision ${namespace}/${name} is created; its condition Valid says whether it counts, and the record of the incident names it.`;
  return success({ namespace, decision: name, sentences: [sentence] });
}
