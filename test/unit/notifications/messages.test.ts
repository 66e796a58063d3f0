import { describe, expect, it } from '@jest/globals';
import { alertmanagerMessage } from '../../../src/notifications/alertmanager.ts';
import { cloudEventMessage } from '../../../src/notifications/cloud-event.ts';
import { webhookMessage } from '../../../src/notifications/webhook.ts';
import { wordingOf } from '../../../src/notifications/wording.ts';
import { aNotice, anIncident, beganMs } from '../../builders/notifiable.ts';

const climbed = anIncident({ type: 'Engaged', after: 'limit' }, 'Applied', { type: 'Escalated', after: 'shadow' });

describe('wordingOf', () => {
  it.each([
    ['Proposed', 'Approve or Reject'],
    ['Engaged', 'kubectl modelrisk acknowledge inc-1 -n lending --role ROLE'],
    ['Latched', 'action Release on MitigationPlan credit'],
    ['Contested', 'Stop the other writer'],
    ['Stalled', 'Clear what the message names'],
    ['Yielded', 'set onContest: {action: Reassert} on MitigationPlan'],
    ['SharedCause', 'The safe version is in breach too'],
    ['Released', 'kubectl get riskincident inc-1 -n lending'],
  ] as const)('says what to do about %s', (type, remedy) => {
    expect(wordingOf(aNotice(anIncident(type))).remedy).toContain(remedy);
  });

  it('says why it is told', () => {
    expect(wordingOf(aNotice(climbed, { occasion: 'Reminder' })).title).toMatch(/^Still Escalated \(shadow\), not acknowledged/);
    expect(wordingOf(aNotice(climbed, { occasion: 'Escalation' })).title).toMatch(/^Not acknowledged by those told first/);
  });

  it('does not become a wall of text after an outage', () => {
    const many = anIncident(...Array.from({ length: 30 }, () => 'Escalated' as const));
    const { earlier } = wordingOf(aNotice(many, { earlier: many.entries.slice(0, -1) }));
    expect(earlier).toHaveLength(9);
    expect(earlier[0]).toBe('21 more before, see the record');
  });
});

describe('webhookMessage', () => {
  it('is the text form of an incoming webhook, in which no tenant can call a channel', () => {
    const incident = anIncident('Engaged');
    const newest = { ...aNotice(incident).newest, reason: 'Value <!channel> & co.' };
    const { text, ...rest } = JSON.parse(webhookMessage(aNotice(incident, { newest })).body) as { readonly text: string };
    expect(rest).toEqual({});
    expect(text).toContain('Value &lt;!channel&gt; &amp; co.');
    expect(text).not.toMatch(/[<>]/);
    expect(text).toContain('Incident inc-1 (uid-1), entry 0, by operator');
  });
});

describe('what is at stake', () => {
  const stake = 'At stake: 1,200 a minute (unit: application), 216,000 USD a minute, as of 2026-06-01T12:00:00.000Z.';
  const staked = { ...climbed, stake };
  const all = (notice: Parameters<typeof alertmanagerMessage>[0]): readonly string[] => [
    webhookMessage(notice).body,
    cloudEventMessage(notice).body,
    alertmanagerMessage(notice, { receiver: 'pager', nowMs: beganMs, holdMs: 600_000 }).body,
  ];

  it('is said once in each text, field and alert', () => {
    const [webhook = '', event = '', alerts = ''] = all(aNotice(staked));
    expect((JSON.parse(webhook) as { readonly text: string }).text.split(stake)).toHaveLength(2);
    expect(JSON.parse(event)).toMatchObject({ data: { stake } });
    const annotations = (JSON.parse(alerts) as readonly { readonly annotations: object }[]).map((each) => each.annotations);
    expect(annotations).toEqual(annotations.map(() => expect.objectContaining({ stake })));
    expect(event.split('At stake')).toHaveLength(2);
  });

  it('is said that nobody knows it', () => {
    const unknown = 'At stake: unknown, not 0 (unit: application): no series for this model.';
    for (const body of all(aNotice({ ...climbed, stake: unknown }))) expect(body).toContain(unknown);
  });

  it.each([
    ['of a model whose owner declares nothing', aNotice(climbed)],
    ['once nothing is held any more', aNotice(staked, { isOver: true })],
    [
      'beside a duty to report',
      aNotice(staked, { occasion: 'Duty', duty: { name: 'ai-act', due: '2026-06-16T12:00:00Z', state: 'Overdue' } }),
    ],
  ])('is not said %s', (_what, notice) => {
    for (const body of all(notice)) expect(body).not.toMatch(/stake/i);
  });
});

describe('cloudEventMessage', () => {
  it('has what CloudEvents 1.0 requires, in structured mode', () => {
    const message = cloudEventMessage(aNotice(climbed, { earlier: climbed.entries.slice(0, 1) }));
    expect(message.contentType).toBe('application/cloudevents+json; charset=utf-8');
    expect(JSON.parse(message.body)).toMatchObject({
      specversion: '1.0',
      id: 'uid-1/2',
      source: '/apis/modelrisk.dev/v1alpha1/namespaces/lending/mitigationplans/credit',
      type: 'dev.modelrisk.incident.escalated',
      time: '2026-06-01T12:02:00.000Z',
      data: { incident: { name: 'inc-1', uid: 'uid-1' }, entry: { type: 'Escalated' }, earlier: [{ type: 'Engaged' }] },
    });
  });
});

describe('alertmanagerMessage', () => {
  const options = { receiver: 'pager', nowMs: beganMs + 180_000, holdMs: 600_000 };
  interface Alert {
    readonly labels: Readonly<Record<string, string>>;
    readonly endsAt: string;
  }
  const alertsOf = (notice: Parameters<typeof alertmanagerMessage>[0]): readonly Alert[] =>
    JSON.parse(alertmanagerMessage(notice, options).body) as readonly Alert[];
  const firing = (alerts: readonly Alert[]): readonly (string | undefined)[] =>
    alerts.filter(({ endsAt }) => Date.parse(endsAt) > options.nowMs).map(({ labels }) => labels['stage']);

  it('fires for the stage in force and resolves those before it, so a step up is news', () => {
    expect(alertsOf(aNotice(climbed)).map(({ labels }) => labels['stage'])).toEqual(['limit', 'shadow']);
    expect(firing(alertsOf(aNotice(climbed)))).toEqual(['shadow']);
  });

  it('tells alerts apart by what never changes, whatever happened since', () => {
    const later = anIncident({ type: 'Engaged', after: 'limit' }, 'Contested', 'Acknowledged');
    expect(alertsOf(aNotice(later))[0]?.labels).toEqual(alertsOf(aNotice(anIncident({ type: 'Engaged', after: 'limit' })))[0]?.labels);
  });

  it('resolves all when it is over', () => {
    const over = anIncident(
      { type: 'Engaged', after: 'limit' },
      { type: 'SteppedDown', after: 'none' },
      { type: 'Released', after: 'none' },
    );
    expect(firing(alertsOf(aNotice(over, { isOver: true })))).toEqual([]);
  });

  it('fires for what has no stage', () => {
    expect(firing(alertsOf(aNotice(anIncident('Contested'))))).toEqual(['none']);
    expect(firing(alertsOf(aNotice(anIncident('Contested', 'Closed'), { isOver: true })))).toEqual([]);
  });
});
