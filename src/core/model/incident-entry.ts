export type IncidentEntryType =
  | 'Proposed'
  | 'Engaged'
  | 'Approved'
  | 'Rejected'
  | 'Withdrawn'
  | 'Applied'
  | 'Verified'
  | 'Escalated'
  | 'SteppedDown'
  | 'Released'
  | 'ReleasedByDeletion'
  | 'Latched'
  | 'Held'
  | 'Accepted'
  | 'Contested'
  | 'Yielded'
  | 'Reasserted'
  | 'Superseded'
  | 'SharedCause'
  | 'WouldApply'
  | 'Acknowledged'
  | 'Stalled'
  | 'RemediationStarted'
  | 'RemediationSucceeded'
  | 'RemediationFailed'
  | 'Reported'
  | 'Postmortem'
  | 'ReportFiled'
  | 'Closed'
  | 'Continued';

/** One line of the record. `hash` covers every other field, so no field can change unseen. */
export interface IncidentEntry {
  readonly seq: number;
  /** RFC 3339 with milliseconds, UTC. */
  readonly at: string;
  readonly type: IncidentEntryType;
  readonly actor: string;
  readonly target: string;
  readonly before: string;
  readonly after: string;
  readonly reason: string;
  readonly prevHash: string;
  readonly hash: string;
}
