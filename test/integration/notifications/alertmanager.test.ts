import { lookup } from 'node:dns';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSystemClock } from '../../../src/kube/system-clock.ts';
import { alertmanagerMessage } from '../../../src/notifications/alertmanager.ts';
import type { Notice } from '../../../src/notifications/notice.ts';
import { createNoticeSender } from '../../../src/notifications/sender.ts';
import type { NoticeSender } from '../../../src/notifications/sender.ts';
import { guardedLookup, isForbiddenHost } from '../../../src/signals/forbidden-address.ts';
import { startAlertmanager } from '../../../testbed/alertmanager.ts';
import type { RunningAlertmanager } from '../../../testbed/alertmanager.ts';
import { aNotice, anIncident } from '../../builders/notifiable.ts';

let alertmanager: RunningAlertmanager;
let sender: NoticeSender;

beforeAll(async () => {
  alertmanager = await startAlertmanager();
  sender = createNoticeSender({ clock: createSystemClock(), guard: { isForbiddenHost, lookup: guardedLookup(lookup) } });
});

afterAll(async () => {
  await alertmanager.stop();
});

async function tell(notice: Notice): Promise<void> {
  const message = alertmanagerMessage(notice, { receiver: 'pager', nowMs: Date.now(), holdMs: 3_600_000 });
  const sent = await sender.send({
    url: alertmanager.url,
    timeoutMs: 5000,
    urlPlace: 'the RiskPolicy',
    credential: null,
    id: notice.id,
    message,
  });
  expect(sent).toEqual({ ok: true, value: null });
}

/** Stages it shows as firing now. */
async function firing(): Promise<readonly (string | undefined)[]> {
  const answer = await fetch(`${alertmanager.url}/api/v2/alerts`);
  const alerts = (await answer.json()) as readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly status: { readonly state: string };
  }[];
  return alerts.filter(({ labels }) => labels['alertname'] === 'ModelRiskEngaged').map(({ labels }) => labels['stage']);
}

describe('a real Alertmanager', () => {
  const engaged = { type: 'Engaged', after: 'limit' } as const;
  const shadowed = { type: 'Escalated', after: 'shadow' } as const;

  it('takes an alert, keeps it one when told again, follows a step up, and resolves it at the end', async () => {
    await tell(aNotice(anIncident(engaged)));
    await tell(aNotice(anIncident(engaged), { occasion: 'Reminder' }));
    expect(await firing()).toEqual(['limit']);
    await tell(aNotice(anIncident(engaged, shadowed)));
    expect(await firing()).toEqual(['shadow']);
    await tell(aNotice(anIncident(engaged, shadowed, { type: 'Released', after: 'none' }), { isOver: true }));
    expect(await firing()).toEqual([]);
  });
});
