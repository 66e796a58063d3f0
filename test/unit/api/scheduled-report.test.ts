import { describe, expect, it } from '@jest/globals';
import { deliveryCondition, reportTimes } from '../../../src/api/scheduled-report.ts';

const weekly = { name: 'weekly', receiver: 'chat' };
const monthly = { name: 'monthly', receiver: 'bus' };
const failing = { due: '2026-12-01T08:00:00Z', since: '2026-12-01T08:00:01Z', message: 'it answered 503.' };

describe('deliveryCondition', () => {
  it('says nothing of a policy that sends no reports', () => {
    expect(deliveryCondition([], [{ name: 'weekly', failing }])).toEqual([]);
  });

  it.each([
    ['none was due yet', [], 'Unknown', 'NotDue'],
    ['one arrived', [{ name: 'weekly', sentFor: failing.due }], 'True', 'Delivered'],
    ['one that is no longer sent had arrived', [{ name: 'former', sentFor: failing.due }], 'Unknown', 'NotDue'],
    [
      'one that is no longer sent had failed',
      [
        { name: 'former', failing },
        { name: 'weekly', sentFor: failing.due },
      ],
      'True',
      'Delivered',
    ],
  ] as const)('when %s', (_, deliveries, status, reason) => {
    expect(deliveryCondition([weekly, monthly], deliveries)).toEqual([{ type: 'ReportsDelivered', status, reason, message: '' }]);
  });

  it('names each that did not arrive, since when it is due, where to, and why', () => {
    expect(
      deliveryCondition(
        [weekly, monthly],
        [
          { name: 'monthly', failing },
          { name: 'weekly', sentFor: failing.due },
        ],
      ),
    ).toEqual([
      {
        type: 'ReportsDelivered',
        status: 'False',
        reason: 'NotDelivered',
        message: 'Report monthly, due 2026-12-01T08:00:00Z, did not reach receiver bus: it answered 503.',
      },
    ]);
  });
});

describe('reportTimes', () => {
  const nightly = { startingAt: '2026-01-01T00:00:00Z', schedule: '30 2 * * *', timeZone: 'Europe/Berlin' };
  const times = (report: Parameters<typeof reportTimes>[0], now: string) => {
    const found = reportTimes(report, Date.parse(now));
    if (!found.ok) throw new Error(found.failure);
    return Object.values(found.value).map((atMs: number | null) => (atMs === null ? null : new Date(atMs).toISOString()));
  };

  it.each([
    ['before the hour that clocks skip', '2026-03-29T01:29:59Z', '2026-03-28T01:30:00.000Z', '2026-03-29T01:30:00.000Z'],
    ['after it', '2026-03-29T01:30:00Z', '2026-03-29T01:30:00.000Z', '2026-03-30T00:30:00.000Z'],
    ['between the two half past twos', '2026-10-25T00:45:00Z', '2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'],
    ['at the second', '2026-10-25T01:30:00Z', '2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'],
  ])('of a nightly report, %s', (_, now, latest, next) => {
    expect(times(nightly, now)).toEqual([latest, next]);
  });

  it('of a calendar begin at startingAt, which may be a time of it', () => {
    const from = { ...nightly, startingAt: '2026-06-10T00:30:00Z' };
    expect(times(from, '2026-06-01T00:00:00Z')).toEqual([null, '2026-06-10T00:30:00.000Z']);
    expect(times(from, '2026-06-10T00:30:00Z')).toEqual(['2026-06-10T00:30:00.000Z', '2026-06-11T00:30:00.000Z']);
  });

  it('of a period are counted in UTC, whatever clocks do', () => {
    const daily = { startingAt: '2026-03-28T01:30:00Z', everySeconds: 86_400 };
    expect(times(daily, '2026-03-29T12:00:00Z')).toEqual(['2026-03-29T01:30:00.000Z', '2026-03-30T01:30:00.000Z']);
  });
});
