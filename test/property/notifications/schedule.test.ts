import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { dueNotice, isOver } from '../../../src/notifications/schedule.ts';
import type { NotifyPlan, Told } from '../../../src/notifications/schedule.ts';
import { anIncident, beganMs } from '../../builders/notifiable.ts';

const types = fc.constantFrom(
  ...([
    'Proposed',
    'Engaged',
    'Escalated',
    'Applied',
    'Verified',
    'SteppedDown',
    'Acknowledged',
    'Contested',
    'Held',
    'Released',
    'Closed',
  ] as const),
);
const plan: NotifyPlan = { receivers: ['chat'], repeatMs: 600_000, escalation: [{ afterMs: 120_000, receivers: ['boss'] }] };

/** A record that grows while a receiver is told, minute by minute; after each minute the process may be another. */
function follow(record: readonly ReturnType<typeof anIncident>['entries'][number]['type'][], receiver: string, minutes: number) {
  const sent: { readonly id: string; readonly seq: number; readonly minute: number; readonly occasion: string }[] = [];
  let told: Told | null = null;
  for (let minute = 0; minute < minutes; minute++) {
    const incident = anIncident(...record.slice(0, minute + 1));
    const nowMs = beganMs + minute * 60_000;
    const due = dueNotice(incident, { receiver, plan, told }, nowMs);
    if (due.kind !== 'Now') continue;
    const { id, newest, occasion } = due.notice;
    sent.push({ id, seq: newest.seq, minute, occasion });
    told = { seq: newest.seq, atMs: nowMs };
  }
  return sent;
}

describe('what a receiver is told', () => {
  it('is never the same notice twice, and never goes back in the record', () => {
    fc.assert(
      fc.property(fc.array(types, { minLength: 1, maxLength: 20 }), fc.constantFrom('chat', 'boss'), (record, receiver) => {
        const sent = follow(record, receiver, 60);
        const seqs = sent.map(({ seq }) => seq);
        return new Set(sent.map(({ id }) => id)).size === sent.length && seqs.every((seq, index) => seq >= (seqs[index - 1] ?? 0));
      }),
    );
  });

  it('has a bounded number of reminders, and none once it is over or acknowledged', () => {
    fc.assert(
      fc.property(fc.array(types, { minLength: 1, maxLength: 20 }), (record) => {
        const reminders = follow(record, 'chat', 60).filter(({ occasion }) => occasion === 'Reminder');
        const quiet = (minute: number): boolean => {
          const incident = anIncident(...record.slice(0, minute + 1));
          return isOver(incident) || incident.entries.at(-1)?.type === 'Acknowledged';
        };
        return reminders.length <= 6 && reminders.every(({ minute }) => !quiet(minute));
      }),
    );
  });

  it('is nothing before the time it names, and something at it', () => {
    fc.assert(
      fc.property(
        fc.array(types, { minLength: 1, maxLength: 20 }),
        fc.constantFrom('chat', 'boss'),
        fc.integer({ min: -1, max: 19 }),
        (record, receiver, seq) => {
          const incident = anIncident(...record);
          const told = seq < 0 ? null : { seq, atMs: beganMs };
          const at = (nowMs: number) => dueNotice(incident, { receiver, plan, told }, nowMs);
          const first = at(beganMs);
          if (first.kind !== 'Later') return true;
          return at(first.atMs - 1).kind === 'Later' && at(first.atMs).kind === 'Now';
        },
      ),
    );
  });
});
