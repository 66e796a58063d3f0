import type { IncidentEntryType } from '../core/model/incident-entry.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { NotifiableIncident, Notice, ReportDuty, ToldEntry } from './notice.ts';

/** Who is told, and when: `notify` of a plan, or the escalation of the playbook of a model. */
export interface NotifyPlan {
  readonly receivers: readonly string[];
  readonly repeatMs: number;
  readonly escalation: readonly { readonly afterMs: number; readonly receivers: readonly string[] }[];
}

/** What one receiver was told of one incident. */
export interface Told {
  readonly seq: number;
  readonly atMs: EpochMs;
  /** Where each duty to report stood that it was told of. */
  readonly duties: readonly Pick<ReportDuty, 'name' | 'state'>[];
}

/** One receiver and what it knows; `plan` null: it is gone, or names nobody any more. */
interface Recipient {
  readonly receiver: string;
  readonly plan: NotifyPlan | null;
  readonly told: Told | null;
}

export type Due =
  | { readonly kind: 'Now'; readonly notice: Notice }
  /** Nothing before this, unless the record goes on. */
  | { readonly kind: 'Later'; readonly atMs: EpochMs }
  | { readonly kind: 'Nothing' };

/** Somebody should look: an acknowledgement before them says nothing of them. */
const alarms: ReadonlySet<IncidentEntryType> = new Set([
  'Proposed',
  'Engaged',
  'Escalated',
  'Latched',
  'Contested',
  'Yielded',
  'SharedCause',
  'Stalled',
  'WouldApply',
  'Reported',
]);

/** Nothing is held any more, or what is goes on in the next record. */
const endings: ReadonlySet<IncidentEntryType> = new Set(['Released', 'ReleasedByDeletion', 'Rejected', 'Withdrawn', 'Closed', 'Continued']);

/** Told as they happen and no reason to ask for anybody. */
const news: ReadonlySet<IncidentEntryType> = new Set([
  'Approved',
  'SteppedDown',
  'Reasserted',
  'Held',
  'Accepted',
  'Acknowledged',
  'Superseded',
  'RemediationStarted',
  'RemediationSucceeded',
  'RemediationFailed',
]);

function isWorthTelling({ type }: ToldEntry): boolean {
  return alarms.has(type) || endings.has(type) || news.has(type);
}

/** From its beginning, whatever object that stands in: that one was full ends nothing. */
function whole({ before, entries }: NotifiableIncident): readonly ToldEntry[] {
  return [...before.filter(({ type }) => type !== 'Continued'), ...entries];
}

/** A record that was rejected may ask again, so only the last step says whether it is over. */
export function isOver(incident: NotifiableIncident): boolean {
  const last = whole(incident).findLast(({ type }) => alarms.has(type) || endings.has(type) || type === 'SteppedDown');
  return last !== undefined && endings.has(last.type);
}

/** The end of an engagement is told once: by the step that ends it, or by the closing where nothing told it before. */
function worthTelling(incident: NotifiableIncident): readonly ToldEntry[] {
  const all = whole(incident);
  return incident.entries.filter((entry) => {
    if (entry.type !== 'Closed') return isWorthTelling(entry);
    const before = all.slice(0, all.indexOf(entry)).findLast(isWorthTelling);
    return before === undefined || !endings.has(before.type);
  });
}

/** Since when nobody has answered an alarm; null while there is none, or somebody has. */
function unansweredSinceMs(incident: NotifiableIncident): EpochMs | null {
  if (isOver(incident)) return null;
  const all = whole(incident);
  const answered = all.findLastIndex(({ type }) => type === 'Acknowledged' || type === 'Postmortem');
  const alarm = all.slice(answered + 1).find(({ type }) => alarms.has(type));
  return alarm === undefined ? null : Date.parse(alarm.at);
}

function noticeOf(incident: NotifiableIncident, told: Told | null, occasion: Notice['occasion']): Notice | null {
  const entries = worthTelling(incident);
  // What holds, where nothing was said of it since the object before was full.
  const newest = entries.at(-1) ?? (occasion === 'Reminder' && incident.before.length > 0 ? incident.entries.at(-1) : undefined);
  if (newest === undefined) return null;
  const earlier = occasion === 'Reminder' ? [] : entries.slice(0, -1).filter(({ seq }) => seq > (told?.seq ?? -1));
  const id = `${incident.uid}/${newest.seq}${occasion === 'Reminder' ? `/since/${told?.atMs ?? 0}` : ''}`;
  return { id, occasion, incident, newest, earlier, duty: null, isOver: isOver(incident) };
}

/** What holds now, for those that have to be told again and again; null when nothing was ever worth telling. */
export function standingNotice(incident: NotifiableIncident): Notice | null {
  return noticeOf(incident, null, 'Reminder');
}

function now(notice: Notice | null): Due {
  return notice === null ? { kind: 'Nothing' } : { kind: 'Now', notice };
}

/**
 * A duty to report that stands otherwise than this receiver was told: once due soon, once overdue. `endsAlerts`: also that it was filed,
 * where an alert of it fires. Null: none does.
 */
export function dueDuty(
  incident: NotifiableIncident,
  { receiver, plan, told, endsAlerts }: Recipient & { readonly endsAlerts: boolean },
): Notice | null {
  if (told === null && plan?.receivers.includes(receiver) !== true) return null;
  const toldOf = (name: string): string | undefined => told?.duties.find((each) => each.name === name)?.state;
  const duty = incident.duties.find(({ name, state }) => {
    const before = toldOf(name);
    return state === 'Filed' ? endsAlerts && before !== undefined && before !== state : before !== state;
  });
  const newest = worthTelling(incident).at(-1) ?? incident.entries.at(-1);
  if (duty === undefined || newest === undefined) return null;
  const id = `${incident.uid}/report/${duty.name}/${duty.state}`;
  return { id, occasion: 'Duty', incident, newest, earlier: [], duty, isOver: isOver(incident) };
}

/**
 * What one receiver is to be told of one incident at this instant. All times come from the record and from `told`, so a restart changes
 * nothing. `plan` null: the plan is gone or names nobody any more; who was told of the beginning is told of the end all the same.
 */
export function dueNotice(incident: NotifiableIncident, { receiver, plan, told }: Recipient, nowMs: EpochMs): Due {
  const newest = worthTelling(incident).at(-1);
  const over = isOver(incident);
  if (newest === undefined || (told === null && over)) return { kind: 'Nothing' };
  if (told !== null && newest.seq > told.seq) return now(noticeOf(incident, told, 'Transition'));
  if (plan === null || over) return { kind: 'Nothing' };
  const sinceMs = unansweredSinceMs(incident);
  if (told !== null) {
    if (sinceMs === null) return { kind: 'Nothing' };
    const atMs = told.atMs + plan.repeatMs;
    return nowMs < atMs ? { kind: 'Later', atMs } : now(noticeOf(incident, told, 'Reminder'));
  }
  if (plan.receivers.includes(receiver)) return now(noticeOf(incident, null, 'Transition'));
  const steps = plan.escalation.filter(({ receivers }) => receivers.includes(receiver)).map(({ afterMs }) => afterMs);
  if (sinceMs === null || steps.length === 0) return { kind: 'Nothing' };
  const atMs = sinceMs + Math.min(...steps);
  return nowMs < atMs ? { kind: 'Later', atMs } : now(noticeOf(incident, null, 'Escalation'));
}
