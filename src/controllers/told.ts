import { playbookNotify } from '../api/terms.ts';
import type { MitigationPlanSpec } from '../api/mitigation-plan.ts';
import type { Programme } from './programme.ts';

type Notify = NonNullable<MitigationPlanSpec['notify']>;

/** Who is told of an incident a person reported, or why nobody is: one sentence. */
type Telling = { readonly kind: 'Receivers'; readonly notify: Notify } | { readonly kind: 'Nobody'; readonly why: string };

/** What a person reported has no plan that names receivers: the playbook of its model says them, as it is now. */
export function reportTelling(
  { namespace, name, uid }: { readonly namespace: string; readonly name: string; readonly uid: string },
  programme: Pick<Programme, 'risks'>,
): Telling {
  const risk = programme.risks.get(`${namespace}/${name}`);
  if (risk?.uid !== uid) return { kind: 'Nobody', why: `ModelRisk ${name} it is about is gone, or can't be read` };
  const policy = risk.risk.spec.policyRef.name;
  const { tier } = risk.terms;
  if (tier === null) return { kind: 'Nobody', why: `ModelRisk ${name} is in no tier of RiskPolicy ${policy}; write one that takes it` };
  const notify = playbookNotify(tier);
  if (notify !== undefined) return { kind: 'Receivers', notify };
  return { kind: 'Nobody', why: `tier ${tier.name} of RiskPolicy ${policy} names no receivers; write playbook.escalation there` };
}

export interface ToldCondition {
  readonly status: 'True' | 'False';
  readonly reason: 'ReceiversNamed' | 'NobodyToTell';
  readonly message: string;
}

/** Condition `Told` of an incident that was reported and is open. */
export function toldCondition(telling: Telling): ToldCondition {
  if (telling.kind === 'Nobody') {
    const message = `Nobody is told of this incident but through events, metrics and kubectl modelrisk incidents: ${telling.why}.`;
    return { status: 'False', reason: 'NobodyToTell', message };
  }
  const { receivers, escalation } = telling.notify;
  const later = escalation.map((step) => `${step.receivers.join(', ')} after ${step.afterSeconds} s`);
  const message = `Told at once: ${receivers.join(', ')}${later.length === 0 ? '' : `; while nobody acknowledges also ${later.join('; ')}`}.`;
  return { status: 'True', reason: 'ReceiversNamed', message };
}
