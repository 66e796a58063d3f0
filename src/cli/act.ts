import { toInstant } from '../api/instant.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { whoAmI } from './author.ts';
import type { DecidingClients } from './author.ts';
import type { ActCommand } from './act-command.ts';
import { subjectOf } from './act-subject.ts';
import type { SubjectClients } from './act-subject.ts';
import { decisionName } from './decision-name.ts';

export type ActClients = DecidingClients & SubjectClients;

export interface ActReport {
  readonly namespace: string;
  readonly decision: string;
  readonly sentences: readonly string[];
}

/** `kubectl modelrisk report-incident`, `acknowledge`, `review` and the like: one RiskDecision about the object as it is now. Failure: one sentence. */
export async function takeAct(
  clients: ActClients,
  act: ActCommand,
  { namespace, nowMs }: { readonly namespace: string; readonly nowMs: number },
): Promise<Result<ActReport, string>> {
  const subject = await subjectOf(clients, namespace, act);
  if (!subject.ok) return subject;
  const { subjectRef, stage } = subject.value;
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
      ...subject.value,
      reason: act.reason,
      ...act.body,
    },
  };
  const created = await clients.decisions.create(decision);
  if (!created.ok)
    return failure(
      `${act.subject} ${act.subject === 'RiskPolicy' ? '' : `${namespace}/`}${act.name}: the decision was refused: ${created.failure.message}`,
    );
  const recorded = act.action === 'ReportIncident' || subjectRef.kind === 'RiskIncident' ? ', and the record of the incident names it' : '';
  // Which one is asked for may have changed since its author looked.
  const answered = stage === undefined ? '' : ` for stage ${stage} of RiskIncident ${subjectRef.name}`;
  const sentence = `RiskDecision ${namespace}/${name} is created${answered}${recorded}; whether it counts, and why not, says: kubectl get riskdecision ${name} -n ${namespace} -o wide`;
  return success({ namespace, decision: name, sentences: [sentence] });
}
