import type { IncidentEntryType } from '../../src/core/model/incident-entry.ts';
import type { NotifiableIncident, Notice } from '../../src/notifications/notice.ts';

export const beganMs = Date.parse('2026-06-01T12:00:00.000Z');

export type RecordedStep = IncidentEntryType | { readonly type: IncidentEntryType; readonly after: string };

/** A record with one entry a minute, in this order. */
export function anIncident(...types: readonly RecordedStep[]): NotifiableIncident {
  return {
    namespace: 'lending',
    name: 'inc-1',
    uid: 'uid-1',
    plan: 'credit',
    risk: 'credit',
    owner: 'lending-ml',
    before: [],
    openedAt: new Date(beganMs).toISOString(),
    severity: 'High',
    duties: [],
    links: [],
    stake: null,
    entries: types.map((each, seq) => {
      const { type, after } = typeof each === 'string' ? { type: each, after: '' } : each;
      return { seq, at: new Date(beganMs + seq * 60_000).toISOString(), type, actor: 'operator', after, reason: `${type} for a reason.` };
    }),
  };
}

export function aNotice(incident: NotifiableIncident, changes: Partial<Notice> = {}): Notice {
  const newest = incident.entries.at(-1);
  if (newest === undefined) throw new Error('a notice needs an entry');
  return {
    id: `uid-1/${String(newest.seq)}`,
    occasion: 'Transition',
    incident,
    newest,
    earlier: [],
    duty: null,
    isOver: false,
    ...changes,
  };
}
