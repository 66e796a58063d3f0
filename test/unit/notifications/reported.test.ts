import { describe, expect, it } from '@jest/globals';
import { alertmanagerMessage } from '../../../src/notifications/alertmanager.ts';
import { cloudEventMessage } from '../../../src/notifications/cloud-event.ts';
import type { NotifiableIncident, ReportDuty } from '../../../src/notifications/notice.ts';
import { dueDuty, dueNotice, isOver, standingNotice } from '../../../src/notifications/schedule.ts';
import type { NotifyPlan, Told } from '../../../src/notifications/schedule.ts';
import { webhookMessage } from '../../../src/notifications/webhook.ts';
import { wordingOf } from '../../../src/notifications/wording.ts';
import type { RecordedStep } from '../../builders/notifiable.ts';
import { aNotice, anIncident, beganMs } from '../../builders/notifiable.ts';

const minute = 60_000;
const at = (minutes: number): number => beganMs + minutes * minute;
const plan: NotifyPlan = { receivers: ['chat'], repeatMs: 240 * minute, escalation: [{ afterMs: 30 * minute, receivers: ['boss'] }] };
const due = '2026-06-16T12:00:00.000Z';
const dutyIn = (state: ReportDuty['state'], name = 'ai-act'): ReportDuty => ({ name, due, state });

function reported(types: readonly RecordedStep[] = ['Reported'], ...duties: readonly ReportDuty[]): NotifiableIncident {
  const incident = anIncident(...types);
  return { ...incident, name: 'ri-1', plan: null, owner: null, duties };
}

const told = (changes: Partial<Told> = {}): Told => ({ seq: 0, atMs: beganMs, duties: [], ...changes });

describe('an incident a person reported', () => {
  it('is told at once, again after repeatSeconds, and to who is next while nobody acknowledges', () => {
    const incident = reported();
    expect(dueNotice(incident, { receiver: 'chat', plan, told: null }, at(0))).toMatchObject({ notice: { occasion: 'Transition' } });
    expect(dueNotice(incident, { receiver: 'chat', plan, told: told() }, at(239))).toEqual({ kind: 'Later', atMs: at(240) });
    expect(dueNotice(incident, { receiver: 'chat', plan, told: told() }, at(240))).toMatchObject({ notice: { occasion: 'Reminder' } });
    expect(dueNotice(incident, { receiver: 'boss', plan, told: null }, at(29))).toEqual({ kind: 'Later', atMs: at(30) });
    expect(dueNotice(incident, { receiver: 'boss', plan, told: null }, at(30))).toMatchObject({ notice: { occasion: 'Escalation' } });
  });

  it('is left alone once acknowledged, and is over with its postmortem, of which those who were told hear once', () => {
    const taken = reported(['Reported', 'Acknowledged']);
    expect(dueNotice(taken, { receiver: 'chat', plan, told: told({ seq: 1 }) }, at(900))).toEqual({ kind: 'Nothing' });
    expect(dueNotice(taken, { receiver: 'boss', plan, told: null }, at(900))).toEqual({ kind: 'Nothing' });
    const over = reported(['Reported', 'Postmortem', 'Closed']);
    expect([isOver(taken), isOver(over)]).toEqual([false, true]);
    expect(dueNotice(over, { receiver: 'boss', plan, told: null }, at(900))).toEqual({ kind: 'Nothing' });
    expect(dueNotice(over, { receiver: 'chat', plan, told: told() }, at(3))).toMatchObject({ notice: { newest: { type: 'Closed' } } });
    expect(dueNotice(over, { receiver: 'chat', plan, told: told({ seq: 2 }) }, at(900))).toEqual({ kind: 'Nothing' });
  });

  it('of an engagement that goes on a postmortem answers as an acknowledgement does', () => {
    const looked = anIncident('Engaged', 'Postmortem');
    expect(dueNotice(looked, { receiver: 'chat', plan, told: told() }, at(900))).toEqual({ kind: 'Nothing' });
  });

  it('names itself, says what was told, and what to do', () => {
    const notice = aNotice(reported([{ type: 'Reported', after: 'High incident of category Fairness: refused.' }]));
    const { title, what, remedy } = wordingOf(notice);
    expect(title).toBe('Reported (High): RiskIncident lending/ri-1 of ModelRisk credit');
    expect(what).toBe('High incident of category Fairness: refused. Reported for a reason.');
    expect(remedy).toContain('kubectl modelrisk acknowledge ri-1 -n lending --role ROLE');
    expect(remedy).toContain('kubectl modelrisk postmortem ri-1 -n lending');
    expect(webhookMessage(notice).body).toContain('Incident ri-1 (uid-1)');
    expect(wordingOf({ ...notice, occasion: 'Reminder' }).title).toMatch(/^Still Reported \(High\), not acknowledged/);
  });

  it('comes from its model where no plan is, as a CloudEvent', () => {
    expect(JSON.parse(cloudEventMessage(aNotice(reported())).body)).toMatchObject({
      source: '/apis/modelrisk.dev/v1alpha1/namespaces/lending/modelrisks/credit',
      type: 'dev.modelrisk.incident.reported',
      data: { plan: null, severity: 'High' },
    });
  });

  it('is one alert with its severity, resolved when it is over', () => {
    const send = (incident: NotifiableIncident): readonly { readonly labels: object; readonly endsAt: string }[] => {
      const notice = aNotice(incident, { isOver: isOver(incident) });
      const { body } = alertmanagerMessage(notice, { receiver: 'pager', nowMs: at(10), holdMs: minute });
      return JSON.parse(body) as readonly { readonly labels: object; readonly endsAt: string }[];
    };
    const labels = {
      ...{ alertname: 'ModelRiskIncidentReported', namespace: 'lending', risk: 'credit', incident: 'ri-1' },
      ...{ severity: 'High', receiver: 'pager' },
    };
    expect(send(reported())).toMatchObject([{ labels, endsAt: new Date(at(11)).toISOString() }]);
    expect(send(reported(['Reported', 'Closed']))).toMatchObject([{ labels, endsAt: new Date(at(1)).toISOString() }]);
  });
});

describe('a duty to report', () => {
  const ask = (incident: NotifiableIncident, known: Told | null, { receiver = 'chat', endsAlerts = false } = {}) =>
    dueDuty(incident, { receiver, plan, told: known, endsAlerts });

  it('is told once when it is due soon and once when it is overdue, under an id of each', () => {
    const soon = reported(['Reported'], dutyIn('DueSoon'));
    expect(ask(soon, told())).toMatchObject({ occasion: 'Duty', id: 'uid-1/report/ai-act/DueSoon', duty: dutyIn('DueSoon') });
    expect(ask(soon, told({ duties: [dutyIn('DueSoon')] }))).toBeNull();
    const late = reported(['Reported'], dutyIn('Overdue'));
    expect(ask(late, told({ duties: [dutyIn('DueSoon')] }))).toMatchObject({ id: 'uid-1/report/ai-act/Overdue' });
    expect(ask(late, told({ duties: [dutyIn('Overdue')] }))).toBeNull();
  });

  it('is not told as filed, but where an alert of it fires', () => {
    const filed = reported(['Reported'], dutyIn('Filed'));
    expect(ask(filed, told({ duties: [dutyIn('Overdue')] }))).toBeNull();
    expect(ask(filed, told(), { endsAlerts: true })).toBeNull();
    expect(ask(filed, told({ duties: [dutyIn('Overdue')] }), { endsAlerts: true })).toMatchObject({ duty: dutyIn('Filed') });
    expect(ask(filed, told({ duties: [dutyIn('Filed')] }), { endsAlerts: true })).toBeNull();
  });

  it('is for who is named first, and for who was told of the incident; each duty by itself', () => {
    const incident = reported(['Reported'], dutyIn('DueSoon'), dutyIn('Overdue', 'bank'));
    expect(ask(incident, null, { receiver: 'boss' })).toBeNull();
    expect(ask(incident, told(), { receiver: 'boss' })).toMatchObject({ duty: { name: 'ai-act' } });
    expect(ask(incident, null)).toMatchObject({ duty: { name: 'ai-act' } });
    expect(ask(incident, told({ duties: [dutyIn('DueSoon')] }))).toMatchObject({ duty: { name: 'bank', state: 'Overdue' } });
  });

  it('outlives the end of what it is about', () => {
    const over = anIncident('Engaged', 'Released', 'Closed', 'Postmortem');
    const incident = { ...over, duties: [dutyIn('DueSoon')] };
    expect(dueNotice(incident, { receiver: 'chat', plan, told: null }, at(5))).toEqual({ kind: 'Nothing' });
    expect(ask(incident, null)).toMatchObject({ isOver: true, duty: dutyIn('DueSoon') });
  });

  it('says by when, and how to say that it was done', () => {
    const late = reported(['Reported'], dutyIn('Overdue'));
    const { title, what, remedy } = wordingOf(aNotice(late, { occasion: 'Duty', duty: dutyIn('Overdue') }));
    expect(title).toBe('Report ai-act is overdue: RiskIncident lending/ri-1 of ModelRisk credit');
    expect(what).toContain(due);
    expect(remedy).toContain('kubectl modelrisk file-report ri-1 -n lending --reporting ai-act');
    const soon = wordingOf(aNotice(late, { occasion: 'Duty', duty: dutyIn('DueSoon') }));
    expect(soon.title).toMatch(/^Report ai-act is due soon/);
  });

  it('is an event of its own type, and an alert of each state of which one fires', () => {
    const late = reported(['Reported'], dutyIn('Overdue'));
    const notice = aNotice(late, { occasion: 'Duty', duty: dutyIn('Overdue') });
    expect(JSON.parse(cloudEventMessage(notice).body)).toMatchObject({ type: 'dev.modelrisk.report.overdue', data: { duty: { due } } });
    const times = { receiver: 'pager', nowMs: at(10), holdMs: minute };
    const alertsOf = (of: typeof notice) =>
      JSON.parse(alertmanagerMessage(of, times).body) as readonly { labels: object; endsAt: string }[];
    const firing = (of: typeof notice) => alertsOf(of).filter(({ endsAt }) => Date.parse(endsAt) > at(10));
    expect(alertsOf(notice)).toHaveLength(2);
    expect(firing(notice)).toMatchObject([{ labels: { alertname: 'ModelRiskReportDue', reporting: 'ai-act', state: 'Overdue' } }]);
    expect(firing({ ...notice, duty: dutyIn('Filed') })).toEqual([]);
    const standing = standingNotice(late);
    if (standing === null) throw new Error('nothing stands');
    expect(firing(standing).map(({ labels }) => (labels as { readonly alertname: string }).alertname)).toEqual([
      'ModelRiskIncidentReported',
      'ModelRiskReportDue',
    ]);
  });
});
