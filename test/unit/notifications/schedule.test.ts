import { describe, expect, it } from '@jest/globals';
import { dueNotice, isOver, standingNotice } from '../../../src/notifications/schedule.ts';
import type { Due, NotifyPlan, Told } from '../../../src/notifications/schedule.ts';
import { anIncident, beganMs } from '../../builders/notifiable.ts';

const minute = 60_000;
const plan: NotifyPlan = { receivers: ['chat'], repeatMs: 240 * minute, escalation: [{ afterMs: 30 * minute, receivers: ['boss'] }] };
const at = (minutes: number): number => beganMs + minutes * minute;
const toldOf = (seq: number, minutes: number): Told => ({ seq, atMs: at(minutes), duties: [] });

function due(
  incident: ReturnType<typeof anIncident>,
  { receiver = 'chat', told = null, by = plan }: { receiver?: string; told?: Told | null; by?: NotifyPlan | null },
  minutes: number,
): Due {
  return dueNotice(incident, { receiver, plan: by, told }, at(minutes));
}

const summary = (found: Due): unknown =>
  found.kind === 'Now' ? [found.notice.occasion, found.notice.id, found.notice.earlier.map(({ type }) => type)] : found;

describe('dueNotice', () => {
  it.each(['Proposed', 'Engaged', 'Escalated', 'Latched', 'Contested', 'SharedCause', 'WouldApply'] as const)(
    'tells of %s at once',
    (type) => {
      expect(summary(due(anIncident(type), {}, 0))).toEqual(['Transition', 'uid-1/0', []]);
    },
  );

  it.each(['Applied', 'Verified'] as const)('is silent on %s', (type) => {
    expect(due(anIncident(type), {}, 0)).toEqual({ kind: 'Nothing' });
    expect(due(anIncident('Engaged', type), { told: toldOf(0, 0) }, 1)).toEqual({ kind: 'Later', atMs: at(240) });
  });

  it('tells a receiver that was away of all it missed in one notice', () => {
    const incident = anIncident('Engaged', 'Applied', 'Escalated', 'Escalated', 'SteppedDown');
    expect(summary(due(incident, { told: toldOf(0, 0) }, 5))).toEqual(['Transition', 'uid-1/4', ['Escalated', 'Escalated']]);
  });

  it('reminds after repeatSeconds, under an id of its own that a second attempt repeats', () => {
    const incident = anIncident('Engaged');
    expect(due(incident, { told: toldOf(0, 0) }, 239)).toEqual({ kind: 'Later', atMs: at(240) });
    const first = summary(due(incident, { told: toldOf(0, 0) }, 240));
    expect(first).toEqual(['Reminder', `uid-1/0/since/${String(at(0))}`, []]);
    expect(summary(due(incident, { told: toldOf(0, 0) }, 300))).toEqual(first);
    expect(summary(due(incident, { told: toldOf(0, 240) }, 480))).not.toEqual(first);
  });

  it('brings in the next receiver when nobody acknowledged in time, counted from the record', () => {
    const incident = anIncident('Engaged');
    expect(due(incident, { receiver: 'boss' }, 29)).toEqual({ kind: 'Later', atMs: at(30) });
    expect(summary(due(incident, { receiver: 'boss' }, 30))).toEqual(['Escalation', 'uid-1/0', []]);
    expect(due(incident, { receiver: 'stranger' }, 300)).toEqual({ kind: 'Nothing' });
  });

  it('stops asking at an acknowledgement, and asks again when the plan goes up after it', () => {
    const quiet = anIncident('Engaged', 'Acknowledged');
    expect(due(quiet, { receiver: 'boss' }, 300)).toEqual({ kind: 'Nothing' });
    expect(due(quiet, { told: toldOf(1, 1) }, 900)).toEqual({ kind: 'Nothing' });
    const worse = anIncident('Engaged', 'Acknowledged', 'Escalated');
    expect(due(worse, { receiver: 'boss' }, 31)).toEqual({ kind: 'Later', atMs: at(32) });
    expect(due(worse, { told: toldOf(2, 2) }, 3)).toEqual({ kind: 'Later', atMs: at(242) });
  });

  it('does not forget an acknowledgement because the plan came down a step', () => {
    expect(due(anIncident('Engaged', 'Escalated', 'Acknowledged', 'SteppedDown'), { told: toldOf(3, 3) }, 900)).toEqual({
      kind: 'Nothing',
    });
  });

  it('is silent to who was not told, once it is over; those who were told hear of the end', () => {
    const over = anIncident('Engaged', 'Released', 'Applied', 'Closed');
    expect(due(over, {}, 10)).toEqual({ kind: 'Nothing' });
    expect(due(over, { receiver: 'boss' }, 300)).toEqual({ kind: 'Nothing' });
    expect(summary(due(over, { told: toldOf(0, 0), by: null }, 10))).toEqual(['Transition', 'uid-1/1', []]);
    expect(due(over, { told: toldOf(1, 1) }, 900)).toEqual({ kind: 'Nothing' });
  });

  it('tells of the closing only where no step told of the end', () => {
    expect(summary(due(anIncident('Engaged', 'Closed'), { told: toldOf(0, 0) }, 2))).toEqual(['Transition', 'uid-1/1', []]);
  });

  it('goes on asking in the record that continues a full one, from when it began', () => {
    const { entries: before } = anIncident('Engaged', 'Continued');
    const next = { ...anIncident('Applied', 'SteppedDown'), before };
    expect(isOver(anIncident('Engaged', 'Continued'))).toBe(true);
    expect(isOver(next)).toBe(false);
    expect(due(next, { told: toldOf(1, 1) }, 2)).toEqual({ kind: 'Later', atMs: at(241) });
    expect(due(next, { receiver: 'boss' }, 0)).toMatchObject({ kind: 'Later' });
  });

  it('regression: called the next of the path in the continuation of a record that was acknowledged, or over', () => {
    const { entries: taken } = anIncident('Engaged', 'Acknowledged', 'Continued');
    expect(due({ ...anIncident('Held'), before: taken }, { receiver: 'boss' }, 300)).toEqual({ kind: 'Nothing' });
    const { entries: ended } = anIncident('Engaged', 'Released', 'Continued');
    expect(isOver({ ...anIncident('Postmortem'), before: ended })).toBe(true);
    expect(due({ ...anIncident('Closed'), before: ended }, { told: toldOf(-1, 1) }, 300)).toEqual({ kind: 'Nothing' });
    // An alarm there is one.
    expect(due({ ...anIncident('Escalated'), before: taken }, { receiver: 'boss' }, 300)).toMatchObject({ kind: 'Now' });
  });

  it('has something to say of a continuation in which nothing worth telling stands yet', () => {
    const { entries: before } = anIncident('Engaged', 'Continued');
    expect(standingNotice({ ...anIncident('Postmortem'), before })?.newest.type).toBe('Postmortem');
    expect(standingNotice(anIncident('Postmortem'))).toBeNull();
  });

  it('is not over when a question that was rejected is asked again', () => {
    expect(isOver(anIncident('Proposed', 'Rejected'))).toBe(true);
    expect(isOver(anIncident('Proposed', 'Rejected', 'Proposed'))).toBe(false);
    expect(isOver(anIncident('Engaged', 'Yielded', 'Reasserted'))).toBe(false);
  });
});
