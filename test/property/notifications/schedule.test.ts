import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { dueDuty, dueNotice, isOver } from '../../../src/notifications/schedule.ts';
import type { ReportDuty } from '../../../src/notifications/notice.ts';
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
    'Reported',
    'Released',
    'Closed',
  ] as const),
);
const plan: NotifyPlan = { receivers: ['chat'], repeatMs: 600_000, escalation: [{ afterMs: 120_000, receivers: ['boss'] }] };

const order: readonly ReportDuty['state'][] = ['DueSoon', 'Overdue', 'Filed'];

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
    told = { seq: newest.seq, atMs: nowMs, duties: [] };
  }
  return sent;
}

describe('duties to report', () => {
  const states = fc.constantFrom(...([null, 'DueSoon', 'Overdue', 'Filed'] as const));
  const duties = fc.array(fc.tuple(fc.constantFrom('ai-act', 'bank'), states), { minLength: 1, maxLength: 12 });

  it('are told at most once as due soon and once as overdue, whatever happens, and as filed only where an alert ends by it', () => {
    let reached = 0;
    fc.assert(
      fc.property(duties, fc.boolean(), (steps, endsAlerts) => {
        const now = new Map<string, ReportDuty>();
        let told: Told | null = null;
        const sent: string[] = [];
        for (const [name, state] of steps) {
          // A duty only ever goes on: soon, late, filed.
          const before = order.indexOf(now.get(name)?.state ?? 'DueSoon');
          if (state !== null && order.indexOf(state) >= before) now.set(name, { name, due: '2026-06-16T12:00:00Z', state });
          const incident = { ...anIncident('Reported'), plan: null, duties: [...now.values()] };
          for (let turn = 0; turn < 3; turn++) {
            const notice = dueDuty(incident, { receiver: 'chat', plan, told, endsAlerts });
            if (notice?.duty == null) break;
            const { duty } = notice;
            sent.push(`${duty.name} ${duty.state}`);
            const others: Told['duties'] = told?.duties.filter((each) => each.name !== duty.name) ?? [];
            told = { seq: 0, atMs: beganMs, duties: [...others, duty] };
          }
        }
        reached += sent.length > 1 ? 1 : 0;
        const filed = sent.filter((each) => each.endsWith('Filed')).map((each) => each.split(' ')[0] ?? '');
        const began = (name: string): boolean => sent.some((each) => each.startsWith(`${name} `) && !each.endsWith('Filed'));
        return new Set(sent).size === sent.length && (endsAlerts ? filed.every(began) : filed.length === 0);
      }),
      { numRuns: 300 },
    );
    if (reached < 60) throw new Error(`only ${String(reached)} of 300 walks told of more than one thing`);
  });
});

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
          const told = seq < 0 ? null : { seq, atMs: beganMs, duties: [] };
          const at = (nowMs: number) => dueNotice(incident, { receiver, plan, told }, nowMs);
          const first = at(beganMs);
          if (first.kind !== 'Later') return true;
          return at(first.atMs - 1).kind === 'Later' && at(first.atMs).kind === 'Now';
        },
      ),
    );
  });
});
