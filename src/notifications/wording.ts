import type { IncidentEntryType } from '../core/model/incident-entry.ts';
import type { Notice, ToldEntry } from './notice.ts';

/** What people can do about it, where there is something to do. */
function adviceFor(type: IncidentEntryType, { namespace, name, plan, risk }: Notice['incident']): string {
  const look = `kubectl modelrisk explain ${risk} -n ${namespace}`;
  switch (type) {
    case 'Proposed':
      return `Answer with a RiskDecision (action Approve or Reject, subjectRef RiskIncident ${name}); the evidence: ${look}`;
    case 'Latched':
      return `The plan stays as it is until a RiskDecision with action Release on MitigationPlan ${plan}; find out why it engages again and again: ${look}`;
    case 'Contested':
      return `Stop the other writer, or have it leave the fields alone that MitigationPlan ${plan} constrains.`;
    case 'Yielded':
      return `Calls reach the candidate as the other writer has it. Stop that writer; to have the constraint laid again whoever else writes, set onContest: {action: Reassert} on MitigationPlan ${plan}.`;
    case 'Stalled':
      return `Calls still reach the candidate as before. Clear what the message names; the operator tries again by itself: ${look}`;
    case 'SharedCause':
      return `The safe version is in breach too, so the cause lies elsewhere, mostly in the data: ${look}`;
    case 'Engaged':
    case 'Escalated':
    case 'WouldApply':
      return `Find the cause: ${look}. Take it up with a RiskDecision (action Acknowledge, subjectRef RiskIncident ${name}) to stop reminders.`;
    default:
      return `The record: kubectl get riskincident ${name} -n ${namespace} -o yaml`;
  }
}

function titleOf({ occasion, newest, incident }: Notice): string {
  const what = `${newest.type}${newest.after === '' || newest.after === 'none' ? '' : ` (${newest.after})`}`;
  const subject = `MitigationPlan ${incident.namespace}/${incident.plan} of ModelRisk ${incident.risk}`;
  switch (occasion) {
    case 'Transition':
      return `${what}: ${subject}`;
    case 'Reminder':
      return `Still ${what}, not acknowledged: ${subject}`;
    case 'Escalation':
      return `Not acknowledged by those told first, ${what}: ${subject}`;
  }
}

function lineOf({ at, type, reason }: ToldEntry): string {
  return `${at} ${type}: ${reason}`;
}

/** A burst after an outage must not become a wall of text. */
const mostEarlier = 8;

export interface Wording {
  readonly title: string;
  readonly what: string;
  readonly remedy: string;
  /** Lines on what happened before and was not told yet. */
  readonly earlier: readonly string[];
}

/** What happened, to which object, what to do. */
export function wordingOf(notice: Notice): Wording {
  const { newest, earlier, incident } = notice;
  const left = earlier.length - mostEarlier;
  return {
    title: titleOf(notice),
    what: newest.reason,
    remedy: adviceFor(newest.type, incident),
    earlier: [...(left > 0 ? [`${left} more before, see the record`] : []), ...earlier.slice(-mostEarlier).map(lineOf)],
  };
}
