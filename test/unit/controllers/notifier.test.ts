import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Receiver } from '../../../src/api/risk-policy.ts';
import { createNotifier } from '../../../src/controllers/notifier.ts';
import type { IncidentView } from '../../../src/controllers/notify-book.ts';
import type { NotifiableIncident } from '../../../src/notifications/notice.ts';
import type { Delivery } from '../../../src/notifications/sender.ts';
import type { Told } from '../../../src/notifications/schedule.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { createManualClock } from '../../builders/manual-clock.ts';

const dayMs = 86_400_000;
const key = 'default/duty';
const receiver: Receiver = { name: 'duty', alertmanager: { url: 'http://alerts', timeoutSeconds: 5 } };

describe('what the notifier remembers of an incident', () => {
  const clock = createManualClock();
  const startMs = clock.nowMs();
  let views: readonly IncidentView[] = [];
  let sent: Delivery[] = [];
  let errors = 0;

  function notifier(arrives = true) {
    sent = [];
    errors = 0;
    return createNotifier({
      book: {
        receivers: () => [key],
        receiver: (asked) => (asked === key ? receiver : null),
        incidentsOf: () => views,
        recorded: () => new Set(views.map(({ incident }) => incident.uid)),
      },
      incidents: {
        get: () => Promise.resolve(failure({ kind: 'NotFound', message: 'gone' } as never)),
        patch: () => Promise.reject(new Error('nothing is to be written')),
      },
      sender: {
        send: (delivery) => {
          sent.push(delivery);
          return Promise.resolve(arrives ? success(null) : failure({ message: 'refused', retryAfterMs: null, isAnswer: true }));
        },
      },
      readSecret: () => Promise.reject(new Error('no secret is named')),
      clock,
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => (errors += 1) },
      metrics: createMetrics(),
    });
  }

  const entry = (seq: number, type: 'Engaged' | 'Closed', atMs: number): NotifiableIncident['entries'][number] => ({
    ...{ seq, at: new Date(atMs).toISOString(), type, actor: 'operator', after: 'limit', reason: 'A reason.' },
  });

  function view(entries: NotifiableIncident['entries'], told: Told | null): IncidentView {
    const names = { namespace: 'lending', name: 'credit-1', uid: 'uid-1', plan: 'credit', risk: 'credit' };
    return {
      object: { apiVersion: 'v1', kind: 'RiskIncident', metadata: { name: 'credit-1', namespace: 'lending', uid: 'uid-1' } } as never,
      incident: {
        ...names,
        owner: null,
        before: [],
        openedAt: new Date(startMs).toISOString(),
        severity: 'High',
        duties: [],
        links: [],
        stake: null,
        entries,
      },
      told: new Map(told === null ? [] : [['duty', told]]),
      plan: { receivers: ['duty'], repeatMs: 3_600_000, escalation: [] },
    };
  }

  beforeEach(() => {
    views = [];
  });

  it('keeps when an Alertmanager last heard of it for as long as the record is there, and regression: no longer', async () => {
    const reconcile = notifier();
    views = [view([entry(0, 'Engaged', startMs)], { seq: 0, atMs: startMs, duties: [] })];
    const there = views;
    await reconcile(key);
    await reconcile(key);
    expect(sent).toHaveLength(1);
    views = [];
    await reconcile(key);
    views = there;
    await reconcile(key);
    expect(sent).toHaveLength(2);
  });

  it('says once that its end is given up for as long as the record is there, and regression: keeps that no longer', async () => {
    const reconcile = notifier();
    const entries = [entry(0, 'Engaged', startMs - 3 * dayMs), entry(1, 'Closed', startMs - 2 * dayMs)];
    views = [view(entries, { seq: 0, atMs: startMs - 3 * dayMs, duties: [] })];
    const there = views;
    await reconcile(key);
    await reconcile(key);
    expect([sent.length, errors]).toEqual([0, 1]);
    views = [];
    await reconcile('default/nobody');
    views = there;
    await reconcile(key);
    expect(errors).toBe(2);
  });
});
