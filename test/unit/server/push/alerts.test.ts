import { beforeEach, describe, expect, it } from '@jest/globals';
import { createInbox, type Inbox } from '../../../../src/signals/inbox/inbox.ts';
import type { AlertUse } from '../../../../src/signals/inbox/uses.ts';
import type { Reply } from '../../../../src/server/push/reply.ts';
import { createManualClock, type ManualClock } from '../../../builders/manual-clock.ts';
import { notification, pushRequest, reviewingTransport, sender, type NotifiedPair } from '../../../builders/pushing.ts';
import { alertSignal, requestFor } from '../../../builders/signal.ts';

let clock: ManualClock;
let inbox: Inbox;
let used: Record<string, readonly AlertUse[]>;
let woken: string[];

beforeEach(() => {
  clock = createManualClock();
  inbox = createInbox(clock);
  used = { ScoreDrift: [{ namespaceLabel: 'namespace', isHeartbeat: false }] };
  woken = [];
});

function send(body: object, may: readonly string[] = ['lending', 'fraud']): Promise<Reply> {
  const uses = { pushesIn: () => [], alertUses: (name: string) => used[name] ?? [] };
  const endpoint = sender({
    ...{ inbox, uses, clock, transport: reviewingTransport({ anna: may }) },
    onKept: (namespace) => void woken.push(namespace),
  });
  return endpoint(pushRequest('/v1/alerts', body));
}

const labels = { alertname: 'ScoreDrift', namespace: 'lending', model: 'credit', version: '2', served: 'live' };
const notify = (...pairs: readonly NotifiedPair[]): Promise<Reply> => send(notification(...pairs));
const resultsOf = ({ body }: Reply): readonly { readonly status: number; readonly message: string }[] =>
  (body as { readonly results: readonly { readonly status: number; readonly message: string }[] }).results;

/** Labels that are just so long together, all of them counted. */
function labelsOfLength(length: number): Readonly<Record<string, string>> {
  const taken = Object.entries(labels).reduce((sum, [label, value]) => sum + label.length + value.length, 0);
  return { ...labels, note: 'x'.repeat(length - taken - 'note'.length) };
}

describe('one notification', () => {
  it('holds at most a thousand alerts: beyond, nothing of it is taken', async () => {
    const many = (count: number) => send(notification(...Array.from({ length: count }, () => ['firing', labels] as const)));
    const whole = await many(1000);
    expect([whole.status, resultsOf(whole).length]).toEqual([200, 1000]);
    woken = [];
    const refused = await many(1001);
    expect(refused).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('at most 1000 alerts (max_alerts)') },
    });
    expect(woken).toEqual([]);
  });

  it('of no alert is answered, and wakes nobody', async () => {
    const reply = await notify();
    expect([reply.status, resultsOf(reply), woken]).toEqual([200, [], []]);
  });

  it('wakes each namespace once, for the alerts of it that were kept', async () => {
    await notify(['firing', labels], ['firing', { ...labels, pod: 'b' }], ['firing', { ...labels, namespace: 'fraud' }]);
    expect(woken.toSorted()).toEqual(['fraud', 'lending']);
  });

  it('wakes nobody by a heartbeat, by an alert nobody counts, or by one that was refused', async () => {
    used['Watchdog'] = [{ namespaceLabel: 'namespace', isHeartbeat: true }];
    const reply = await send(
      notification(
        ['firing', { alertname: 'Watchdog' }],
        ['firing', { ...labels, alertname: 'Other' }],
        ['firing', { ...labels, namespace: 'barred' }],
        ['firing', { alertname: 'ScoreDrift' }],
      ),
      ['', 'lending'],
    );
    expect(resultsOf(reply).map(({ status }) => status)).toEqual([200, 200, 200, 422]);
    expect(woken).toEqual(['barred']);
  });

  it.each([
    ['truncatedAlerts that is no number', { truncatedAlerts: 'none' }],
    ['groupLabels that are no labels', { groupLabels: { a: 1 } }],
    ['a version that is a number', { version: 4 }],
    ['alerts that are no list', { alerts: {} }],
  ])('with %s is none', async (_what, changes) => {
    expect((await send({ ...notification(['firing', labels]), ...changes })).status).toBe(400);
    expect(woken).toEqual([]);
  });

  it('may say more than is known of it: later versions of the sender add fields', async () => {
    expect((await send({ ...notification(['firing', labels]), notificationReason: 'new' })).status).toBe(200);
  });
});

describe('one alert', () => {
  it('has labels of at most 2048 characters together, names and values', async () => {
    expect((await notify(['firing', labelsOfLength(2048)])).status).toBe(200);
    const reply = await notify(['firing', labelsOfLength(2049)]);
    expect(resultsOf(reply)).toEqual([
      { index: 0, status: 422, message: 'labels of alert ScoreDrift are 2049 characters together, limit 2048; drop labels of the alert' },
    ]);
  });

  it('that nobody counts is no mistake of its sender, whatever its labels', async () => {
    const reply = await notify(['firing', { alertname: 'Other', note: 'x'.repeat(5000) }], ['firing', {}]);
    expect([reply.status, resultsOf(reply).map(({ message }) => message)]).toEqual([
      200,
      ['no signal counts alert Other; not kept', 'no signal counts alert ; not kept'],
    ]);
  });

  it('of an endless name is told by its first letters', async () => {
    const [only] = resultsOf(await notify(['firing', { alertname: 'n'.repeat(1000) }]));
    expect(only?.message).toBe(`no signal counts alert ${'n'.repeat(253)}; not kept`);
  });

  it('speaks of every namespace that any signal reads from it, and each has to be allowed', async () => {
    used['ScoreDrift'] = [
      { namespaceLabel: 'namespace', isHeartbeat: false },
      { namespaceLabel: 'team_namespace', isHeartbeat: false },
    ];
    const both = { ...labels, team_namespace: 'fraud' };
    expect((await notify(['firing', both])).status).toBe(200);
    expect(woken.toSorted()).toEqual(['fraud', 'lending']);
    woken = [];
    const reply = await send(notification(['firing', both]), ['lending']);
    expect(resultsOf(reply)).toMatchObject([{ status: 403, message: expect.stringContaining('anna may not push in namespace fraud') }]);
    expect(woken).toEqual([]);
  });

  it('names all namespaces its sender may not push for at once', async () => {
    used['ScoreDrift'] = ['a_namespace', 'b_namespace'].map((namespaceLabel) => ({ namespaceLabel, isHeartbeat: false }));
    const [only] = resultsOf(await send(notification(['firing', { alertname: 'ScoreDrift', a_namespace: 'one', b_namespace: 'two' }])));
    expect(only?.message.split('; ').filter((part) => part.startsWith('anna may not push in namespace'))).toHaveLength(2);
  });

  it.each([
    ['is not there', {}],
    ['is empty', { namespace: '' }],
  ])('whose label that says whom it speaks of %s is refused with the labels it could be', async (_what, changes) => {
    used['ScoreDrift'] = ['namespace', 'team_namespace'].map((namespaceLabel) => ({ namespaceLabel, isHeartbeat: false }));
    const [only] = resultsOf(await notify(['firing', { alertname: 'ScoreDrift', model: 'credit', ...changes }]));
    expect(only).toMatchObject({
      status: 422,
      message: expect.stringContaining('alert ScoreDrift carries no label namespace or team_namespace; have its rule keep it'),
    });
  });

  it('for one of whose namespaces there is no room is answered so, and the other has it', async () => {
    inbox = createInbox(clock, {
      readings: { perNamespace: 1, overall: 1, reserved: { each: 0, together: 0 } },
      alerts: { perNamespace: 1, overall: 10, reserved: { each: 0, together: 0 } },
    });
    used['ScoreDrift'] = ['namespace', 'team_namespace'].map((namespaceLabel) => ({ namespaceLabel, isHeartbeat: false }));
    expect((await notify(['firing', { ...labels, namespace: 'fraud' }])).status).toBe(200);
    const reply = await notify(['firing', { ...labels, team_namespace: 'fraud', pod: 'b' }]);
    expect(reply.status).toBe(429);
    // What had room is there all the same: the sender sends all of it again.
    expect(inbox.observe(requestFor(alertSignal()))).toMatchObject({ kind: 'Value', value: 1 });
  });
});
