import type { IncidentEntryType } from '../core/model/incident-entry.ts';
import type { Notice, ReportDuty, ToldEntry } from './notice.ts';

/** What people can do about it, where there is something to do. */
function adviceFor(type: IncidentEntryType, { namespace, name, plan: ofPlan, risk }: Notice['incident']): string {
  const plan = ofPlan ?? '';
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
    case 'Reported':
      return `Take it up, which stops reminders: kubectl modelrisk acknowledge ${name} -n ${namespace} --role ROLE --reason TEXT; once it is understood: kubectl modelrisk postmortem ${name} -n ${namespace}`;
    case 'Engaged':
    case 'Escalated':
    case 'WouldApply':
      return `Find the cause: ${look}. Take it up, which stops reminders: kubectl modelrisk acknowledge ${name} -n ${namespace} --role ROLE --reason TEXT`;
    default:
      return `The record: kubectl get riskincident ${name} -n ${namespace} -o yaml`;
  }
}

/** What a report says is its own line, not its stage. */
function stepOf({ type, after }: ToldEntry, { severity }: Notice['incident']): string {
  if (type === 'Reported') return `Reported (${severity})`;
  return `${type}${after === '' || after === 'none' ? '' : ` (${after})`}`;
}

function subjectOf({ namespace, name, plan, risk }: Notice['incident']): string {
  const what = plan === null ? `RiskIncident ${namespace}/${name}` : `MitigationPlan ${namespace}/${plan}`;
  return `${what} of ModelRisk ${risk}`;
}

function titleOf({ occasion, newest, incident, duty }: Notice): string {
  const what = stepOf(newest, incident);
  const subject = subjectOf(incident);
  switch (occasion) {
    case 'Transition':
      return `${what}: ${subject}`;
    case 'Reminder':
      return `Still ${what}, not acknowledged: ${subject}`;
    case 'Escalation':
      return `Not acknowledged by those told first, ${what}: ${subject}`;
    case 'Duty':
      return `Report ${duty?.name ?? ''} ${dutyStates[duty?.state ?? 'Filed']}: ${subject}`;
  }
}

function lineOf({ at, type, reason }: ToldEntry): string {
  return `${at} ${type}: ${reason}`;
}

const dutyStates = { DueSoon: 'is due soon', Overdue: 'is overdue', Filed: 'was filed' } as const;

function dutyWording(duty: ReportDuty, { namespace, name }: Notice['incident']): Pick<Wording, 'what' | 'remedy'> {
  if (duty.state === 'Filed') return { what: `Its report ${duty.name} was filed.`, remedy: '' };
  return {
    what: `Somebody outside has to be told of RiskIncident ${name} by ${duty.due}.`,
    remedy: `File it, and then: kubectl modelrisk file-report ${name} -n ${namespace} --reporting ${duty.name}`,
  };
}

/** A burst after an outage must not become a wall of text. */
const mostEarlier = 8;

export interface Wording {
  readonly title: string;
  readonly what: string;
  readonly remedy: string;
  /** What is at stake while it goes on; null: it is over, or nothing was declared. */
  readonly stake: string | null;
  /** Lines on what happened before and was not told yet. */
  readonly earlier: readonly string[];
}

/** What happened, to which object, what to do. */
export function wordingOf(notice: Notice): Wording {
  const { newest, earlier, incident, duty } = notice;
  if (duty !== null) return { title: titleOf(notice), ...dutyWording(duty, incident), stake: null, earlier: [] };
  const left = earlier.length - mostEarlier;
  return {
    title: titleOf(notice),
    what: newest.type === 'Reported' ? `${newest.after} ${newest.reason}` : newest.reason,
    remedy: adviceFor(newest.type, incident),
    stake: notice.isOver ? null : incident.stake,
    earlier: [...(left > 0 ? [`${left} more before, see the record`] : []), ...earlier.slice(-mostEarlier).map(lineOf)],
  };
}
