import { beforeEach, describe, expect, it } from '@jest/globals';
import { createNotifiedAlerts, type NotifiedAlerts } from '../../../../src/signals/inbox/alerts.ts';
import { createManualClock, someTimeMs, type ManualClock } from '../../../builders/manual-clock.ts';
import { alertSignal, requestFor } from '../../../builders/signal.ts';

const labels = { alertname: 'ScoreDrift', namespace: 'lending', model: 'credit', version: '2', served: 'live' };
const watchdog = { alertname: 'Watchdog' };

let clock: ManualClock;
let alerts: NotifiedAlerts;

beforeEach(() => {
  clock = createManualClock();
  alerts = createNotifiedAlerts(clock, { perNamespace: 10, overall: 20, reserved: { each: 0, together: 0 } });
});

const notify = (status: 'firing' | 'resolved', changes: Readonly<Record<string, string>> = {}, namespace = 'lending') =>
  alerts.keep({ namespace, status, labels: { ...labels, ...changes }, groupedBy: ['alertname', 'namespace', 'model'] });
const beat = (status: 'firing' | 'resolved' = 'firing', namespace = '') =>
  alerts.keep({ namespace, status, labels: watchdog, groupedBy: ['alertname'] });
const silent = () => alerts.observe(requestFor(alertSignal()));
const guarded = () => alerts.observe(requestFor(alertSignal({ heartbeat: 'Watchdog', repeatSeconds: 60 })));

describe('without a heartbeat', () => {
  it('what was never notified is no data, whatever others do', () => {
    notify('firing', { model: 'other' });
    notify('firing', { version: '1' });
    notify('firing', { served: 'shadow' });
    notify('firing', { alertname: 'Other' });
    notify('firing', {}, 'fraud');
    beat();
    expect(silent()).toMatchObject({ kind: 'NoData', cause: 'Empty', remedy: expect.stringContaining('heartbeat') });
  });

  it('what another signal finds in another label speaks of no namespace but that one', () => {
    // Kept in lending for a signal that reads exported_namespace; the label this one goes by says something else.
    notify('firing', { namespace: 'monitoring', exported_namespace: 'lending' });
    expect(silent()).toMatchObject({ kind: 'NoData' });
  });

  it('counts alerts that fire, once each however often they are notified, as fresh as the newest word', async () => {
    notify('firing');
    notify('firing', { pod: 'b' });
    await clock.advance(5000);
    notify('firing');
    expect(silent()).toMatchObject({ kind: 'Value', value: 2, dataTimeMs: someTimeMs + 5000, sampleCount: null });
  });

  it('a resolved alert is 0 as of its notification, and grows old from there', async () => {
    notify('firing');
    await clock.advance(5000);
    notify('resolved');
    await clock.advance(60_000);
    expect(silent()).toMatchObject({ value: 0, dataTimeMs: someTimeMs + 5000 });
  });

  it('an alert that is not repeated goes on counting and only grows old: a lost resolution is no Ok', async () => {
    notify('firing');
    await clock.advance(3_600_000);
    expect(silent()).toMatchObject({ value: 1, dataTimeMs: someTimeMs });
  });

  it('one label fewer in the identity counts more alerts', () => {
    notify('firing');
    notify('firing', { version: '1' });
    const forAll = alertSignal({ identityLabels: { namespace: 'namespace', model: 'model', version: null, served: null } });
    expect(alerts.observe(requestFor(forAll))).toMatchObject({ value: 2 });
  });
});

describe('regression: an alert that was notified speaks for others of the model', () => {
  const alone = (status: 'firing' | 'resolved', feature: string) =>
    alerts.keep({ namespace: 'lending', status, labels: { ...labels, feature }, groupedBy: ['alertname', 'model', 'feature'] });

  it('not while one that fired before the start may not have been notified again: resolved, it is no 0', () => {
    alone('resolved', 'income');
    expect(silent()).toMatchObject({ kind: 'NoData', message: expect.stringContaining('others of the model may fire') });
    beat();
    expect(guarded()).toMatchObject({ kind: 'NoData', remedy: expect.stringContaining('Wait 60 s') });
  });

  it('and firing, it is the fewest there are', () => {
    alone('firing', 'income');
    expect(silent()).toMatchObject({ value: 1, interval: { low: 1, high: 11 } });
  });

  it('once all that fire had the time to be notified again', async () => {
    alone('firing', 'income');
    await clock.advance(14_400_000);
    alone('firing', 'age');
    expect(silent()).toMatchObject({ value: 2, interval: null });
    alone('resolved', 'age');
    alone('resolved', 'income');
    expect(silent()).toMatchObject({ value: 0, interval: null });
  });

  it('at once where one notification tells of all of them, unless some were cut off', () => {
    notify('resolved');
    expect(silent()).toMatchObject({ value: 0, interval: null });
    alerts.keep({ namespace: 'lending', status: 'resolved', labels, groupedBy: null });
    expect(silent()).toMatchObject({ kind: 'NoData' });
  });
});

describe('with a heartbeat', () => {
  it('silence counts once the heartbeat was heard for as long as alerts are repeated, as fresh as its newest beat', async () => {
    beat();
    await clock.advance(59_999);
    beat();
    expect(guarded()).toMatchObject({ kind: 'NoData', remedy: expect.stringContaining('Wait 60 s') });
    await clock.advance(1);
    expect(guarded()).toMatchObject({ value: 0, dataTimeMs: someTimeMs + 59_999 });
  });

  it('that stopped, silence grows old', async () => {
    beat();
    await clock.advance(600_000);
    expect(guarded()).toMatchObject({ value: 0, dataTimeMs: someTimeMs });
  });

  it('that was resolved, silence is nothing, and it begins anew', async () => {
    beat();
    await clock.advance(120_000);
    beat('resolved');
    expect(guarded()).toMatchObject({ kind: 'NoData' });
    beat();
    await clock.advance(59_000);
    expect(guarded()).toMatchObject({ kind: 'NoData' });
  });

  it('of the own namespace counts, of another does not', async () => {
    beat('firing', 'fraud');
    await clock.advance(60_000);
    expect(guarded()).toMatchObject({ kind: 'NoData', message: expect.stringContaining('neither ScoreDrift nor its heartbeat Watchdog') });
    beat('firing', 'lending');
    await clock.advance(60_000);
    expect(guarded()).toMatchObject({ value: 0 });
  });

  it('an alert that fires counts at once, and a heartbeat is never counted itself', async () => {
    beat();
    notify('firing');
    expect(guarded()).toMatchObject({ value: 1 });
    await clock.advance(60_000);
    beat();
    notify('resolved');
    expect(guarded()).toMatchObject({ value: 0, dataTimeMs: someTimeMs + 60_000 });
  });
});

describe('when a namespace is full', () => {
  it('what was resolved makes room, what fires does not', () => {
    for (let pod = 0; pod < 10; pod += 1) notify(pod === 3 ? 'resolved' : 'firing', { pod: String(pod) });
    expect(notify('firing', { pod: 'new' })).toEqual({ kind: 'Kept' });
    expect(notify('firing', { pod: 'more' })).toMatchObject({ kind: 'NamespaceFull' });
    expect(silent()).toMatchObject({ value: 10 });
  });

  it('what fired a week ago and was not repeated makes room', async () => {
    for (let pod = 0; pod < 10; pod += 1) notify('firing', { pod: String(pod) });
    await clock.advance(604_800_001);
    expect(notify('firing', { pod: 'new' })).toEqual({ kind: 'Kept' });
    expect(silent()).toMatchObject({ value: 1 });
  });
});
