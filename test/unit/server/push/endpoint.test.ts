import { beforeEach, describe, expect, it } from '@jest/globals';
import { createInbox, type Inbox } from '../../../../src/signals/inbox/inbox.ts';
import type { AlertUse, InboxUses, PushUse } from '../../../../src/signals/inbox/uses.ts';
import type { SignalRequest } from '../../../../src/signals/port.ts';
import type { EndpointOptions, PushRequest } from '../../../../src/server/push/endpoint.ts';
import type { Reply } from '../../../../src/server/push/reply.ts';
import { createNews } from '../../../../src/telemetry/news.ts';
import { createMetrics } from '../../../../src/telemetry/metrics.ts';
import { createManualClock, someTimeMs, type ManualClock } from '../../../builders/manual-clock.ts';
import { notification, pushRequest, reviewingTransport, sender, type NotifiedPair } from '../../../builders/pushing.ts';
import { alertSignal, pushSignal, requestFor } from '../../../builders/signal.ts';

let clock: ManualClock;
let inbox: Inbox;
let pushes: PushUse[];
let alerts: Record<string, readonly AlertUse[]>;
let woken: { readonly namespace: string; readonly isConcerned: (request: SignalRequest) => boolean }[];

beforeEach(() => {
  clock = createManualClock();
  inbox = createInbox(clock);
  pushes = [{ namespace: 'lending', model: 'credit', policy: 'default', signal: 'score-drift' }];
  alerts = {
    ScoreDrift: [{ namespaceLabel: 'namespace', isHeartbeat: false }],
    Watchdog: [{ namespaceLabel: 'namespace', isHeartbeat: true }],
  };
  woken = [];
});

const uses: InboxUses = {
  pushesIn: (namespaces) => pushes.filter(({ namespace }) => namespaces.has(namespace)),
  alertUses: (name) => alerts[name] ?? [],
};

function send(request: PushRequest, changes: Partial<EndpointOptions> = {}): Promise<Reply> {
  const onKept: EndpointOptions['onKept'] = (namespace, isConcerned) => void woken.push({ namespace, isConcerned });
  return sender({ inbox, uses, clock, onKept, ...changes })(request);
}

const reading = (changes: object = {}) => ({
  ...{ namespace: 'lending', model: 'credit', version: '2', served: 'Live', signal: 'score-drift', value: 0.3 },
  time: '2026-06-01T12:00:00Z',
  ...changes,
});
const readings = (...bodies: readonly object[]) => send(pushRequest('/v1/readings', { readings: bodies }));
const messageOf = ({ body }: Reply): string => JSON.stringify(body);
const kept = () => inbox.observe(requestFor(pushSignal()));

describe('a request', () => {
  it.each([
    ['another path', pushRequest('/v1/other', {}), 404, 'the paths are /v1/readings, /v1/alerts, /v1/gate'],
    ['GET', pushRequest('/v1/readings', {}, { method: 'GET' }), 405, 'POST'],
    ['no token', pushRequest('/v1/readings', {}, { authorization: undefined }), 401, 'Authorization: Bearer'],
    ['a body that is too long', pushRequest('/v1/readings', ' '.repeat(65_537)), 413, 'at most 65536 bytes'],
    ['an alert that is too long', pushRequest('/v1/alerts', ' '.repeat(2_000_000)), 413, 'at most 1048576 bytes'],
    ['no JSON', pushRequest('/v1/readings', '{'), 400, 'not JSON'],
    ['nothing', pushRequest('/v1/readings', ''), 400, 'not JSON'],
  ])('with %s is refused with a sentence', async (_what, request, status, sentence) => {
    const reply = await send(request);
    expect(reply.status).toBe(status);
    expect(messageOf(reply)).toContain(sentence);
  });

  it('is answered by the leader only, and nobody is asked who sends it elsewhere', async () => {
    const transport = reviewingTransport({});
    const reply = await send(pushRequest('/v1/readings', reading()), { isLeading: () => false, transport });
    expect([reply.status, reply.headers?.['retry-after']]).toEqual([503, '1']);
    expect(messageOf(reply)).toContain('only the leader holds what is pushed');
    expect(transport.requests).toEqual([]);
  });

  it('is one of at most ten a second of a user, after a burst', async () => {
    const endpoint = sender({ inbox, uses, clock });
    const statuses: number[] = [];
    for (let sent = 0; sent < 60; sent += 1) statuses.push((await endpoint(pushRequest('/v1/readings', reading()))).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(50);
    const refused = await endpoint(pushRequest('/v1/readings', reading()));
    expect([refused.status, messageOf(refused)]).toEqual([429, expect.stringContaining('put several readings into one')]);
    await clock.advance(1000);
    expect((await endpoint(pushRequest('/v1/readings', reading()))).status).toBe(200);
  });

  it('is counted by what became of it, and its token is in no log', async () => {
    const metrics = createMetrics();
    const lines: string[] = [];
    const log = (fields: object, message: string): void => void lines.push(message + JSON.stringify(fields));
    const options = { metrics, log: { debug: log, info: log, warn: log, error: log }, news: createNews(8) };
    await send(pushRequest('/v1/readings', { readings: [reading(), reading({ namespace: 'other' })] }), options);
    await send(pushRequest('/v1/readings', reading(), { authorization: 'Bearer hunter2' }), options);
    const counted = await metrics.pushed.get();
    expect(counted.values.filter(({ value }) => value > 0).map(({ labels, value }) => [labels.kind, labels.result, value])).toEqual([
      ['reading', 'Kept', 1],
      ['reading', 'Forbidden', 1],
      ['reading', 'Unauthenticated', 1],
    ]);
    expect(lines.filter((line) => line.includes('was refused'))).toHaveLength(1);
    expect(lines.join()).not.toContain('hunter2');
  });
});

describe('a reading', () => {
  it('is kept with all it says, and whoever is judged by it is judged now', async () => {
    const reply = await send(pushRequest('/v1/readings', reading({ sampleCount: 812, interval: { low: 0.2, high: 0.4 } })));
    expect(reply).toEqual({ status: 200, body: { results: [{ index: 0, status: 200, message: 'kept' }] } });
    expect(kept()).toMatchObject({
      kind: 'Value',
      value: 0.3,
      sampleCount: 812,
      interval: { low: 0.2, high: 0.4 },
      dataTimeMs: someTimeMs,
    });
    expect(woken.map(({ namespace }) => namespace)).toEqual(['lending']);
    const [only] = woken;
    expect(only?.isConcerned(requestFor(pushSignal()))).toBe(true);
    expect(only?.isConcerned(requestFor(pushSignal(), { model: 'other' }))).toBe(false);
    expect(only?.isConcerned(requestFor(pushSignal({ query: 'other' })))).toBe(false);
    expect(only?.isConcerned(requestFor(alertSignal()))).toBe(false);
  });

  it.each([
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['text for a number', { value: '0.3' }, 'value'],
    ['NaN as text', { value: 'NaN' }, 'value'],
    ['no value', { value: null }, 'value'],
    ['ten to the fifteenth', { value: 1e15 }, 'value'],
    ['a fraction of a sample', { sampleCount: 1.5 }, 'sampleCount'],
    ['fewer samples than none', { sampleCount: -1 }, 'sampleCount'],
    ['another word for served', { served: 'live' }, 'served'],
    ['no time', { time: undefined }, 'time'],
    ['a day for a time', { time: '2026-06-01' }, 'RFC 3339'],
    ['an interval beside its point', { interval: { low: 0.4, high: 0.5 } }, 'low <= value <= high'],
    ['no namespace', { namespace: '' }, 'namespace'],
  ])('with %s is refused whole, and nothing of its request is kept', async (_what, changes, sentence) => {
    const reply = await readings(reading(), reading(changes));
    expect([reply.status, messageOf(reply)]).toEqual([400, expect.stringContaining(sentence)]);
    expect(kept()).toMatchObject({ kind: 'NoData' });
    expect(woken).toEqual([]);
  });

  it('comes with at most ninety-nine others', async () => {
    expect((await readings(...Array.from({ length: 100 }, () => reading()))).status).toBe(200);
    expect((await readings(...Array.from({ length: 101 }, () => reading()))).status).toBe(400);
  });

  it('of a namespace its sender may not push for is refused by name, and what they may is kept and said', async () => {
    const reply = await readings(reading(), reading({ namespace: 'risk' }));
    expect(reply.status).toBe(403);
    expect(reply.body).toMatchObject({
      results: [
        { index: 0, status: 200 },
        {
          index: 1,
          status: 403,
          message: expect.stringContaining('anna may not push in namespace risk; bind ClusterRole modelrisk-pusher'),
        },
      ],
    });
    expect(kept()).toMatchObject({ kind: 'Value' });
    expect(woken.map(({ namespace }) => namespace)).toEqual(['lending']);
  }, 10_000);

  it('older than the one that is kept is refused, the same again is not', async () => {
    expect((await readings(reading())).status).toBe(200);
    expect((await readings(reading())).status).toBe(200);
    const older = await readings(reading({ time: '2026-06-01T11:59:59Z', value: 9 }));
    expect([older.status, messageOf(older)]).toEqual([409, expect.stringContaining('2026-06-01T12:00:00.000Z is kept already')]);
    expect(kept()).toMatchObject({ value: 0.3 });
  });

  it.each([
    ['5 s', '2026-06-01T12:00:05Z', 200],
    ['6 s', '2026-06-01T12:00:06Z', 422],
    ['milliseconds for seconds', someTimeMs, 400],
  ])('from %s ahead comes to its status', async (_what, time, status) => {
    expect((await readings(reading({ time }))).status).toBe(status);
  });

  it('nobody is judged by is refused, with what there is', async () => {
    const reply = await readings(reading({ signal: 'parity' }));
    expect([reply.status, messageOf(reply)]).toEqual([422, expect.stringContaining('its push signals are score-drift')]);
    expect(messageOf(await readings(reading({ model: 'other' })))).toContain('write an indicator with a push signal');
  });

  it('names its policy where several have a signal of the name', async () => {
    pushes.push({ namespace: 'lending', model: 'credit', policy: 'strict', signal: 'score-drift' });
    const reply = await readings(reading());
    expect([reply.status, messageOf(reply)]).toEqual([422, expect.stringContaining('policies default, strict; write which into policy')]);
    expect((await readings(reading({ policy: 'default' }))).status).toBe(200);
    expect((await readings(reading({ policy: 'other' }))).status).toBe(422);
    expect(kept()).toMatchObject({ value: 0.3 });
  });

  it('beyond what is kept of its namespace is refused with what to do, and other namespaces go on', async () => {
    inbox = createInbox(clock, {
      readings: { perNamespace: 1, overall: 2, reserved: { each: 0, together: 0 } },
      alerts: { perNamespace: 1, overall: 1, reserved: { each: 0, together: 0 } },
    });
    pushes.push({ namespace: 'fraud', model: 'credit', policy: 'default', signal: 'score-drift' });
    expect((await readings(reading())).status).toBe(200);
    const full = await readings(reading({ version: '3' }));
    expect([full.status, messageOf(full)]).toEqual([429, expect.stringContaining('push for fewer models, versions or signals')]);
    expect((await readings(reading({ namespace: 'fraud' }))).status).toBe(200);
    expect((await readings(reading({ value: 0.5 }))).status).toBe(200);
  });
});

describe('a notification', () => {
  const labels = { alertname: 'ScoreDrift', namespace: 'lending', model: 'credit', version: '2', served: 'live' };
  const notify = (...alertsOf: readonly NotifiedPair[]): Promise<Reply> => send(pushRequest('/v1/alerts', notification(...alertsOf)));
  const counted = () => inbox.observe(requestFor(alertSignal()));

  it.each([
    ['of a group of the model', {}, 'Value'],
    ['of a part of the model, as one of a feature', { groupLabels: { alertname: 'ScoreDrift', feature: 'income' } }, 'NoData'],
    ['that was cut off', { truncatedAlerts: 1 }, 'NoData'],
    ['that does not say how it was grouped', { groupLabels: undefined }, 'NoData'],
  ])('regression: that an alert was resolved says that none fires only in a notification of all: %s', async (_what, changes, kind) => {
    const told = { ...notification(['resolved', labels]), ...changes };
    expect((await send(pushRequest('/v1/alerts', told))).status).toBe(200);
    expect(counted()).toMatchObject({ kind });
  });

  it('of many alerts counts each, says of each, and wakes whoever counts them', async () => {
    const reply = await notify(
      ['firing', labels],
      ['firing', { ...labels, pod: 'b' }],
      ['resolved', { ...labels, pod: 'c' }],
      ['firing', { alertname: 'Other' }],
    );
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ results: [{ status: 200 }, {}, {}, { message: 'no signal counts alert Other; not kept' }] });
    expect(counted()).toMatchObject({ kind: 'Value', value: 2, dataTimeMs: someTimeMs });
    expect(woken.map(({ namespace }) => namespace)).toEqual(['lending']);
    expect(woken[0]?.isConcerned(requestFor(alertSignal()))).toBe(true);
    expect(woken[0]?.isConcerned(requestFor(alertSignal({ query: 'Other' })))).toBe(false);
  });

  it('of namespaces its sender may not push for keeps the rest, and says which', async () => {
    const reply = await notify(['firing', labels], ['firing', { ...labels, namespace: 'risk' }]);
    expect([reply.status, messageOf(reply)]).toEqual([403, expect.stringContaining('anna may not push in namespace risk')]);
    expect(counted()).toMatchObject({ value: 1 });
  });

  it('of a heartbeat without a namespace speaks for all, so its sender must be allowed everywhere', async () => {
    const transport = reviewingTransport({ anna: ['lending'] });
    const beat = pushRequest('/v1/alerts', notification(['firing', { alertname: 'Watchdog' }]));
    const refused = await send(beat, { transport });
    expect([refused.status, messageOf(refused)]).toEqual([403, expect.stringContaining('with a ClusterRoleBinding')]);
    expect((await send(beat, { transport: reviewingTransport({ anna: [''] }) })).status).toBe(200);
    expect(woken).toEqual([]);
  });

  it('without the label that says whom it speaks of is refused: it could be anybody', async () => {
    const reply = await notify(['firing', { alertname: 'ScoreDrift', model: 'credit' }]);
    expect([reply.status, messageOf(reply)]).toEqual([422, expect.stringContaining('carries no label namespace')]);
  });

  it('with labels beyond measure is refused', async () => {
    expect((await notify(['firing', { ...labels, note: 'x'.repeat(3000) }])).status).toBe(422);
  });

  it.each([
    ['another version', { version: '3', alerts: [] }],
    ['no alerts', { version: '4' }],
    ['labels that are no text', { version: '4', alerts: [{ status: 'firing', labels: { a: 1 } }] }],
    ['another status', { version: '4', alerts: [{ status: 'suppressed', labels: {} }] }],
  ])('with %s is refused whole', async (_what, body) => {
    expect((await send(pushRequest('/v1/alerts', body))).status).toBe(400);
  });
});
