import type { IncidentEntryType } from '../core/model/incident-entry.ts';

/** One line of a record, as a notice tells it. */
export interface ToldEntry {
  readonly seq: number;
  /** RFC 3339. */
  readonly at: string;
  readonly type: IncidentEntryType;
  readonly actor: string;
  readonly after: string;
  readonly reason: string;
}

/** A duty to report an incident to somebody outside, as far as people have to hear of it. */
export interface ReportDuty {
  /** Entry of spec.reporting of the policy. */
  readonly name: string;
  /** RFC 3339. */
  readonly due: string;
  /** Filed: whether in time or not. */
  readonly state: 'DueSoon' | 'Overdue' | 'Filed';
}

/** What notices need of one RiskIncident. */
export interface NotifiableIncident {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Null: a person reported it. */
  readonly plan: string | null;
  readonly risk: string;
  /** Team that answers for the plan; null when the record does not say. */
  readonly owner: string | null;
  /** Another incident was full, and this one goes on with what that one began: all entries before these. */
  readonly before: readonly ToldEntry[];
  readonly openedAt: string;
  readonly severity: string;
  readonly duties: readonly ReportDuty[];
  /** Where to look and what to do. */
  readonly links: readonly { readonly name: string; readonly url: string }[];
  /** One sentence on what depends on the model a minute, or that nobody knows; null: its owner declares nothing. */
  readonly stake: string | null;
  readonly entries: readonly ToldEntry[];
}

/**
 * Transition: it happened. Reminder: it holds, and nobody acknowledged. Escalation: told because others did not acknowledge. Duty: a
 * report to somebody outside is due, or is no longer.
 */
export type Occasion = 'Transition' | 'Reminder' | 'Escalation' | 'Duty';

export interface Notice {
  /** The same for each attempt and after a restart: receivers that know it have been told. */
  readonly id: string;
  readonly occasion: Occasion;
  readonly incident: NotifiableIncident;
  /** The newest entry worth telling. */
  readonly newest: ToldEntry;
  /** Entries worth telling that this receiver has not been told of yet, oldest first, without the newest. */
  readonly earlier: readonly ToldEntry[];
  /** What the occasion Duty is about; null for all others. */
  readonly duty: ReportDuty | null;
  /** Nothing is held any more, or it never will be. */
  readonly isOver: boolean;
}

/** What is posted. */
export interface NoticeMessage {
  /** Appended to the path of the receiver's URL. */
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
}
